"""The month on the wall and each expert's page, read back from the PDF."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.common.errors import UserError
from app.printing.duty_sheet import DutyLine, DutySheetContent, render_duty_sheets
from app.printing.month_poster import MonthContent, MonthDay, MonthHalf, render_month

NAMES = ("王子琪", "李明", "尉迟兰", "欧阳雪梅", "阿卜杜拉·买买提·吐尔逊", "单明霞", "赵一", "𬱖明")


def tool(pdf: bytes, *command: str) -> str:
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode("utf-8")


def text(pdf: bytes) -> str:
    """In the order in which it was drawn: a broken name of one column is not mixed with its neighbour's."""
    return re.sub(r"[^\S\f]", "", tool(pdf, "pdftotext", "-raw", "-", "-"))


def boxes(pdf: bytes) -> list[tuple[float, float, float, float, str]]:
    """Where each word stands: left, top, right, bottom, word."""
    found = re.findall(
        r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>',
        tool(pdf, "pdftotext", "-bbox", "-", "-"),
    )
    return [(float(a), float(b), float(c), float(d), word) for a, b, c, d, word in found]


def embedded(pdf: bytes) -> bool:
    fonts = [line.split() for line in tool(pdf, "pdffonts", "-").splitlines()[2:]]
    return bool(fonts) and all("Noto" in font[0] and font[-5] == "yes" for font in fonts)


def month(weeks: int, columns: str, names: Sequence[str]) -> MonthContent:
    day = MonthDay("9", "", False, (MonthHalf("上午", "duty", tuple(names)), MonthHalf("下午", "duty", tuple(names))))
    return MonthContent(
        period="2027 年 8 月",
        columns=tuple(f"周{one}" for one in columns),
        weeks=tuple(tuple(day for _ in columns) for _ in range(weeks)),
        hours="上午 08:30–11:30　下午 14:00–17:00",
        footnote="第 3 版 · 2027-07-20 发布 · 2027-07-21 打印",
    )


@pytest.mark.parametrize("weeks", [4, 5, 6])
@pytest.mark.parametrize(("columns", "people"), [("一三五六日", 3), ("一二三四五六日", 4), ("一二三四五六日", 8)])
def test_every_name_of_every_session_is_on_the_one_page(weeks: int, columns: str, people: int) -> None:
    pdf = render_month(month(weeks, columns, NAMES[:people]))
    said = text(pdf)
    for name in NAMES[:people]:
        assert said.count(name) == weeks * len(columns) * 2
    assert said.count("\f") == 1 and embedded(pdf)
    assert "2027年8月" in said and "第3版·2027-07-20发布" in said and "24小时热线" in said


@pytest.mark.parametrize("people", [1, 3, 5, 8])
def test_no_name_leaves_its_cell(people: int) -> None:
    """Eight in one session of a six-week month: smaller, not cut off and not over its neighbour."""
    pdf = render_month(month(6, "一二三四五六日", NAMES[:people]))
    names = [box for box in boxes(pdf) if len(box[4]) > 1 and any(box[4] in name for name in NAMES[:people])]
    assert names
    wide, tall = 841.89, 595.28
    step, head, foot = (wide - 2 * 25.51) / 7, 90.7, 34.0
    row = (tall - head - foot) / 6
    for left, top, right, bottom, word in names:
        column = (left - 25.51) // (step / 2)
        assert right <= 25.51 + (column + 1) * step / 2 + 0.5, word
        middle = (top + bottom) / 2
        assert head < middle < tall - foot
        assert int((top + 2.5 - head) // row) == int((bottom - 2.5 - head) // row), "a line of the grid runs through it"


def test_usual_months_are_set_large() -> None:
    """Three names a session on five days a week: letters of at least 5 mm."""
    pdf = render_month(month(5, "一三五六日", NAMES[:3]))
    heights = [bottom - top for _, top, _, bottom, word in boxes(pdf) if word in NAMES[:3]]
    assert min(heights) >= 5 * 72 / 25.4


def test_a_gap_a_holiday_and_a_closed_day_are_words() -> None:
    content = replace(
        month(1, "一三五", NAMES[:1]),
        weeks=(
            (
                MonthDay("1", "元旦", True, (), "不值班"),
                MonthDay("2", "元旦调休上班", False, (MonthHalf("上午", "gap", ("李明",), "缺 2 人"),
                                                  MonthHalf("下午", "closed", (), "消防演练"))),
                None,
            ),
        ),
        watermark="样张",
    )  # fmt: skip
    said = text(render_month(content))
    assert all(word in said for word in ("元旦", "不值班", "元旦调休上班", "缺2人", "李明", "消防演练"))
    assert "样张" not in said, "the watermark is silent when copied"


def line(number: int) -> DutyLine:
    return DutyLine(f"2027-01-{number % 28 + 1:02}", "周一", "上午", "08:30–11:30", "1室", f"同事{number}、李明")


def page(name: str, duties: int) -> DutySheetContent:
    return DutySheetContent(
        name, "E001", "2027-01-01 至 2027-03-31", tuple(map(line, range(duties))), f"共 {duties} 次"
    )


def test_each_expert_has_a_page_and_a_year_goes_on_to_the_next() -> None:
    assert text(render_duty_sheets([page("王子琪", 12), page("李明", 3)])).count("\f") == 2
    long = text(render_duty_sheets([page("王子琪", 90)]))
    assert long.count("\f") > 1 and all(f"同事{n}、" in long for n in range(90))
    assert "（续）" in long and "共90次" in long and "第1页/共" in long


def test_a_page_keeps_long_words_inside_and_says_when_there_is_no_duty() -> None:
    crowd = "、".join(f"阿卜杜拉·买买提{n}" for n in range(12))
    content = replace(
        page(NAMES[4], 0), lines=(replace(line(1), colleagues=crowd, room="三楼东侧沙盘游戏活动室", special="春节"),)
    )
    pdf = render_duty_sheets([content])
    assert crowd in text(pdf) and "三楼东侧沙盘游戏活动室" in text(pdf) and "春节" in text(pdf) and embedded(pdf)
    assert all(right <= 595.28 - 18 * 72 / 25.4 + 1 for _, _, right, _, _ in boxes(pdf))
    assert "没有已发布的值班" in text(render_duty_sheets([page("李明", 0)]))


def test_both_refuse_a_character_without_a_glyph() -> None:
    for draw in (lambda: render_month(month(1, "一", ["王\ue000"])), lambda: render_duty_sheets([page("王\ue000", 1)])):
        with pytest.raises(UserError) as refused:
            draw()
        assert refused.value.code == "missing-glyph"
