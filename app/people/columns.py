"""Which column of a sheet means what: header names as offices write them, in Chinese and English, in any order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_BRACKETS = re.compile(r"[(\[【〔].*?[)\]】〕]")
_NOT_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Column:
    """One column that an import knows. `names` are all its spellings; the first is the one quoted to people."""

    key: str
    names: tuple[str, ...]
    required: bool = False


def normal_header(text: str) -> str:
    """A header cell without case, spaces, punctuation and what stands in brackets."""
    return _NOT_WORDS.sub("", _BRACKETS.sub("", unicodedata.normalize("NFKC", text).casefold()))


def match_columns(cells: Sequence[str], columns: Sequence[Column]) -> dict[str, int]:
    """Where each known column stands in a possible header row; the first of two equal ones counts."""
    known = {normal_header(name): column.key for column in columns for name in column.names}
    found: dict[str, int] = {}
    for position, cell in enumerate(cells):
        key = known.get(normal_header(cell)) if cell.strip() else None
        if key is not None:
            found.setdefault(key, position)
    return found


REGISTER = (
    Column("serial", ("序号", "编号", "No", "No.", "Number", "Serial", "登记号")),
    Column(
        "visit_date",
        (
            "来访日期",
            "来访时间",
            "到访日期",
            "到访时间",
            "登记日期",
            "咨询日期",
            "接待日期",
            "日期",
            "Visit date",
            "Date visited",
            "Visited on",
            "Date of visit",
            "Date",
        ),
        required=True,
    ),
    Column(
        "name",
        (
            "姓名",
            "来访者",
            "来访者姓名",
            "学生姓名",
            "来访人姓名",
            "Name",
            "Full name",
            "Client",
            "Client name",
            "Student name",
        ),
        required=True,
    ),
    Column("sex", ("性别", "Sex", "Gender")),
    Column(
        "birth_date",
        ("出生日期", "出生年月日", "出生年月", "生日", "Birth date", "Date of birth", "Birthday", "DOB", "Born"),
    ),
    Column(
        "id_number",
        (
            "身份证号",
            "身份证号码",
            "身份证",
            "证件号",
            "证件号码",
            "公民身份号码",
            "ID number",
            "ID No",
            "ID",
            "ID card",
            "ID card number",
            "Identity number",
            "Resident ID number",
            "Resident ID",
        ),
    ),
    Column(
        "telephone",
        (
            "联系电话",
            "电话",
            "电话号码",
            "联系方式",
            "手机",
            "手机号",
            "手机号码",
            "家长电话",
            "监护人电话",
            "Telephone",
            "Phone",
            "Phone number",
            "Telephone number",
            "Contact number",
            "Mobile number",
            "Mobile",
            "Tel",
            "Contact",
        ),
    ),
    Column("school", ("学校", "所在学校", "就读学校", "学校名称", "单位", "School", "School name")),
    Column("grade", ("年级", "学段", "Grade", "Year", "School year")),
    Column("class_name", ("班级", "班", "Class", "Class name")),
    Column(
        "who_came",
        ("来访人员", "来访人", "到访人员", "来访者类型", "来访对象", "Who came", "Visitor", "Visitors", "Came"),
    ),
    Column("guardian", ("监护人", "监护人姓名", "家长", "家长姓名", "Guardian", "Guardian name", "Parent")),
    Column(
        "concerns",
        ("咨询问题", "咨询内容", "主要问题", "问题类型", "问题", "Concerns", "Concern", "Problem", "Problems"),
    ),
    Column("source", ("来源", "转介来源", "来访途径", "来访渠道", "Referral source", "Source", "Referred by")),
    Column("remark", ("备注", "说明", "其他", "Remark", "Remarks", "Note", "Notes")),
)

EXPERTS = (
    Column(
        "number", ("工号", "编号", "人员编号", "专家编号", "Staff number", "Staff no", "Number", "No"), required=True
    ),
    Column("name", ("姓名", "专家姓名", "专家", "Name", "Full name", "Expert"), required=True),
    Column("sex", ("性别", "Sex", "Gender")),
    Column(
        "employer", ("单位", "工作单位", "所在单位", "学校", "Employer", "Organisation", "Organization", "Workplace")
    ),
    Column(
        "telephone",
        ("联系电话", "电话", "电话号码", "手机", "手机号", "联系方式", "Telephone", "Phone", "Mobile", "Tel"),
    ),
    Column(
        "specialities",
        ("专长", "擅长", "擅长领域", "专业方向", "Specialities", "Specialties", "Speciality", "Specialty"),
    ),
    Column(
        "availability",
        ("可值班时段", "可值班时间", "值班时段", "可排班时段", "Availability", "Available", "Duty sessions"),
    ),
    Column(
        "weekly_limit",
        ("每周最多", "每周最多次数", "每周上限", "周上限", "Weekly limit", "Weekly maximum", "Weekly max"),
    ),
    Column(
        "last_quarter",
        ("上季度值班", "上季度值班次数", "上季度", "Last quarter", "Last quarter's duties", "Duties last quarter"),
    ),
    Column(
        "monthly_limit",
        ("每月最多", "每月最多次数", "每月上限", "月上限", "Monthly limit", "Monthly maximum", "Monthly max"),
    ),
    Column(
        "daily_limit",
        (
            "每日最多",
            "每天最多",
            "每日最多次数",
            "每日上限",
            "日上限",
            "Daily limit",
            "Daily maximum",
            "Daily max",
        ),
    ),
    Column("wishes", ("希望", "希望值班", "希望时段", "愿意值班", "优先时段", "Wishes", "Prefers", "Preferred")),
    Column(
        "dislikes",
        ("不希望", "不希望值班", "不愿值班", "尽量不排", "尽量避免", "Dislikes", "Rather not", "Avoid"),
    ),
    Column("leave", ("请假", "请假日期", "休假", "不能值班日期", "Leave", "Days off", "Absences")),
    Column(
        "record_check",
        (
            "无犯罪记录证明有效期",
            "无犯罪记录证明",
            "无犯罪证明有效期",
            "证明有效期",
            "Record check until",
            "Record check",
            "Criminal record check",
        ),
    ),
)

SCHOOLS = (
    Column("name", ("学校", "学校名称", "名称", "单位名称", "School", "School name", "Name"), required=True),
    Column("county", ("县市区", "县区", "区县", "所在县区", "所属县区", "所在地", "County", "District")),
    Column(
        "telephone", ("咨询电话", "心理咨询电话", "联系电话", "电话", "电话号码", "热线", "Telephone", "Phone", "Tel")
    ),
)
