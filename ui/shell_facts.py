"""What the frame of the window asks the services: who is on duty, the search box, the idle time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from app.security.permissions import CLINICIANS, May
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
    today = getattr(services, "today", None)
    if today is None:
        return ()
    return [Chip(person.name, person.room or "", person.busy) for person in today.on_duty()]


def finder(services: Any, who: Any) -> Callable[[str], Sequence[Found]] | None:
    """What the search box calls; None if this person may not search."""
    clients = getattr(services, "clients", None)
    if clients is None or May.SEE_CLIENTS not in who.may:
        return None

    def find(text: str) -> Sequence[Found]:
        return [
            Found(hit.id, hit.name, " · ".join(part for part in (hit.detail,) if part), hit.matched)
            for hit in clients.search(text, limit=8)
        ]

    return find


def user_words(office: Any) -> str:
    """Name and PC."""
    return str(office.who.name)
