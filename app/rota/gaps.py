"""Why a seat is empty, in words: for a chip, for a panel, and for each expert by staff number."""

from __future__ import annotations

from collections import Counter

from app.common.notes import Note, Spoken
from app.common.words import N_, ntr, tr
from app.rota.facts import Roster
from app.rota.problem import Gap
from app.rota.views import GapView

_GROUPS = (
    "absent",
    "speciality",
    "leave",
    "check-expired",
    "check-missing",
    "same-day",
    "limit",
    "month",
    "row",
    "weekends",
)


class _Counted(Spoken):
    """ "3 人请假，2 人本周已满", looked up when shown."""

    def __init__(self, groups: tuple[tuple[str, int], ...]) -> None:
        self._groups = groups

    def __str__(self) -> str:
        return " · ".join(_said(code, count) for code, count in self._groups)


def _said(code: str, n: int) -> str:
    match code:
        case "free":
            return ntr("{n} free", "{n} free", n)
        case "absent":
            return ntr("{n} absent", "{n} absent", n)
        case "leave":
            return ntr("{n} on leave", "{n} on leave", n)
        case "limit":
            return ntr("{n} with a full week", "{n} with a full week", n)
        case "month":
            return ntr("{n} with a full month", "{n} with a full month", n)
        case "same-day":
            return ntr("{n} already on duty that day", "{n} already on duty that day", n)
        case "row":
            return ntr("{n} with too many days in a row", "{n} with too many days in a row", n)
        case "weekends":
            return ntr("{n} with enough weekends", "{n} with enough weekends", n)
        case "check-expired":
            return ntr("{n} with an expired check", "{n} with an expired check", n)
        case _:
            return ntr("{n} without a check", "{n} without a check", n)


def gap_view(gap: Gap, roster: Roster) -> GapView:
    """Groups the reasons. Not counted: whoever never offered the session, or lacks the speciality that alone is
    missing."""
    kinds: Counter[str] = Counter()
    offered = 0
    for notes in gap.reasons.values():
        codes = [note.code for note in notes]
        if "unavailable" in codes or "speciality" in codes:
            continue
        offered += 1
        kinds[next((code for code in _GROUPS if code in codes), "free")] += 1
    ordered = tuple((code, kinds[code]) for code in ("free", *_GROUPS) if kinds[code])
    reasons = {roster.experts[who].number: reason_text(notes) for who, notes in gap.reasons.items()}
    return GapView(
        gap.slot,
        gap.missing,
        kinds["free"],
        _short(gap, roster, kinds),
        _long(gap, offered, ordered),
        reasons,
        gap.lacking,
    )


def reason_text(notes: tuple[Note, ...]) -> str:
    """All that speaks against one expert, in the language in force; says so if nothing does."""
    return tr("; ").join(note.text() for note in notes) or tr("nothing speaks against it")


def _short(gap: Gap, roster: Roster, kinds: Counter[str]) -> Note:
    away = [row for row in roster.on(gap.slot) if row.absent_at is not None]
    covered = {row.replaces_id for row in roster.on(gap.slot)}
    open_ = [roster.names[row.staff_id][1] for row in away if row.id not in covered and row.staff_id in roster.names]
    if open_:
        return Note.of("gap.absent", N_("{n} missing · {name} is absent"), n=gap.missing, name=open_[0])
    if not gap.missing:
        return Note.of("gap.speciality", N_("nobody for {specialities}"), specialities=tr(", ").join(gap.lacking))
    if kinds["free"]:
        return Note.of("gap.free", N_("{n} missing · {free} free"), n=gap.missing, free=kinds["free"])
    return Note.of("gap.nobody", N_("{n} missing · nobody free"), n=gap.missing)


def _long(gap: Gap, offered: int, ordered: tuple[tuple[str, int], ...]) -> Note:
    if not gap.missing:
        special = tr(", ").join(gap.lacking)
        if not offered:
            return Note.of(
                "gap.no-speciality", N_("No expert with {specialities} does duty then."), specialities=special
            )
        return Note.of(
            "gap.why-speciality",
            N_("Of {offered} with {specialities} who do duty then: {reasons}."),
            offered=offered,
            specialities=special,
            reasons=_Counted(ordered),
        )
    if not offered:
        return Note.of("gap.never", N_("No expert has offered this duty session."))
    return Note.of(
        "gap.why", N_("Of {offered} who do duty then: {reasons}."), offered=offered, reasons=_Counted(ordered)
    )
