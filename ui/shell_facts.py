"""What the frame of the window asks the services: who is on duty, the search box, the idle time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from app.common.words import tr
from app.security.permissions import CLINICIANS, ROLE_NAMES, May, Role
from ui.duty_chips import Chip
from ui.search_box import Found

DESK_MINUTES, CLINICIAN_MINUTES = 15.0, 5.0


def idle_minutes(services: Any, who: Any) -> float:
    """The shortest of the person's roles, as the director set it."""
    minutes = services.centre.view().idle_minutes
    own = [float(minutes[role.value]) for role in who.roles if role.value in minutes]
    fallback = CLINICIAN_MINUTES if who.roles & CLINICIANS else DESK_MINUTES
    return min(own, default=fallback)


def on_duty(services: Any) -> Sequence[Chip]:
    """Who is on duty at this hour."""
    now = services.rota.on_duty_now()
    return [Chip(person.name, person.room or "", person.state != "free") for person in now.people if now.running]


def finder(services: Any, who: Any) -> Callable[[str], Sequence[Found]] | None:
    """What the search box calls; None if this person may not search."""
    if May.SEE_CLIENTS not in who.may:
        return None

    def find(text: str) -> Sequence[Found]:
        return [Found(hit.id, hit.name, found_words(hit), hit.hint) for hit in services.search.search(text, limit=8)]

    return find


def found_words(hit: Any) -> str:
    """What tells two people of one name apart: `13岁 女 · 第三中学 初二 · 上次 2026-09-14`."""
    sexes = {"female": tr("female"), "male": tr("male")}
    age = tr("{n} years old", n=hit.age) if hit.age is not None else ""
    seen = tr("last here {day}", day=hit.last_visit.isoformat()) if hit.last_visit is not None else ""
    parts = (_spaced(age, sexes.get(hit.sex or "", "")), _spaced(hit.school, hit.grade), seen)
    return " · ".join(part for part in parts if part)


def _spaced(*words: str | None) -> str:
    return " ".join(word for word in words if word)


def user_words(office: Any) -> str:
    """Name and roles."""
    roles = [tr(ROLE_NAMES[role]) for role in Role if role in office.who.roles]
    return " · ".join((str(office.who.name), "、".join(roles)))
