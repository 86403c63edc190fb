"""Imports into the real, encrypted file: every row accounted for, the same file again adds nothing."""

from __future__ import annotations

import csv
import shutil
import stat
import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from app.common.clock import local
from app.common.errors import Cancelled, EnvironmentFault, UserError
from app.common.progress import CancelToken
from app.people.clients import NewClient, create_client
from app.people.importing import ImportService, Options
from app.security.permissions import May
from db.models import Arrival, AuditEntry, Client, Guardian, Leave, School, Staff, Telephone, Visit, VisitEvent

if TYPE_CHECKING:
    from tests.services.conftest import Bench

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
HEADER = "来访日期,姓名,性别,出生日期,身份证号,联系电话,学校,年级,来访人员,监护人,咨询问题,备注\n"


def copied(name: str, folder: Path) -> Path:
    return Path(shutil.copy(FIXTURES / name, folder / name))


def register(folder: Path, *lines: str, name: str = "register-2023.csv") -> Path:
    path = folder / name
    path.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def counts(bench: Bench) -> Counter[str]:
    found: Counter[str] = Counter()
    with bench.sign("desk").ctx.db.read() as tx:
        for table in (Client, Visit, Arrival, VisitEvent, Telephone, Guardian, Staff, Leave, School):
            found[table.__tablename__] = tx.execute(select(func.count()).select_from(table)).scalar_one()
    return found


def desk(bench: Bench) -> ImportService:
    return ImportService(bench.sign("desk").ctx)


def director(bench: Bench) -> ImportService:
    return ImportService(bench.sign("director").ctx)


def test_the_register_goes_in_and_the_csv_afterwards_adds_nothing(bench: Bench, tmp_path: Path) -> None:
    result = desk(bench).clients(copied("register-2023.xlsx", tmp_path)).value
    assert (result.read, result.added, result.existing, result.refused, result.warned) == (420, 408, 0, 12, 23)
    assert (result.clients, result.visits) == (375, 408)
    before = counts(bench)
    assert (before["client"], before["visit"], before["arrival"], before["visit_event"]) == (375, 408, 408, 408)
    again = desk(bench).clients(copied("register-2023.csv", tmp_path)).value
    assert (again.read, again.added, again.existing, again.refused) == (420, 0, 408, 12)
    assert (again.clients, again.visits) == (0, 0)
    assert counts(bench) == before


def test_names_with_rare_characters_come_back_exactly(bench: Bench, tmp_path: Path) -> None:
    path = copied("register-2023.csv", tmp_path)
    desk(bench).clients(path)
    rows = list(csv.reader(path.read_bytes().decode("gb18030").splitlines()))[1:]
    refused = {"12", "90", "302"}
    wanted = {"".join(row[2].split()) for row in rows if row[2].strip() and row[0] not in refused}
    with bench.sign("desk").ctx.db.read() as tx:
        assert set(tx.execute(select(Client.name)).scalars()) == wanted
    assert any("\U0002b36f" in name for name in wanted)


def test_a_later_day_is_a_second_visit_of_one_client(bench: Bench, tmp_path: Path) -> None:
    desk(bench).clients(copied("register-2023.csv", tmp_path))
    with bench.sign("desk").ctx.db.read() as tx:
        client = tx.execute(select(Client).where(Client.name == "许奕")).scalars().one()
        visits = tx.execute(select(Visit).where(Visit.client_id == client.id).order_by(Visit.day)).scalars().all()
        assert [(str(v.day), v.visit_number, v.status, v.ticket) for v in visits] == [
            ("2023-01-13", 1, "done", None),
            ("2023-02-04", 2, "done", None),
        ]
        assert visits[0].came_as == "student"
        assert visits[0].companions == ["家长"]
        assert visits[0].concerns == ["厌学", "学业压力"]
        assert visits[0].referral_source == "school"
        assert (client.sex, str(client.birth_date), client.grade) == ("male", "2012-05-17", "小五")
        assert client.id_number == "371502201205173016"
        assert client.school_name == "莘县实验小学"
        guardian = tx.execute(select(Guardian).where(Guardian.client_id == client.id)).scalars().one()
        assert (guardian.relation, guardian.name) == ("父亲", "康女士")
        arrival = tx.get(Arrival, visits[0].arrival_id)
        assert arrival is not None
        assert local(arrival.at).date() == visits[0].day


def test_a_damaged_number_is_kept_in_the_remark_only(bench: Bench, tmp_path: Path) -> None:
    desk(bench).clients(copied("register-2023.csv", tmp_path))
    with bench.sign("desk").ctx.db.read() as tx:
        client = tx.execute(select(Client).where(Client.name == "郝沐赟")).scalars().one()
        assert client.id_number is None
        assert "3.7152620100302746e+17" in (client.remarks or "")
        suspect = tx.execute(select(Client).where(Client.id_number == "371525200908019061")).scalars().one()
        assert suspect.remarks is None
        short = tx.execute(select(Telephone).where(Telephone.digits == "1645749645")).scalars().one()
        assert short.written == "1645749645"


def test_refused_rows_come_back_in_the_same_layout(bench: Bench, tmp_path: Path) -> None:
    result = desk(bench).clients(copied("register-2023.csv", tmp_path)).value
    assert result.rejects == tmp_path / "register-2023-rejects.csv"
    assert stat.S_IMODE(result.rejects.stat().st_mode) == 0o600
    rows = list(csv.reader(result.rejects.read_bytes().decode("gb18030").splitlines()))
    source = list(csv.reader((tmp_path / "register-2023.csv").read_bytes().decode("gb18030").splitlines()))
    assert rows[0][:13] == source[0]
    assert [row[0] for row in rows[1:]] == [
        "12",
        "27",
        "46",
        "89",
        "90",
        "152",
        "155",
        "198",
        "211",
        "244",
        "274",
        "302",
    ]
    assert rows[1][13:] == ["13", "出生日期", "The date 2011-02-30 does not exist."]
    assert rows[2][13:] == ["28", "姓名", "The name is missing."]
    assert not list(tmp_path.glob(".*"))


def test_corrected_rejects_can_be_imported_and_are_not_overwritten(bench: Bench, tmp_path: Path) -> None:
    rejects = desk(bench).clients(copied("register-2023.xlsx", tmp_path)).value.rejects
    assert rejects is not None
    from openpyxl import load_workbook

    book = load_workbook(rejects)
    sheet = book.active
    assert sheet is not None
    sheet["E3"] = "2009-03-04"  # the first refused row, below title and header
    book.save(rejects)
    corrected = rejects.read_bytes()
    again = desk(bench).clients(rejects).value
    assert (again.read, again.added, again.refused, again.clients) == (12, 1, 11, 1)
    assert again.rejects == tmp_path / "register-2023-rejects-2.xlsx"
    assert rejects.read_bytes() == corrected


def test_a_dry_run_tells_everything_and_changes_nothing(bench: Bench, tmp_path: Path) -> None:
    before = counts(bench)
    path = copied("register-2023.csv", tmp_path)
    result = desk(bench).clients(path, Options(dry_run=True)).value
    assert (result.read, result.added, result.refused, result.clients) == (420, 408, 12, 375)
    assert result.rejects is None
    assert counts(bench) == before
    assert sorted(file.name for file in tmp_path.iterdir() if file.is_file()) == [path.name]
    with bench.sign("desk").ctx.db.read() as tx:
        assert "clients.imported" not in set(tx.execute(select(AuditEntry.act)).scalars())


def test_the_report_names_every_odd_row(bench: Bench, tmp_path: Path) -> None:
    report = tmp_path / "out" / "report.csv"
    report.parent.mkdir()
    result = desk(bench).clients(copied("register-2023.csv", tmp_path), Options(report=report)).value
    assert result.rejects == tmp_path / "out" / "register-2023-rejects.csv"
    lines = list(csv.reader(report.read_text(encoding="utf-8-sig").splitlines()))
    assert lines[0] == ["Sheet", "Row", "Column", "Result", "Reason"]
    assert Counter(line[3] for line in lines[1:]) == {"refused": 12, "taken with a warning": 23}
    assert stat.S_IMODE(report.stat().st_mode) == 0o600


def test_a_workbook_of_several_sheets_says_which(bench: Bench, tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for month in (1, 2):
        sheet = book.create_sheet(f"{month}月")
        sheet.append(["姓名", "来访日期", "电话"])
        sheet.append([None, f"2023-{month}-1", "1"])
        sheet.append(["查轩", f"2023-{month}-2", "13812345678"])
    book.save(tmp_path / "register.xlsx")
    result = desk(bench).clients(tmp_path / "register.xlsx").value
    assert (result.read, result.added, result.refused, result.clients) == (4, 2, 2, 1)
    assert [(line.sheet, line.row, line.code) for line in result.rows if line.verdict == "refused"] == [
        ("1月", 2, "name.missing"),
        ("2月", 2, "name.missing"),
    ]
    assert result.rejects is not None
    assert desk(bench).clients(result.rejects).value.read == 2


def test_the_import_is_audited_with_its_clients(bench: Bench, tmp_path: Path) -> None:
    desk(bench).clients(copied("register-2023.csv", tmp_path))
    with bench.sign("desk").ctx.db.read() as tx:
        entry = tx.execute(select(AuditEntry).where(AuditEntry.act == "clients.imported")).scalars().one()
        assert set(entry.subjects) == set(tx.execute(select(Client.id)).scalars())
        assert tx.execute(select(func.count()).where(AuditEntry.act == "rejects.written")).scalar_one() == 1


def test_cancelling_leaves_nothing(bench: Bench, tmp_path: Path) -> None:
    token, before = CancelToken(), counts(bench)

    def stop(done: int, total: int) -> None:
        if done == 50:
            assert total == 375
            token.cancel()

    with pytest.raises(Cancelled):
        desk(bench).clients(copied("register-2023.csv", tmp_path), Options(progress=stop, cancel=token))
    assert counts(bench) == before
    assert not list(tmp_path.glob("*rejects*"))


def test_rejects_that_cannot_be_written_stop_the_import(bench: Bench, tmp_path: Path) -> None:
    before = counts(bench)
    path = copied("register-2023.csv", tmp_path)
    with pytest.raises(EnvironmentFault) as caught:
        desk(bench).clients(path, Options(report=tmp_path / "missing" / "report.csv"))
    assert caught.value.code == "rejects.unwritable"
    assert counts(bench) == before


def test_a_report_never_replaces_the_register(bench: Bench, tmp_path: Path) -> None:
    path = copied("register-2023.csv", tmp_path)
    before = path.read_bytes()
    for report in (path, tmp_path / "register-2023-rejects.csv", path / "report.csv"):
        with pytest.raises(UserError):
            desk(bench).clients(path, Options(report=report))
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == [path.name]
    assert counts(bench)["client"] == 0


def test_someone_taken_down_at_the_desk_is_known(bench: Bench, tmp_path: Path) -> None:
    with bench.sign("desk").ctx.write(May.EDIT_CLIENTS, "test.prepared") as act:
        new = NewClient("查 轩 ", birth_date=date(2010, 5, 6), telephones=("138 1234 5678",))
        create_client(act.tx, new, date(2026, 11, 23))
    result = desk(bench).clients(register(tmp_path, "2023-02-01,查轩,女,2010-05-06,,+8613812345678,,,学生,,,")).value
    assert (result.added, result.clients, result.visits) == (1, 0, 1)


def test_who_may_import_what(bench: Bench, tmp_path: Path) -> None:
    clients, experts = copied("register-2023.csv", tmp_path), copied("experts-2027.csv", tmp_path)
    for call in (
        lambda: ImportService(bench.sign("director").ctx).clients(clients),
        lambda: ImportService(bench.sign("psych").ctx).clients(clients),
        lambda: desk(bench).experts(experts),
        lambda: desk(bench).schools(experts),
    ):
        with pytest.raises(UserError) as caught:
            call()
        assert caught.value.code == "not-allowed"


def test_a_new_visit_completes_a_known_client(bench: Bench, tmp_path: Path) -> None:
    desk(bench).clients(register(tmp_path, "2023-02-01,查轩,,2010-05-06,,13812345678,聊城市第一中学,初一,学生,,,"))
    line = "2023-09-04,查 轩,女,2010.5.6,,13812345678/8311095,聊城市第二中学,初二,家长,母亲 解女士,睡眠,热线"
    result = desk(bench).clients(register(tmp_path, line)).value
    assert (result.added, result.clients, result.visits) == (1, 0, 1)
    with bench.sign("desk").ctx.db.read() as tx:
        client = tx.execute(select(Client)).scalars().one()
        assert (client.sex, client.grade, client.school_name) == ("female", "初二", "聊城市第二中学")
        assert set(tx.execute(select(Telephone.digits)).scalars()) == {"13812345678", "06358311095"}
        assert tx.execute(select(Guardian.name)).scalars().all() == ["解女士"]


def test_what_the_desk_corrected_is_not_undone(bench: Bench, tmp_path: Path) -> None:
    line = "2023-02-01,查轩,女,2010-05-06,,13812345678,聊城市第一中学,初一,学生,母亲 解女士,,"
    desk(bench).clients(register(tmp_path, line))
    with bench.sign("desk").ctx.db.write() as tx:
        client = tx.execute(select(Client)).scalars().one()
        client.grade, client.school_name, client.sex = "初三", "聊城市第二中学", "male"
        tx.execute(select(Guardian)).scalars().one().withdrawn = True
        tx.execute(select(Telephone)).scalars().one().current = False
    before = counts(bench)
    assert desk(bench).clients(register(tmp_path, line)).value.existing == 1
    assert counts(bench) == before
    with bench.sign("desk").ctx.db.read() as tx:
        client = tx.execute(select(Client)).scalars().one()
        assert (client.grade, client.school_name, client.sex) == ("初三", "聊城市第二中学", "male")
        assert tx.execute(select(Telephone.current)).scalar_one() is False


def test_an_older_register_takes_the_first_place(bench: Bench, tmp_path: Path) -> None:
    desk(bench).clients(register(tmp_path, "2023-09-04,查轩,女,2010-05-06,,13812345678,聊城市第二中学,初二,学生,,,"))
    desk(bench).clients(register(tmp_path, "2023-02-01,查轩,女,2010-05-06,,13812345678,聊城市第一中学,初一,学生,,,"))
    with bench.sign("desk").ctx.db.read() as tx:
        assert tx.execute(select(Visit.visit_number).order_by(Visit.day)).scalars().all() == [1, 2]
        assert tx.execute(select(Client.grade)).scalar_one() == "初二"


def test_a_merged_duplicate_counts_as_the_one_it_became(bench: Bench, tmp_path: Path) -> None:
    lines = (
        "2023-02-01,查轩,女,2010-05-06,,13812345678,聊城市第一中学,初一,学生,,,",
        "2023-02-02,查轩,女,2010-05-06,,13912345678,聊城市第一中学,初一,学生,,,",
    )
    desk(bench).clients(register(tmp_path, *lines))
    with bench.sign("desk").ctx.db.write() as tx:
        one, other = tx.execute(select(Client).order_by(Client.number)).scalars().all()
        other.merged_into = one.id
    result = desk(bench).clients(register(tmp_path, *lines, lines[1].replace("02-02", "02-03"))).value
    assert (result.added, result.existing, result.clients) == (1, 2, 0)
    with bench.sign("desk").ctx.db.read() as tx:
        newest = tx.execute(select(Visit).where(Visit.day == func.date("2023-02-03"))).scalars().one()
        assert newest.client_id == one.id


def test_dates_without_a_year(bench: Bench, tmp_path: Path) -> None:
    line = "3.5,查轩,女,2010-05-06,,13812345678,聊城市第一中学,初一,学生,,,"
    assert desk(bench).clients(register(tmp_path, line, name="register.csv")).value.refused == 1
    assert desk(bench).clients(register(tmp_path, line, name="来访2022.csv")).value.added == 1
    assert desk(bench).clients(register(tmp_path, line, name="来访2022.csv"), Options(year=2021)).value.added == 1
    with bench.sign("desk").ctx.db.read() as tx:
        assert [str(day) for day in tx.execute(select(Visit.day).order_by(Visit.day)).scalars()] == [
            "2021-03-05",
            "2022-03-05",
        ]


def test_experts_are_added_then_updated_by_staff_number(bench: Bench, tmp_path: Path) -> None:
    path = copied("experts-2027.csv", tmp_path)
    result = director(bench).experts(path).value
    assert (result.read, result.added, result.existing, result.refused, result.warned) == (64, 64, 0, 0, 0)
    before = counts(bench)
    again = director(bench).experts(path).value
    assert (again.added, again.existing, again.updated) == (0, 64, 0)
    assert counts(bench) == before
    with bench.sign("director").ctx.db.read() as tx:
        expert = tx.execute(select(Staff).where(Staff.number == "E002")).scalars().one()
        assert (expert.stream, expert.expert, expert.weekly_limit, expert.last_quarter) == ("org", True, 1, 8)
        assert expert.availability[:2] == [[0, "am"], [2, "pm"]]
        assert expert.specialities == ["人际", "情绪", "网络使用"]
        leave = tx.execute(
            select(Leave.first, Leave.last).where(Leave.staff_id == expert.id).order_by(Leave.first)
        ).all()
        assert [(str(a), str(b)) for a, b in leave] == [
            ("2027-01-07", "2027-01-07"),
            ("2027-01-30", "2027-02-06"),
            ("2027-03-08", "2027-03-10"),
        ]
    text = path.read_text(encoding="utf-8-sig").replace(
        "E002,毛明诺,男,聊城市第三中学,15060108928", "E002,毛明诺,男,,15060108929"
    )
    path.write_text(text, encoding="utf-8")
    changed = director(bench).experts(path).value
    assert (changed.existing, changed.updated) == (64, 1)
    with bench.sign("director").ctx.db.read() as tx:
        expert = tx.execute(select(Staff).where(Staff.number == "E002")).scalars().one()
        assert (expert.telephone, expert.employer) == ("15060108929", "聊城市第三中学")


def test_schools_link_clients_and_experts(bench: Bench, tmp_path: Path) -> None:
    schools = tmp_path / "学校.csv"
    schools.write_text(
        "学校名称,县区,咨询电话\n聊城市第三中学,东昌府区,8211095\n莘县实验小学,,\n,莘县,\n", encoding="gb18030"
    )
    result = director(bench).schools(schools).value
    assert (result.read, result.added, result.refused) == (3, 2, 1)
    assert director(bench).schools(schools).value.existing == 2
    desk(bench).clients(copied("register-2023.csv", tmp_path))
    director(bench).experts(copied("experts-2027.csv", tmp_path))
    with bench.sign("desk").ctx.db.read() as tx:
        school = tx.execute(select(School).where(School.name == "聊城市第三中学")).scalars().one()
        assert (school.county, school.telephone) == ("371502", "0635-8211095")
        assert tx.execute(select(Client.school_id).where(Client.name == "唐翀刚")).scalar_one() == school.id
        assert tx.execute(select(Staff.school_id).where(Staff.number == "E002")).scalar_one() == school.id


def test_the_folder_holds_no_clear_name(bench: Bench, tmp_path: Path) -> None:
    desk(bench).clients(copied("register-2023.xlsx", tmp_path))
    names = [form for name in ("唐翀刚", "万俟女士") for form in (name, unicodedata.normalize("NFD", name))]
    needles = [name.encode(codec) for name in names for codec in ("utf-8", "utf-16-le", "gb18030")]
    for file in bench.folder.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert not any(needle in content for needle in needles), file.name
