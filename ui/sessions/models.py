"""Views turned into rows: what the lists of this tab say, and in which colour."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from app.cases.consent import MeterLine
from app.cases.consent_rules import PARTY_WORDS, PURPOSE_WORDS, SCOPE_WORDS, STANDING_WORDS, Purpose, Standing
from app.cases.risk import RiskView
from app.cases.risk_rules import RISK_WORDS, RiskLevel
from app.cases.views import CaseLine, CaseView
from app.common.clock import local
from app.common.ids import short_number
from app.common.words import N_, ntr, tr
from app.sessions.content import FIELD_WORDS
from app.sessions.views import BoardLine, NoteFound, NoteState, NoteView
from ui.widgets.row import Row

RISK_TONES: dict[RiskLevel, str] = {
    RiskLevel.NONE: "neutral",
    RiskLevel.ATTENTION: "info",
    RiskLevel.FOCUS: "attention",
    RiskLevel.URGENT: "urgent",
}
STANDING_TONES: dict[Standing, str] = {
    Standing.GIVEN: "accent",
    Standing.PARTIAL: "attention",
    Standing.WAITING: "attention",
    Standing.NOT_GIVEN: "urgent",
    Standing.WITHDRAWN: "urgent",
    Standing.EXCEPTION: "info",
}
_STATES: dict[NoteState, tuple[str, str]] = {
    NoteState.UNSIGNED: (N_("Unsigned"), "neutral"),
    NoteState.SIGNED: (N_("Signed"), "neutral"),
    NoteState.AMENDED: (N_("Amended"), "info"),
    NoteState.NO_SESSION: (N_("Not begun"), "neutral"),
}


def sex_word(sex: str | None) -> str:
    """One character on the Chinese screen."""
    return {"female": tr("female"), "male": tr("male")}.get(sex or "", "")


def who(age: int | None, sex: str | None, grade: str | None = None) -> str:
    """Age, sex and grade, as far as known; never a name."""
    years = tr("{n} years old", n=age) if age is not None else ""
    return " ".join(part for part in (years, sex_word(sex), grade or "") if part)


def near_day(day: date, today: date) -> str:
    """Today, yesterday, 11-18 in the same year, otherwise the whole date."""
    if day == today:
        return tr("Today")
    if day == today - timedelta(days=1):
        return tr("Yesterday")
    return day.strftime("%m-%d") if day.year == today.year else day.isoformat()


def case_row(line: BoardLine, today: date) -> Row:
    """A case at the left: unsigned ones with their age, high risks in words."""
    case = line.case
    badge, tone = _badge(line)
    when = ""
    if line.unsigned is not None:
        when = f"{near_day(line.unsigned.day, today)} {line.unsigned.start}"
    elif case.last_day is not None:
        when = near_day(case.last_day, today)
    second = " · ".join(part for part in (when, _risk_word(case), who(case.age, case.sex)) if part)
    title = short_number(case.number)
    return Row(case.id, title, second=second, badge=badge, tone=tone, tip=case.number, faded=False)


def _risk_word(case: CaseLine) -> str:
    if case.risk_altered:
        return tr("Risk record damaged")
    high = case.risk in (RiskLevel.FOCUS, RiskLevel.URGENT)
    return tr(RISK_WORDS[case.risk]) if high and case.risk else ""


def _badge(line: BoardLine) -> tuple[str, str]:
    if line.unsigned is not None:
        if line.unsigned.overdue:
            days = line.unsigned.hours // 24
            return ntr("Open {n} day", "Open {n} days", days), "urgent"
        if line.unsigned.hours >= 1:
            return ntr("Open {n} h", "Open {n} h", line.unsigned.hours), "attention"
        return tr("Unsigned"), "attention"
    words, tone = _STATES[line.state]
    return tr(words), tone


def found_case(case: CaseLine, today: date) -> Row:
    """A case found by its number."""
    when = near_day(case.last_day, today) if case.last_day else ""
    second = " · ".join(part for part in (when, _risk_word(case), who(case.age, case.sex)) if part)
    return Row(case.id, case.number, second=second or tr("Case"), badge=tr("Case"), tone="accent")


def found_row(hit: NoteFound) -> Row:
    """A hit of the search: where it stands, and the words around it."""
    second = f"{hit.before}{hit.match}{hit.after}"
    return Row(hit.note_id, hit.case_number, detail=hit.day.isoformat(), second=second, tip=tr(FIELD_WORDS[hit.where]))


def consent_title(line: MeterLine) -> str:
    """Counselling; Share with …"""
    if line.purpose is Purpose.SHARE:
        return tr("Share with {name}", name=line.name)
    return tr(PURPOSE_WORDS[line.purpose])


def short_place(name: str) -> str:
    """Without the city in front, which everybody here knows: 聊城市第四人民医院 is 第四人民医院."""
    return re.sub(r"^\w{2,3}市(?=.{4,})", "", name)


def consent_row(line: MeterLine) -> Row:
    """One line of the meter; what is shared in part, or who has still to sign, beneath."""
    stand = line.stand
    second = ""
    if stand.standing is Standing.PARTIAL:
        second = tr("Only: {what}", what="、".join(tr(SCOPE_WORDS[s]) for s in sorted(stand.scope)))
    elif stand.standing is Standing.WAITING:
        second = tr("Still to sign: {who}", who="、".join(tr(PARTY_WORDS[p]) for p in sorted(stand.missing)))
    words, tone = tr(STANDING_WORDS[stand.standing]), STANDING_TONES[stand.standing]
    if stand.standing is Standing.NOT_GIVEN and line.purpose is not Purpose.COUNSELLING:
        tone = "urgent" if line.purpose is Purpose.SHARE else "neutral"
    full, key = consent_title(line), f"{line.purpose}:{line.recipient or ''}"
    title = consent_title(replace(line, name=short_place(line.name)))
    tip = " · ".join(part for part in (full, second) if part)
    return Row(key, title, second=second, badge=words, tone=tone, tip=tip)


def risk_row(event: RiskView, today: date) -> Row:
    """A recorded level; superseded ones are faded."""
    day = local(event.at).date()
    title = day.strftime("%m-%d") if day.year == today.year else day.isoformat()
    word, tone = tr(RISK_WORDS[event.level]), RISK_TONES[event.level]
    spoken = "" if event.live else tr("{day}, {level}, replaced later", day=title, level=word)
    return Row(event.id, title, badge=word, tone=tone, faded=not event.live, spoken=spoken, tip=event.rationale)


def note_row(note: NoteView, today: date) -> Row:
    """A signed note in the history."""
    number = tr("Session {n}", n=note.session_number) if note.session_number else ""
    if not note.verified:
        badge, tone = tr("Damaged"), "urgent"
    elif note.amended_by:
        badge, tone = tr("Replaced"), "neutral"
    elif note.amends:
        badge, tone = tr("Amended"), "info"
    else:
        badge, tone = "", "neutral"
    return Row(note.id, near_day(note.day, today), detail=number, badge=badge, tone=tone, faded=bool(note.amended_by))


def subtitle(case: CaseView, session_number: int) -> str:
    """Case 2026-118 · 13 years old, female · session 4."""
    parts = [tr("Case {number}", number=case.number), who(case.age, case.sex)]
    if session_number:
        parts.append(tr("Session {n}", n=session_number))
    return " · ".join(part for part in parts if part)
