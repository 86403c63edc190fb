"""每人一页: an expert's duties of a stretch on A4, a page each, to be handed over or posted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.printing import fonts, words
from app.printing.breaking import break_lines
from app.printing.layout import Row, draw_rows, paginate
from app.printing.pen import A4, ACCENT, FAINT, INK, MM, MUTED, URGENT, Pen, Style
from app.printing.words import CENTRE_NAME, HOTLINE

_MARGIN = 18 * MM
_WIDTH = A4[0] - 2 * _MARGIN
_FIRST = 60 * MM
_NEXT = 30 * MM
_BOTTOM = 22 * MM
_COLUMNS = (
    ("日期", 0.0),
    ("星期", 27 * MM),
    ("时段", 43 * MM),
    ("时间", 58 * MM),
    ("咨询室", 86 * MM),
    ("同班", 110 * MM),
)
_TEXT = Style(fonts.SANS, 10.5, 15, INK)
_BOLD = Style(fonts.SANS_BOLD, 10.5, 15, INK)
_LABEL = Style(fonts.SANS, 9.5, 14, MUTED)
_ROW = 20.0


@dataclass(frozen=True, slots=True)
class DutyLine:
    """One duty. `special` names a holiday, or that the day is worked in exchange."""

    date: str
    weekday: str
    half: str
    hours: str
    room: str
    colleagues: str
    special: str = ""


@dataclass(frozen=True, slots=True)
class DutySheetContent:
    """One expert's page: `total` in words."""

    name: str
    number: str
    period: str
    lines: tuple[DutyLine, ...]
    total: str
    footnote: str = ""
    title: str = "值班安排"
    centre_name: str = CENTRE_NAME
    hotline: str = HOTLINE
    watermark: str = ""


def render_duty_sheets(contents: Sequence[DutySheetContent]) -> bytes:
    """The PDF: a page an expert, more only where one cannot hold the duties. At least one expert."""
    fonts.check(text for content in contents for text in _texts(content))
    pen = Pen(A4, title=f"{contents[0].title} {contents[0].period}", author=contents[0].centre_name)
    for content in contents:
        pages = paginate(_rows(content), A4[1] - _FIRST - _BOTTOM, A4[1] - _NEXT - _BOTTOM)
        for number, rows in enumerate(pages, start=1):
            if content.watermark:
                pen.stamp("watermark", lambda: pen.watermark(content.watermark))  # noqa: B023 - drawn at once
            top = _draw_head(pen, content) if number == 1 else _draw_running(pen, content)
            draw_rows(pen, rows, _MARGIN, top)
            _draw_foot(pen, content, number, len(pages))
            pen.next_page()
    return pen.finish()


def _rows(content: DutySheetContent) -> list[Row]:
    rows = [_row(line) for line in content.lines]
    return rows or [Row(_ROW, lambda pen, x, top: _plain(pen, x, top - 13, "这段时间没有已发布的值班。", _LABEL))]


def _row(line: DutyLine) -> Row:
    place = _COLUMNS[-1][1]
    room = _WIDTH - place
    mates = [
        one.shown for one in break_lines(fonts.plain(line.colleagues), fonts.advances(_TEXT.face), room / _TEXT.size)
    ]
    tall = max(_ROW, len(mates) * _TEXT.leading + 5) + (12 if line.special else 0)

    def draw(pen: Pen, x: float, top: float) -> None:
        base = top - 13.5
        values = (line.date, line.weekday, line.half, line.hours)
        for (_, at), value in zip(_COLUMNS, values, strict=False):
            pen.text(x + at, base, value, _BOLD if at == 0 else _TEXT)
        left, right = _COLUMNS[4][1], place - 2 * MM
        style = _fitted(pen, line.room, _TEXT, right - left)
        pen.text(x + left, base, line.room, style)
        for number, mate in enumerate(mates):
            pen.text(x + place, base - number * _TEXT.leading, mate, _TEXT)
        if line.special:
            pen.text(x, base - 12.5, line.special, Style(fonts.SANS, 9, colour=URGENT))
        pen.rule(x, top - tall, x + _WIDTH, top - tall, FAINT, 0.4)

    return Row(tall, draw)


def _plain(pen: Pen, x: float, y: float, text: str, style: Style) -> None:
    pen.text(x, y, text, style)


def _draw_head(pen: Pen, content: DutySheetContent) -> float:
    top, right = pen.height, pen.width - _MARGIN
    pen.text(_MARGIN, top - 18 * MM, content.centre_name, Style(fonts.SANS, 10, colour=MUTED))
    pen.text(right, top - 18 * MM, content.title, Style(fonts.SANS, 10, colour=MUTED), "right")
    size = Style(fonts.SANS_BOLD, 24, colour=INK)
    wide = pen.text(_MARGIN, top - 30 * MM, content.name, _fitted(pen, content.name, size, _WIDTH * 0.5))
    pen.text(_MARGIN + wide + 8, top - 30 * MM, content.number, Style(fonts.SANS, 11, colour=MUTED))
    pen.text(right, top - 30 * MM, content.period, Style(fonts.SANS_BOLD, 12, colour=INK), "right")
    pen.rule(_MARGIN, top - 34 * MM, right, top - 34 * MM, ACCENT, 1.4)
    pen.text(_MARGIN, top - 42 * MM, content.total, Style(fonts.SANS_BOLD, 12, colour=INK))
    return _draw_columns(pen, top - 52 * MM)


def _draw_running(pen: Pen, content: DutySheetContent) -> float:
    top = pen.height
    said = f"{content.name}（{content.number}）　{content.period}（续）"
    pen.text(_MARGIN, top - 16 * MM, said, Style(fonts.SANS, 9.5, colour=MUTED))
    return _draw_columns(pen, top - 23 * MM)


def _draw_columns(pen: Pen, y: float) -> float:
    for name, at in _COLUMNS:
        pen.text(_MARGIN + at, y, name, _LABEL)
    pen.rule(_MARGIN, y - 5, _MARGIN + _WIDTH, y - 5, MUTED, 0.7)
    return y - 6


def _draw_foot(pen: Pen, content: DutySheetContent, page: int, pages: int) -> None:
    style = Style(fonts.SANS, 9, colour=MUTED)
    right = pen.width - _MARGIN
    pen.rule(_MARGIN, 17 * MM, right, 17 * MM, FAINT, 0.5)
    note = "不能到岗时请尽早告知前台。"
    hotline = f"　24 小时热线 {content.hotline}" if content.hotline else ""
    pen.text(_MARGIN, 12 * MM, f"{note}{hotline}", Style(fonts.SANS, 10, colour=INK))
    if pages > 1:
        pen.text(right, 12 * MM, words.page_of(page, pages), style, "right")
    pen.text(_MARGIN, 7.5 * MM, content.footnote, style)


def _fitted(pen: Pen, text: str, style: Style, room: float) -> Style:
    wide = pen.measure(text, style)
    return style if wide <= room else Style(style.face, style.size * room / wide, style.leading, style.colour)


def _texts(content: DutySheetContent) -> Iterator[str]:
    yield from (content.name, content.number, content.period, content.total, content.footnote, content.title)
    yield from (content.centre_name, content.hotline, content.watermark)
    for line in content.lines:
        yield from (line.date, line.weekday, line.half, line.hours, line.room, line.colleagues, line.special)
