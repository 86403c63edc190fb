"""联系单: a sheet to tick off while telephoning. Who may be called now stands first; it names clients."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from app.printing import fonts, words
from app.printing.layout import Row, draw_rows, kept, labelled, paginate, paragraph, single
from app.printing.pen import A4, ACCENT, FAINT, INK, MM, MUTED, Pen, Style

_MARGIN = 18 * MM
_WIDTH = A4[0] - 2 * _MARGIN
_FIRST = 42 * MM
_NEXT = 26 * MM
_BOTTOM = 16 * MM
_BOX = 20
_TITLE = Style(fonts.SANS_BOLD, 12.5, 20, INK)
_WHO = Style(fonts.SANS_BOLD, 12, 19, INK)
_TEXT = Style(fonts.SANS, 10.5, 16.5, INK)
_SMALL = Style(fonts.SANS, 9.5, 15, MUTED)


@dataclass(frozen=True, slots=True)
class Call:
    """One person to call. `who` with time and kind; `hours` when one may call, in words as they are on file; `told`
    what to tell; `results` each get a box to tick."""

    who: str
    numbers: str
    hours: str
    told: str
    results: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CallSection:
    """People who can be called at one time; `empty` is said when there are none."""

    title: str
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallListContent:
    """What the sheet says, as it is to be printed."""

    title: str
    about: str
    day: dt.date
    sections: tuple[CallSection, ...]
    nobody: str
    people_title: str
    people: tuple[str, ...]
    centre_name: str
    prepared: str
    note: str
    watermark: str = ""


def render_call_list(content: CallListContent) -> bytes:
    """The PDF: A4, as many pages as it takes; one person is never parted."""
    fonts.check(_texts(content))
    pen = Pen(A4, title=f"{content.title} {content.day.isoformat()}", author=content.centre_name)
    first, other = A4[1] - _FIRST - _BOTTOM, A4[1] - _NEXT - _BOTTOM
    pages = paginate(_rows(content), first, other)
    for number, rows in enumerate(pages, start=1):
        if content.watermark:
            pen.stamp("watermark", lambda: pen.watermark(content.watermark))
        top = _draw_head(pen, content) if number == 1 else _draw_running(pen, content)
        draw_rows(pen, rows, _MARGIN, top)
        _draw_foot(pen, content, number, len(pages))
        pen.next_page()
    return pen.finish()


def _rows(content: CallListContent) -> list[Row]:
    rows: list[Row] = []
    for section in content.sections:
        if section.calls:
            head = single(f"{section.title}（{len(section.calls)}）", _TITLE, space=12)
            calls = [_call(call) for call in section.calls]
            rows += kept([head, *calls[0]])
            for call in calls[1:]:
                rows += kept(call)
    if not rows:
        rows.append(single(content.nobody, _SMALL, space=12))
    if content.people:
        rows.append(single(content.people_title, _TITLE, space=16, keep=True))
        for person in content.people:
            rows += labelled("□", _TEXT, paragraph(person, _TEXT, _WIDTH - _BOX, shift=_BOX, space=2))
    return rows


def _call(call: Call) -> list[Row]:
    room = _WIDTH - _BOX
    lines = labelled("□", _WHO, paragraph(call.who, _WHO, room, shift=_BOX, space=8, justify=False))
    lines += paragraph(call.numbers, _TEXT, room, shift=_BOX, justify=False)
    lines += paragraph(call.hours, _TEXT, room, shift=_BOX, justify=False)
    lines += paragraph(call.told, _SMALL, room, shift=_BOX, justify=False)
    lines += paragraph("　　".join(f"□ {one}" for one in call.results), _SMALL, room, shift=_BOX, justify=False)
    return lines


def _draw_head(pen: Pen, content: CallListContent) -> float:
    top = pen.height
    small = Style(fonts.SANS, 9, colour=MUTED)
    pen.text(_MARGIN, top - 17 * MM, content.centre_name, Style(fonts.SANS, 10, colour=MUTED))
    pen.text(pen.width - _MARGIN, top - 17 * MM, content.prepared, small, "right")
    pen.text(_MARGIN, top - 27 * MM, content.title, Style(fonts.SANS_BOLD, 21, colour=INK))
    on = f"{content.day.isoformat()} {words.weekday(content.day)}"
    about = Style(fonts.SANS_BOLD, 12, colour=INK)
    pen.text(pen.width - _MARGIN, top - 27 * MM, f"{content.about}　{on}", about, "right")
    pen.rule(_MARGIN, top - 31 * MM, pen.width - _MARGIN, top - 31 * MM, ACCENT, 1.4)
    return top - _FIRST + 6 * MM


def _draw_running(pen: Pen, content: CallListContent) -> float:
    top = pen.height
    style = Style(fonts.SANS, 9, colour=MUTED)
    pen.text(_MARGIN, top - 16 * MM, content.centre_name, style)
    pen.text(pen.width - _MARGIN, top - 16 * MM, f"{content.title} {content.day.isoformat()}（续）", style, "right")
    pen.rule(_MARGIN, top - 19 * MM, pen.width - _MARGIN, top - 19 * MM, FAINT, 0.6)
    return top - _NEXT


def _draw_foot(pen: Pen, content: CallListContent, page: int, pages: int) -> None:
    style = Style(fonts.SANS, 8, colour=MUTED)
    pen.rule(_MARGIN, 13.5 * MM, pen.width - _MARGIN, 13.5 * MM, FAINT, 0.4)
    pen.text(pen.width - _MARGIN, 9.5 * MM, words.page_of(page, pages), style, "right")
    note = f"{content.watermark}　·　{content.note}" if content.watermark else content.note
    pen.text(_MARGIN, 9.5 * MM, note, style)


def _texts(content: CallListContent) -> Iterator[str]:
    yield from (content.title, content.about, content.nobody, content.people_title, *content.people)
    yield from (content.centre_name, content.prepared, content.note, content.watermark)
    for section in content.sections:
        yield section.title
        for call in section.calls:
            yield from (call.who, call.numbers, call.hours, call.told, *call.results)
