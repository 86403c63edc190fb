"""The referral letter 转介单: two copies on A4, each with its tear-off reply at the foot of its last page.

The law leaves diagnosis to hospitals, so there is no field for one. Fields that are empty leave no trace.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields

from app.printing import fonts, letter_foot, letter_head
from app.printing.layout import Row, draw_rows, paginate
from app.printing.letter_body import body_rows
from app.printing.pen import A4, MM, Pen
from app.printing.words import ADDRESS, CENTRE_NAME, HOTLINE, Copy, Recipient, copy_name

MARGIN = 22 * MM
WIDTH = A4[0] - 2 * MARGIN
SIZES = ((11.5, 19.0), (11.0, 18.0), (10.5, 17.0), (10.0, 16.0))
"""Type size and leading, tried in turn until one page holds the letter; else the second, on several pages."""


@dataclass(frozen=True, slots=True)
class AssessmentTotal:
    """One scale's total. `total` as it is to be read: "18" or "18 分"."""

    scale: str
    taken_on: dt.date
    total: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterContent:
    """All that a letter says. Texts are as they are to be printed; only what consent covers may be in here."""

    number: str
    check: str
    date: dt.date
    destination: str
    student: str
    referrer: str
    clinic: str = ""
    urgency: str = ""
    recipient: Recipient = Recipient.HOSPITAL
    sex: str = ""
    age: int | None = None
    school: str = ""
    grade: str = ""
    period_from: dt.date | None = None
    sessions_count: int | None = None
    observed: tuple[str, ...] = ()
    assessments: tuple[AssessmentTotal, ...] = ()
    risk_level: str = ""
    risk_at: dt.datetime | None = None
    measures: str = ""
    advice: str = ""
    consented_scope: str = ""
    consent_date: dt.date | None = None
    consent_exception: str = ""
    """In place of consent: the lawful ground on which the letter goes out without it."""
    centre_name: str = CENTRE_NAME
    address: str = ADDRESS
    hotline: str = HOTLINE
    centre_phone: str = ""
    watermark: str = ""
    """Pale words across each page, such as 样张; none for a real letter."""


def render_letter(content: LetterContent, copies: Sequence[str] = ("guardian", "recipient")) -> bytes:
    """The PDF of a letter, its copies one after the other. UserError("missing-glyph") if a character has no glyph."""
    fonts.check(_texts(content))
    pen = Pen(A4, title=f"转介单 {content.number}", author=content.centre_name)
    pages = letter_pages(content)
    for copy in copies:
        draw_copy(pen, content, pages, Copy(copy))
    return pen.finish()


def draw_copy(pen: Pen, content: LetterContent, pages: list[list[Row]], copy: Copy) -> None:
    """One copy's pages."""
    name = copy_name(copy, content.recipient)
    for number, rows in enumerate(pages, start=1):
        if content.watermark:
            pen.stamp(f"watermark-{content.watermark}", lambda: pen.watermark(content.watermark))
        if number == 1:
            top = letter_head.draw_first(pen, content, name, MARGIN, WIDTH)
        else:
            top = letter_head.draw_next(pen, content, MARGIN, WIDTH)
        draw_rows(pen, rows, MARGIN, top)
        if number == len(pages):
            pen.stamp(f"reply-{content.number}", lambda: letter_foot.draw_reply(pen, content, MARGIN, WIDTH))
        letter_foot.draw_page_number(pen, content, name, number, len(pages), MARGIN, WIDTH)
        pen.next_page()


def letter_pages(content: LetterContent) -> list[list[Row]]:
    bottom = letter_foot.PAGE_NUMBER
    first = A4[1] - letter_head.FIRST - bottom
    other = A4[1] - letter_head.NEXT - bottom
    for size, leading in SIZES:
        rows = body_rows(content, WIDTH, size, leading)
        pages = paginate(rows, first, other, letter_foot.REPLY)
        if len(pages) == 1:
            return pages
    return paginate(body_rows(content, WIDTH, *SIZES[1]), first, other, letter_foot.REPLY)


def _texts(content: LetterContent) -> Iterator[str]:
    for field in fields(content):
        value = getattr(content, field.name)
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from _nested(value)


def _nested(values: Iterable[str | AssessmentTotal]) -> Iterator[str]:
    for value in values:
        if isinstance(value, AssessmentTotal):
            yield value.scale
            yield value.total
        else:
            yield value
