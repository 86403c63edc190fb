"""What a session note holds: its fields, their names on the form, and what is missing before it can be signed.

A draft and a signed note have the same shape: field -> text, everything text, so that nothing typed is ever lost
to a conversion. Days are ISO, times "HH:MM", `risk_level` a RiskLevel's value or "".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time

from app.cases.risk_rules import RISK_WORDS, RiskLevel
from app.common.words import N_, tr

Content = dict[str, str]

SECTIONS: tuple[tuple[str, str], ...] = (
    ("presenting", N_("In the client's own words")),
    ("observed", N_("Observed: emotion, cognition, behaviour")),
    ("intervention", N_("Intervention and response")),
    ("risk", N_("Risk and its grounds")),
    ("plan", N_("Plan")),
)
"""The five sections of the form, in order: Alt+1 to Alt+5."""

MORE: tuple[tuple[str, str], ...] = (
    ("onset", N_("Onset and duration")),
    ("homework", N_("Homework")),
    ("next_date", N_("Next date")),
)
HEADER = ("day", "start", "end", "room_id", "form")
LONGEST_MINUTES = 6 * 60
FIELDS: tuple[str, ...] = (*HEADER, *(name for name, _ in SECTIONS), "risk_level", *(name for name, _ in MORE))
REASON = N_("Reason of the amendment")
FIELD_WORDS: dict[str, str] = {
    **dict(SECTIONS),
    **dict(MORE),
    "risk_level": N_("Risk level"),
    "day": N_("Date"),
    "start": N_("Start"),
    "end": N_("End"),
    "room_id": N_("Room"),
    "form": N_("Form"),
    "reason": REASON,
}
FORM_WORDS: dict[str, str] = {"face": N_("Face to face"), "phone": N_("By telephone"), "video": N_("By video")}
_TIME = re.compile(r"([01]?\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True)
class Missing:
    """A field that keeps a note from being signed, and the sentence that says what to do."""

    field: str
    sentence: str

    def text(self) -> str:
        """The sentence in the current language."""
        return tr(self.sentence, field=tr(FIELD_WORDS[self.field]))


_WRITE = N_("{field}: not written yet.")
_CHOOSE = N_("{field}: not chosen yet.")
_RATIONALE = N_("{field}: write down what the level rests on.")
_DAY = N_("{field}: not a date, such as 2026-11-23.")
_TIMES = N_("{field}: not a time, such as 09:50.")
_ORDER = N_("{field}: earlier than the start.")


def cleaned(content: Mapping[str, str]) -> Content:
    """Known fields only, without blanks at the ends; missing ones are "". `reason` belongs to an amendment."""
    kept = {name: str(content.get(name, "")).strip() for name in FIELDS}
    if content.get("reason", "").strip():
        kept["reason"] = content["reason"].strip()
    return kept


def missing(content: Mapping[str, str]) -> list[Missing]:
    """What is still missing before signing, in the order of the form; empty when it can be signed."""
    kept = cleaned(content)
    found = _missing_times(kept)
    for name in ("presenting", "observed", "intervention"):
        if not kept[name]:
            found.append(Missing(name, _WRITE))
    if kept["risk_level"] not in {level.value for level in RiskLevel}:
        found.append(Missing("risk_level", _CHOOSE))
    elif kept["risk_level"] != RiskLevel.NONE and not kept["risk"]:
        found.append(Missing("risk", _RATIONALE))
    if not kept["plan"]:
        found.append(Missing("plan", _WRITE))
    if kept["next_date"] and not _is_day(kept["next_date"]):
        found.append(Missing("next_date", _DAY))
    return found


def _missing_times(kept: Content) -> list[Missing]:
    found = []
    if not _is_day(kept["day"]):
        found.append(Missing("day", _DAY))
    start, end = read_time(kept["start"]), read_time(kept["end"])
    found += [Missing(name, _TIMES) for name, at in (("start", start), ("end", end)) if at is None]
    if start and end and _minutes_between(start, end) > LONGEST_MINUTES:
        found.append(Missing("end", _ORDER))
    if kept["form"] not in FORM_WORDS:
        found.append(Missing("form", _CHOOSE))
    return found


def _minutes_between(start: time, end: time) -> int:
    """From start to end, past midnight where end is the earlier."""
    return (end.hour * 60 + end.minute - start.hour * 60 - start.minute) % (24 * 60)


def _is_day(written: str) -> bool:
    try:
        date.fromisoformat(written)
    except ValueError:
        return False
    return True


def read_time(written: str) -> time | None:
    """A wall-clock time such as 9:50, also with a Chinese colon; None if it is none."""
    plain = written.strip().replace("：", ":")
    if not _TIME.fullmatch(plain):
        return None
    hour, minute = plain.split(":")
    return time(int(hour), int(minute))


def sections(content: Mapping[str, str]) -> dict[str, str]:
    """Name of the section in the current language -> its text, for a command or a page; the risk in words."""
    shown: dict[str, str] = {}
    for name, words in (*SECTIONS, *MORE):
        text = content.get(name, "")
        if name == "risk" and content.get("risk_level"):
            level = tr(RISK_WORDS[RiskLevel(content["risk_level"])])
            text = f"{level} · {text}" if text else level
        shown[tr(words)] = text
    if content.get("reason"):
        shown[tr(REASON)] = content["reason"]
    return shown
