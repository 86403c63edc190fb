"""Who may do what: one table that a reader can check.

A permission is the first of two locks. Case content has a second one that no table opens: a case key
granted to that very user.
"""

from __future__ import annotations

from enum import StrEnum

from app.common.words import N_


class Role(StrEnum):
    """Signed into the membership log; a person may hold several, rights are the union."""

    RECEPTIONIST = "receptionist"
    PSYCHOLOGIST = "psychologist"
    SUPERVISOR = "supervisor"
    DIRECTOR = "director"


ROLE_NAMES: dict[Role, str] = {
    Role.RECEPTIONIST: N_("Receptionist"),
    Role.PSYCHOLOGIST: N_("Psychologist"),
    Role.SUPERVISOR: N_("Supervisor"),
    Role.DIRECTOR: N_("Director"),
}


class May(StrEnum):
    """One permission for each kind of act."""

    SEE_TODAY = "see-today"
    SEE_ROTA = "see-rota"
    EDIT_ROTA = "edit-rota"
    APPROVE_ROTA = "approve-rota"
    MARK_ABSENT = "mark-absent"
    OWN_DUTY = "own-duty"
    ARRANGE_SWAPS = "arrange-swaps"
    SEE_CLIENTS = "see-clients"
    EDIT_CLIENTS = "edit-clients"
    IMPORT_CLIENTS = "import-clients"
    REGISTER_VISITS = "register-visits"
    SEE_QUEUE = "see-queue"
    CALL_FROM_QUEUE = "call-from-queue"
    BOOK = "book"
    OPEN_CASES = "open-cases"
    READ_CASES = "read-cases"
    WRITE_NOTES = "write-notes"
    GRANT_CASES = "grant-cases"
    SEE_CONSENT = "see-consent"
    RECORD_CONSENT = "record-consent"
    WRITE_REFERRALS = "write-referrals"
    SEE_RELEASED = "see-released-letters"
    PRINT_RELEASED = "print-released-letters"
    SEE_HANDOVER = "see-handover"
    EDIT_STAFF = "edit-staff"
    EDIT_ACCOUNTS = "edit-accounts"
    EDIT_CENTRE = "edit-centre"
    OWN_SETTINGS = "own-settings"
    SYNC = "sync"
    BACK_UP = "back-up"
    DECIDE_REVIEWS = "decide-reviews"
    SET_HUB = "set-hub"
    ADMIT_DEVICES = "admit-devices"


_EVERYONE = frozenset(
    {
        May.SEE_TODAY,
        May.SEE_ROTA,
        May.SEE_HANDOVER,
        May.OWN_SETTINGS,
        May.SEE_RELEASED,
        May.SEE_CONSENT,
        May.SYNC,
        May.BACK_UP,
    }
)
_CLINICAL = frozenset(
    {
        May.OWN_DUTY,
        May.SEE_CLIENTS,
        May.SEE_QUEUE,
        May.CALL_FROM_QUEUE,
        May.BOOK,
        May.OPEN_CASES,
        May.READ_CASES,
        May.WRITE_NOTES,
        May.RECORD_CONSENT,
        May.WRITE_REFERRALS,
        May.PRINT_RELEASED,
        May.DECIDE_REVIEWS,
    }
)

ROLES: dict[Role, frozenset[May]] = {
    Role.RECEPTIONIST: _EVERYONE
    | {
        May.MARK_ABSENT,
        May.ARRANGE_SWAPS,
        May.SEE_CLIENTS,
        May.EDIT_CLIENTS,
        May.IMPORT_CLIENTS,
        May.REGISTER_VISITS,
        May.SEE_QUEUE,
        May.CALL_FROM_QUEUE,
        May.BOOK,
        May.RECORD_CONSENT,
        May.PRINT_RELEASED,
        May.DECIDE_REVIEWS,
    },
    Role.PSYCHOLOGIST: _EVERYONE | _CLINICAL,
    Role.SUPERVISOR: _EVERYONE
    | _CLINICAL
    | {May.GRANT_CASES, May.APPROVE_ROTA, May.EDIT_ROTA, May.ARRANGE_SWAPS, May.MARK_ABSENT},
    Role.DIRECTOR: _EVERYONE
    | {
        May.EDIT_ROTA,
        May.APPROVE_ROTA,
        May.MARK_ABSENT,
        May.ARRANGE_SWAPS,
        May.EDIT_STAFF,
        May.EDIT_ACCOUNTS,
        May.EDIT_CENTRE,
        May.SET_HUB,
        May.ADMIT_DEVICES,
    },
}

CLINICIANS = frozenset({Role.PSYCHOLOGIST, Role.SUPERVISOR})
"""Roles whose users receive case keys and open the drop box."""


def permitted(roles: frozenset[Role]) -> frozenset[May]:
    """The union of the rights of `roles`."""
    return frozenset().union(*(ROLES[role] for role in roles))
