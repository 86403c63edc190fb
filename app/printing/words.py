"""What our paper says. Always Chinese, whatever language the window speaks: guardians, schools and hospitals read it.

Hence these words are not in the catalogue of translations.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from app.common.clock import local

CENTRE_NAME = "聊城市学生心理健康发展服务中心"
ADDRESS = "东昌府区龙山西街33号"
HOTLINE = "0635-8311095"
SPECIMEN = "样张"
WEEKDAYS = "一二三四五六日"


class Recipient(StrEnum):
    """Who the letter is for; it decides how they are addressed."""

    HOSPITAL = "hospital"
    SCHOOL = "school"
    OTHER = "other"


class Copy(StrEnum):
    """The two copies of a letter."""

    GUARDIAN = "guardian"
    RECIPIENT = "recipient"


YOU = {Recipient.HOSPITAL: "贵院", Recipient.SCHOOL: "贵校", Recipient.OTHER: "贵单位"}
SECOND_COPY = {Recipient.HOSPITAL: "医院", Recipient.SCHOOL: "学校", Recipient.OTHER: "接收单位"}
REQUEST = {
    Recipient.HOSPITAL: "特此函告，请予接诊为盼。",
    Recipient.SCHOOL: "特此函告，请予协助为盼。",
    Recipient.OTHER: "特此函告，请予协助为盼。",
}
DEFAULT_ADVICE = {
    Recipient.HOSPITAL: "建议到贵院进一步评估。",
    Recipient.SCHOOL: "建议在校内给予支持，并与监护人及本中心保持联系。",
    Recipient.OTHER: "建议进一步评估。",
}
USE = {
    Recipient.HOSPITAL: "仅供诊疗使用，请予保密。",
    Recipient.SCHOOL: "仅供在校支持该生使用，请予保密。",
    Recipient.OTHER: "仅供支持该生使用，请予保密。",
}
TEAR = {
    Recipient.HOSPITAL: "沿此线撕下，接诊后请交回本中心",
    Recipient.SCHOOL: "沿此线撕下，填写后请交回本中心",
    Recipient.OTHER: "沿此线撕下，填写后请交回本中心",
}
ARRIVED = {
    Recipient.HOSPITAL: ("□ 已到诊", "□ 未到诊", "到诊日期", "科室", "接诊医师"),
    Recipient.SCHOOL: ("□ 已接收", "□ 未接收", "接收日期", "部门", "联系人"),
    Recipient.OTHER: ("□ 已到访", "□ 未到访", "到访日期", "部门", "联系人"),
}


def copy_name(copy: Copy, recipient: Recipient) -> str:
    """第一联 监护人, 第二联 医院."""
    return "第一联 监护人" if copy is Copy.GUARDIAN else f"第二联 {SECOND_COPY[recipient]}"


def day(on: date) -> str:
    """2026 年 11 月 23 日."""
    return f"{on.year} 年 {on.month} 月 {on.day} 日"


def wall(at: datetime) -> datetime:
    """`at` on the centre's wall clock; one without a zone already is."""
    return at if at.tzinfo is None else local(at)


def moment(at: datetime) -> str:
    """2026 年 11 月 23 日 10:40, on the centre's wall clock."""
    at = wall(at)
    return f"{day(at)} {at:%H:%M}"


def weekday(on: date) -> str:
    """周一."""
    return f"周{WEEKDAYS[on.weekday()]}"


def page_of(page: int, pages: int) -> str:
    """第 1 页 / 共 2 页."""
    return f"第 {page} 页 / 共 {pages} 页"
