"""Slip, handover sheet and poster, read back."""

from __future__ import annotations

import datetime as dt
import re
import subprocess

import pytest

from app.common.errors import UserError
from app.printing.handover import HandoverContent, HandoverSection, render_handover
from app.printing.poster import PosterCell, PosterContent, PosterDay, PosterPerson, PosterRow, render_poster
from app.printing.slip import SlipContent, render_slip


def tool(pdf: bytes, *command: str) -> str:
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode("utf-8")


def text(pdf: bytes) -> str:
    return re.sub(r"[^\S\f]", "", tool(pdf, "pdftotext", "-", "-"))


def embedded(pdf: bytes) -> bool:
    fonts = [line.split() for line in tool(pdf, "pdffonts", "-").splitlines()[2:]]
    return bool(fonts) and all("Noto" in font[0] and font[-5] == "yes" for font in fonts)


SLIP = SlipContent(ticket="A03", at=dt.datetime(2026, 11, 23, 2, 42, tzinfo=dt.UTC), waiting_before=2)


def test_a_slip_says_number_time_and_how_many_wait_and_nothing_else() -> None:
    pdf = render_slip(SLIP)
    assert text(pdf).strip("\f") == (
        "聊城市学生心理健康发展服务中心A03日期2026年11月23日周一取号时间10:42前面等候2人"
        "请在等候区稍候，叫到号码时请到咨询室。24小时热线0635-8311095"
    )
    assert embedded(pdf)


def test_a_slip_is_as_wide_as_its_printer() -> None:
    width = re.search(r"Page size: +([\d.]+) x", tool(render_slip(SLIP), "pdfinfo", "-"))
    assert width and abs(float(width[1]) - 80 * 72 / 25.4) < 0.1


def test_a_slip_without_a_count_leaves_it_out_and_zero_is_nobody() -> None:
    assert "前面等候" not in text(render_slip(SlipContent(ticket="B1", at=SLIP.at)))
    assert "前面等候无人" in text(render_slip(SlipContent(ticket="B1", at=SLIP.at, waiting_before=0)))


def test_a_handover_lists_what_is_open_and_says_none_where_nothing_is() -> None:
    sections = (HandoverSection("未签咨询记录", ("个案 0097 已超 26 小时",)), HandoverSection("未回执转介"))
    pdf = render_handover(
        HandoverContent(date=dt.date(2026, 11, 23), sections=sections, shift="下午班", prepared_by="李老师")
    )
    read = text(pdf)
    assert "未签咨询记录（1）□个案0097已超26小时" in read and "未回执转介无" in read
    assert "交班人" in read and "第1页/共1页" in read and "2026-11-23周一下午班" in read and embedded(pdf)


def test_a_handover_shrinks_to_one_page_and_else_goes_on() -> None:
    def sheet(rows: int) -> str:
        section = HandoverSection("未签咨询记录", tuple(f"个案 {n:04} 待签" for n in range(rows)))
        return text(render_handover(HandoverContent(date=dt.date(2026, 11, 23), sections=(section,))))

    assert sheet(36).count("\f") == 1
    long = sheet(150)
    assert long.count("\f") > 2 and all(f"个案{n:04}待签" in long for n in range(150))
    assert "未签咨询记录（150）" in long and "（续）" in long and long.count("交班人") == 1


def poster(people: int = 2) -> PosterContent:
    days = tuple(PosterDay(f"周{day}", f"11-{number}") for number, day in enumerate("一二三四五六日", start=23))
    duty = PosterCell(tuple(PosterPerson(f"专家{n}", f"{n} 室") for n in range(people)))
    cells = (
        duty,
        PosterCell(kind="closed", note="不值班"),
        duty,
        duty,
        duty,
        PosterCell(kind="gap", note="3 人请假"),
        duty,
    )
    rows = (PosterRow("上午", "08:30–11:30", cells), PosterRow("下午", "14:00–17:30", cells))
    return PosterContent(period="2026-11-23 至 2026-11-29", days=days, rows=rows)


def test_a_poster_is_one_landscape_page_with_every_name() -> None:
    for people in (1, 8):
        pdf = render_poster(poster(people))
        read = text(pdf)
        assert read.count(f"专家{people - 1}") == 10 and read.count("缺岗") == 2 and read.count("不值班") == 2
        size = re.search(r"Page size: +([\d.]+) x ([\d.]+)", tool(pdf, "pdfinfo", "-"))
        assert size and float(size[1]) > float(size[2]) and read.count("\f") == 1 and embedded(pdf)


def test_each_paper_refuses_a_character_without_a_glyph() -> None:
    bad = "王\ue000"
    for draw in (
        lambda: render_slip(SlipContent(ticket=bad, at=SLIP.at)),
        lambda: render_handover(HandoverContent(date=dt.date(2026, 1, 1), sections=(HandoverSection("甲", (bad,)),))),
        lambda: render_poster(
            PosterContent(period="甲", days=(), rows=(PosterRow("上午", "", (PosterCell(note=bad),)),))
        ),
    ):
        with pytest.raises(UserError) as refused:
            draw()
        assert refused.value.code == "missing-glyph"
