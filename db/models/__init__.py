"""The mapped tables, one file per area."""

from __future__ import annotations

from db.models.base import SYSTEM_COLUMNS, Base, GroupVersion, Moment, RowId, Synced
from db.models.cases import (
    Case,
    CaseDocument,
    CaseGrant,
    ConsentEvent,
    CounsellingSession,
    LetterEvent,
    ReleasedLetter,
    RiskEvent,
    ScaleDone,
    SessionNote,
)
from db.models.clients import Appointment, Arrival, Client, DropBox, Guardian, Telephone, Visit, VisitEvent
from db.models.local import AuditEntry, AuditSubject, Device, Draft, SearchEntry, Setting, StreamKey
from db.models.organisation import (
    Account,
    Assignment,
    Centre,
    Destination,
    DutyPattern,
    Holiday,
    Leave,
    MembershipStatement,
    Organisation,
    Room,
    School,
    Staff,
)

__all__ = [
    "SYSTEM_COLUMNS", "Account", "Appointment", "Arrival", "Assignment", "AuditEntry", "AuditSubject", "Base", "Case",
    "CaseDocument", "CaseGrant", "Centre", "Client", "ConsentEvent", "CounsellingSession", "Destination", "Device",
    "Draft", "DropBox", "DutyPattern", "GroupVersion", "Guardian", "Holiday", "Leave", "LetterEvent",
    "MembershipStatement", "Moment", "Organisation", "ReleasedLetter", "RiskEvent", "Room", "RowId", "ScaleDone",
    "School", "SearchEntry", "SessionNote", "Setting", "Staff", "StreamKey", "Synced", "Telephone", "Visit", "VisitEvent",
]
