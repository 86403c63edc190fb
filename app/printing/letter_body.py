"""What the letter says: formal Chinese around the facts, the facts under labels that a doctor finds at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.printing import fonts, letter_foot, words
from app.printing.layout import Row, baseline, kept, labelled, paragraph
from app.printing.pen import FAINT, INK, MUTED, URGENT, Pen, Style

if TYPE_CHECKING:
    from app.printing.letter import AssessmentTotal, LetterContent

_LABEL_ROOM = 6.2  # em of the body, for a label of four characters


def body_rows(content: LetterContent, width: float, size: float, leading: float) -> list[Row]:
    """All rows from the salutation to the guardian's signature, in type of `size`."""
    body = Style(size=size, leading=leading)
    rows = [_salutation(content, width, size, leading)]
    rows += paragraph(opening(content), body, width, indent=2, space=2)
    rows += _sections(content, body, width)
    rows += paragraph(closing(content), body, width, indent=2, space=size * 0.6)
    rows += letter_foot.signature_rows(content, width)
    return kept_tail(rows)


def kept_tail(rows: list[Row]) -> list[Row]:
    """The signatures stay with the two rows of text before them: never a page of signatures alone."""
    return rows[:-4] + kept(rows[-4:])


def opening(content: LetterContent) -> str:
    """兹有学生…"""
    who = "，".join(
        part
        for part in (
            content.sex,
            f"{content.age} 岁" if content.age is not None else "",
            f"{content.school}{content.grade}",
        )
        if part
    )
    since = f"自 {words.day(content.period_from)}起" if content.period_from else ""
    times = f"接受心理咨询共 {content.sessions_count} 次" if content.sessions_count else "接受心理咨询"
    said = f"兹有学生{content.student}{f'（{who}）' if who else ''}，{since}在我中心{times}。现将有关情况函告如下。"
    return fonts.plain(said)


def closing(content: LetterContent) -> str:
    """What the letter may be used for, and the request."""
    if content.consent_exception:
        ground = f"以上内容依法提供（{content.consent_exception.rstrip('。')}），"
    elif content.consent_date or content.consented_scope:
        ground = "以上内容经监护人书面同意提供，"
    else:
        ground = "以上内容"
    totals = "测评总分仅供参考，不作为诊断依据。" if content.assessments else ""
    return f"{ground}{words.USE[content.recipient]}{totals}{words.REQUEST[content.recipient]}"


def _consent(content: LetterContent) -> str:
    if not (content.consented_scope or content.consent_date):
        return ""
    when = f"于 {words.day(content.consent_date)}" if content.consent_date else ""
    scope = f"：{content.consented_scope.rstrip('。')}" if content.consented_scope else "本单所列内容"
    return f"监护人{when}书面同意向{words.YOU[content.recipient]}提供{scope}。"


def _risk(content: LetterContent) -> str:
    if not content.risk_level:
        return ""
    at = f"（{words.moment(content.risk_at)} 评估）" if content.risk_at else ""
    return f"{content.risk_level}{at}"


def _sections(content: LetterContent, body: Style, width: float) -> list[Row]:
    label = Style(fonts.SANS_BOLD, body.size - 1, body.leading, INK)
    shift = _LABEL_ROOM * body.size
    room = width - shift
    gap = body.size * 0.42

    def section(name: str, text: str) -> list[Row]:
        return labelled(name, label, paragraph(text, body, room, shift=shift), gap)

    advice = content.advice or words.DEFAULT_ADVICE[content.recipient]
    rows = section("观察情况", "\n".join(content.observed))
    rows += labelled("测评总分", label, _assessments(content.assessments, body, room, shift), gap)
    rows += section("风险评估", _risk(content))
    rows += section("已采取措施", content.measures)
    rows += section("建　　议", advice)
    rows += section("知情同意", _consent(content))
    return rows


def _assessments(totals: tuple[AssessmentTotal, ...], body: Style, room: float, shift: float) -> list[Row]:
    """A ruled table; two abreast, so that eight take no more room than four."""
    if not totals:
        return []
    abreast = min(2, len(totals))
    depth = -(-len(totals) // abreast)
    columns = [totals[start : start + depth] for start in range(0, len(totals), depth)]
    part = room / 2
    small = Style(fonts.SANS, body.size - 1.3, body.leading - 1.5, INK)
    head = Style(fonts.SANS, body.size - 2, body.leading - 1.5, MUTED)
    rows = [_table_row([("量表", "日期", "总分")] * len(columns), head, part, shift, ruled=True)]
    for line in range(depth):
        row = [column[line] for column in columns if line < len(column)]
        cells = [(total.scale, total.taken_on.isoformat(), total.total) for total in row]
        rows.append(_table_row(cells, small, part, shift, ruled=False))
    rows[-1] = _ruled_below(rows[-1], len(columns), part, shift)
    return kept(rows)


def _table_row(cells: list[tuple[str, str, str]], style: Style, part: float, shift: float, ruled: bool) -> Row:
    def draw(pen: Pen, x: float, top: float) -> None:
        y = top - baseline(style)
        for number, (scale, day, total) in enumerate(cells):
            left = x + shift + number * part
            right = left + part - (14 if number == 0 else 0)
            pen.text(left, y, scale, _fitted(pen, scale, style, part * 0.48))
            pen.text(left + part * 0.5, y, day, style)
            pen.text(right, y, total, style, "right")

    row = Row(style.leading, draw)
    return _ruled_below(row, len(cells), part, shift) if ruled else row


def _ruled_below(row: Row, columns: int, part: float, shift: float) -> Row:
    def draw(pen: Pen, x: float, top: float) -> None:
        row.draw(pen, x, top)
        y = top - row.height
        for number in range(columns):
            left = x + shift + number * part
            pen.rule(left, y, left + part - (14 if number == 0 else 0), y, FAINT, 0.6)

    return Row(row.height, draw)


def _fitted(pen: Pen, text: str, style: Style, room: float) -> Style:
    wide = pen.measure(text, style)
    return style if wide <= room else Style(style.face, style.size * room / wide, style.leading, style.colour)


def _salutation(content: LetterContent, width: float, size: float, leading: float) -> Row:
    style = Style(size=size + 0.5, leading=leading + 2, stroke=0.03)
    to = f"{content.destination}　{content.clinic}".strip("　") + "："
    tag = Style(fonts.SANS_BOLD, size - 1, leading + 2, URGENT if content.urgency == "紧急" else INK)
    label = Style(fonts.SANS, size - 1, leading + 2, MUTED)

    def draw(pen: Pen, x: float, top: float) -> None:
        y = top - baseline(style)
        right = x + width
        if content.urgency:
            right -= pen.text(right, y, content.urgency, tag, "right")
            right -= pen.text(right, y, "紧急程度：", label, "right") + 12
        fitted = _fitted(pen, to, style, right - x)
        pen.text(x, y, to, Style(size=fitted.size, leading=fitted.leading, stroke=style.stroke))

    return Row(leading + 4, draw, keep=True)
