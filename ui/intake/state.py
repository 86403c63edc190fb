"""What stands in the arrival form, apart from its widgets: it is what a draft keeps and what is registered."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from app.intake.arrivals import PersonArriving
from app.intake.rules import who_came
from app.people.clients import NewClient, NewGuardian
from ui.intake.words import STUDENT
from ui.widgets.date_field import parse_date

UNASKED = ("unasked", "unasked", "unasked")
Safety = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class ParentState:
    """家长本人也来访: a client of their own, whose words go into a drop box of their own."""

    name: str = ""
    client_id: str = ""
    telephone: str = ""
    reason: str = ""
    safety: Safety = UNASKED


@dataclass(frozen=True, slots=True)
class ArrivalState:
    """The form as typed. `client_id`: one who has been here; the fields then say what is so now."""

    name: str = ""
    client_id: str = ""
    birth: str = ""
    sex: str = ""
    school_id: str = ""
    school: str = ""
    grade: str = ""
    class_name: str = ""
    who: tuple[str, ...] = (STUDENT,)
    telephone: str = ""
    guardian: str = ""
    relation: str = ""
    reason: str = ""
    medication: str = ""
    safety: Safety = UNASKED
    safety_words: str = ""
    source: str = ""
    concerns: tuple[str, ...] = ()
    wanted: str = ""
    more: dict[str, str] = field(default_factory=dict)
    parent: ParentState | None = None

    @property
    def empty(self) -> bool:
        """Nothing worth keeping."""
        return replace(self, who=(STUDENT,)) == ArrivalState()

    def content(self) -> dict[str, Any]:
        """For the draft."""
        return asdict(self)

    @classmethod
    def of(cls, content: dict[str, Any]) -> ArrivalState:
        """From a draft, also one that an older version wrote."""
        return cls(**_kept(cls, content, {"parent": _parent}))


def who_of(kind: str, sex: str | None) -> tuple[str, ...]:
    """Who most likely came when this client comes."""
    if kind == "parent":
        return ({"female": "mother", "male": "father"}.get(sex or "", "other"),)
    return ("teacher",) if kind == "third_party" else (STUDENT,)


def people_of(state: ArrivalState) -> list[PersonArriving]:
    """Those to be registered."""
    came_as, _companions = who_came(state.who)
    said = _said(state, came_as)
    people = [
        PersonArriving(
            client=state.client_id or said,
            came_as=came_as,
            concerns=state.concerns,
            told=_told(
                reason=state.reason,
                medication=state.medication,
                safety=state.safety_words,
                previous=state.more.get("previous", ""),
            ),
            safety=state.safety,
            wanted_staff_id=state.wanted or None,
            said=said if state.client_id else None,
        )
    ]
    if state.parent is not None:
        parent = state.parent
        new = NewClient(name=parent.name, kind="parent", telephones=_telephones(parent.telephone))
        told = _told(reason=parent.reason)
        client = parent.client_id or new
        people.append(PersonArriving(client, came_as="parent", told=told, safety=parent.safety))
    return people


def companions_of(state: ArrivalState) -> list[str]:
    """Those who came along."""
    return list(who_came(state.who)[1])


def _said(state: ArrivalState, kind: str) -> NewClient:
    guardian = (NewGuardian(state.guardian, state.relation or None),) if state.guardian else ()
    return NewClient(
        name=state.name,
        kind=kind,
        sex=state.sex or None,
        birth_date=parse_date(state.birth),
        school_id=state.school_id or None,
        school_name=state.school or None,
        grade=state.grade or None,
        class_name=state.class_name or None,
        telephones=_telephones(state.telephone),
        guardians=guardian,
        **{name: text for name, text in state.more.items() if name != "previous"},
    )


def _telephones(typed: str) -> tuple[str, ...]:
    return (typed,) if typed else ()


def _told(**said: str) -> dict[str, str]:
    return {name: text for name, text in said.items() if text.strip()}


def _parent(content: Any) -> ParentState | None:
    return ParentState(**_kept(ParentState, content, {})) if isinstance(content, dict) else None


def _kept(made: type[Any], content: dict[str, Any], readers: dict[str, Any]) -> dict[str, Any]:
    """The fields that this version knows, lists as tuples."""
    kept: dict[str, Any] = {}
    for one in fields(made):
        if one.name in content:
            value = content[one.name]
            if one.name in readers:
                value = readers[one.name](value)
            kept[one.name] = tuple(value) if isinstance(value, list) else value
    return kept
