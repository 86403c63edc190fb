"""The letter's foot: signatures and seal, the guardian's acknowledgement, and the reply that comes back by hand.

The reply carries the QR code again, since it is the reply that is scanned when it returns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.printing import fonts, words
from app.printing.layout import Row, paragraph
from app.printing.pen import FAINT, INK, MM, MUTED, PALE, Pen, Style

if TYPE_CHECKING:
    from app.printing.letter import LetterContent

PAGE_NUMBER = 16 * MM
"""Kept free at the foot of every page."""
REPLY = 57 * MM
"""Kept free above it on the last page."""

_FORM = Style(size=10, leading=17)
_SMALL = Style(fonts.SANS, 8, 12, MUTED)
_LABEL = Style(fonts.SANS_BOLD, 9, 15, INK)
_REPLY_TITLE = Style(size=14, leading=20, stroke=0.028)
_QR = 21 * MM


def qr_payload(number: str, check: str) -> str:
    """What the QR code says: number and check code, nothing personal. No mark that an input method would alter."""
    return f"{number}+{check}"


def signature_rows(content: LetterContent, width: float) -> list[Row]:
    """Two rows: the referrer's with code and seal, then the guardian's."""
    return [
        Row(80, lambda pen, x, top: _draw_referrer(pen, content, x, top, width), space=8),
        Row(56, lambda pen, x, top: _draw_guardian(pen, content, x, top, width), space=6),
    ]


def blank(pen: Pen, x: float, y: float, label: str, room: float, style: Style = _FORM) -> float:
    """A label and a line to write on, `room` points long; returns where the line ends."""
    x += pen.text(x, y, label, style) + 3
    pen.rule(x, y - 2.5, x + room, y - 2.5, MUTED, 0.5)
    return x + room


def _draw_referrer(pen: Pen, content: LetterContent, x: float, top: float, width: float) -> None:
    pen.qr(x, top - _QR - 2, _QR, qr_payload(content.number, content.check))
    pen.text(x + _QR / 2, top - _QR - 16, f"校验码 {content.check}", _SMALL, "centre")
    left = x + width * 0.46
    right = x + width
    y = top - 13
    end = left + pen.text(left, y, f"转介人：{content.referrer}", _FORM) + 14
    blank(pen, end, y, "签名", max(right - end - 26, 40))
    if content.centre_phone:
        y -= 18
        pen.text(left, y, f"联系电话：{content.centre_phone}", _FORM)
    pen.text(right, top - 53, content.centre_name, Style(size=11), "right")
    pen.text(right, top - 70, words.day(content.date), _FORM, "right")
    pen.text(left, top - 70, "（盖章处）", Style(size=10, colour=MUTED))


def _draw_guardian(pen: Pen, content: LetterContent, x: float, top: float, width: float) -> None:
    pen.box(x, top - 56, width, 56, fill=PALE, radius=3)
    pen.text(x + 10, top - 16, "监护人确认", _LABEL)
    to = f"{content.destination}{content.clinic}"
    knows = "知悉" if content.consent_exception else "知悉并同意"
    said = f"本人已阅读本单，{knows}将以上内容提供给{to}；已领取第一联。"
    style = Style(size=9.2, leading=14)
    rows = paragraph(said, style, width - 86, shift=76, justify=False)[:2]
    line = top - 5
    for row in rows:
        row.draw(pen, x, line)
        line -= row.height
    y = top - 47
    end = blank(pen, x + 76, y, "监护人（签名）", 78)
    end = blank(pen, end + 12, y, "与学生关系", 44)
    blank(pen, end + 12, y, "日期", x + width - end - 12 - 33)


def draw_reply(pen: Pen, content: LetterContent, x: float, width: float) -> None:
    """The tear-off part at the foot of the last page."""
    top = PAGE_NUMBER + REPLY - 4 * MM
    _draw_tear_line(pen, words.TEAR[content.recipient], top)
    top -= 4.5 * MM
    pen.text(x + width / 2, top - 13, "回执", _REPLY_TITLE, "centre", spacing=14)
    pen.text(x, top - 13, f"编号：{content.number}", _FORM)
    qr = 17 * MM
    pen.qr(x + width - qr, top - qr + 3.5, qr, qr_payload(content.number, content.check))
    _draw_reply_fields(pen, content, x, top - 37, width, x + width - qr - 12)
    back = "　".join(p for p in (f"交回：{content.centre_name}", content.address, content.centre_phone) if p)
    pen.text(x, PAGE_NUMBER + 1.5 * MM, back, _SMALL)


def _draw_reply_fields(pen: Pen, content: LetterContent, x: float, y: float, width: float, beside: float) -> None:
    yes, no, when, where, who = words.ARRIVED[content.recipient]
    step = 19.5
    end = x + pen.text(x, y, yes, _FORM) + 10
    end += pen.text(end, y, no, _FORM) + 16
    blank(pen, end, y, when, beside - end - 3 - pen.measure(when, _FORM))
    y -= step
    half = x + (beside - x) / 2
    blank(pen, x, y, where, half - x - 14 - pen.measure(where, _FORM))
    blank(pen, half, y, who, beside - half - 3 - pen.measure(who, _FORM))
    y -= step
    agreed = "可告知本中心的建议（经监护人同意）"
    blank(pen, x, y, agreed, width - 3 - pen.measure(agreed, _FORM))
    y -= step
    pen.rule(x, y - 2.5, x + width, y - 2.5, MUTED, 0.5)
    y -= step
    end = x + pen.text(x, y, "返校建议", _FORM) + 14
    for choice in ("□ 可返校", "□ 暂缓返校", "□ 需陪同返校"):
        end += pen.text(end, y, choice, _FORM) + 14
    blank(pen, end, y, "签章", x + width - end - 3 - pen.measure("签章", _FORM))


def _draw_tear_line(pen: Pen, text: str, y: float) -> None:
    style = Style(size=9, colour=MUTED)
    wide = pen.measure(text, style) + 26
    left = (pen.width - wide) / 2
    pen.rule(0, y, left - 4, y, MUTED, 0.7, dash=True)
    pen.scissors(left, y, 11)
    pen.text(left + 18, y - 3.2, text, style)
    pen.rule(left + wide, y, pen.width, y, MUTED, 0.7, dash=True)


def draw_page_number(
    pen: Pen, content: LetterContent, copy: str, page: int, pages: int, x: float, width: float
) -> None:
    """第 1 页 / 共 2 页, and whose copy it is."""
    style = Style(fonts.SANS, 8, colour=MUTED)
    pen.rule(x, 13.4 * MM, x + width, 13.4 * MM, FAINT, 0.4)
    pen.text(x + width, 9.4 * MM, f"{words.page_of(page, pages)}　·　{copy}", style, "right")
    mark = f"{content.watermark}　·　" if content.watermark else ""
    pen.text(x, 9.4 * MM, f"{mark}{content.number}", style)
