"""Who decides what: whoever may change a thing anyway. The desk its clients, the director the centre's own data."""

from __future__ import annotations

from collections.abc import Collection

from app.security.permissions import May

_DESK = (frozenset({May.DECIDE_REVIEWS, May.SEE_CLIENTS}),)
_CASES = (frozenset({May.DECIDE_REVIEWS, May.READ_CASES}),)
_ROTA = (frozenset({May.EDIT_ROTA}), frozenset({May.DECIDE_REVIEWS, May.MARK_ABSENT}))
_STAFF = (frozenset({May.EDIT_STAFF}),)
_CENTRE = (frozenset({May.EDIT_CENTRE}),)

RIGHTS: dict[str, tuple[frozenset[May], ...]] = {
    "account": (frozenset({May.EDIT_ACCOUNTS}),),
    "appointment": _DESK,
    "arrival": _DESK,
    "assignment": _ROTA,
    "case": _CASES,
    "centre": _CENTRE,
    "client": _DESK,
    "counselling_session": _CASES,
    "destination": _CENTRE,
    "duty_day": _CENTRE,
    "duty_pattern": _CENTRE,
    "duty_wish": _ROTA,
    "guardian": _DESK,
    "holiday": _CENTRE,
    "leave": _ROTA,
    "organisation": _CENTRE,
    "publication": _ROTA,
    "released_letter": (frozenset({May.DECIDE_REVIEWS, May.PRINT_RELEASED}),),
    "room": _CENTRE,
    "school": (*_DESK, *_CENTRE),
    "staff": _STAFF,
    "swap_request": _ROTA,
    "telephone": _DESK,
    "visit": _DESK,
}
"""Table -> sets of permissions, any of which suffices."""


def may_decide(table: str, may: Collection[May]) -> bool:
    """Whether somebody with these permissions decides reviews of this table's rows, and sees them."""
    return any(wanted <= frozenset(may) for wanted in RIGHTS.get(table, ()))
