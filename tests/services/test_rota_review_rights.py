"""Every public method of the rota's services, called as each role: who may, that what is refused changes nothing, that
what changes anything is in the audit chain at once, and that no row of the file leaves its transaction."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from app.bootstrap import Office
from app.common import words
from app.common.errors import Confirmation, UserError
from app.people.clients import NewClient, create_client
from app.people.leave_text import LeaveRead, WishRead
from app.rota.pattern import Pattern
from app.rota.question import FreeQuery
from app.rota.rules import NO_LIMITS
from app.security.permissions import May
from db.models import Appointment, AuditEntry, DutyPattern, Holiday
from db.models.base import Base
from tests.services.conftest import Bench
from tests.services.rota_centre import MONDAY, clock_at, expert_id, furnish

SUNDAY = MONDAY + timedelta(days=6)
ANYWAY = frozenset({"against-rule", "pinned", "room-taken"})
SERVICES = ("rota", "swaps", "free", "publication", "calendar", "holidays", "experts", "leave")
DESK, PSYCH, SUPERVISOR, DIRECTOR = "desk", "psych", "supervisor", "director"
ALL = {DESK, PSYCH, SUPERVISOR, DIRECTOR}
PLANS = {SUPERVISOR, DIRECTOR}
ABSENCE = {DESK, SUPERVISOR, DIRECTOR}
SWAPS = {DESK, SUPERVISOR, DIRECTOR}
CENTRE = {DIRECTOR}

TABLE: dict[str, set[str]] = {
    "rota.absence": ALL,
    "rota.adopt": PLANS,
    "rota.adopt_part": PLANS,
    "rota.assign": PLANS,
    "rota.call_list": {DESK, SUPERVISOR},
    "rota.candidates": ALL,
    "rota.centres": ALL,
    "rota.conflicts": ALL,
    "rota.exchange": PLANS,
    "rota.left_open_by_leave": ALL,
    "rota.mark_absent": ABSENCE,
    "rota.mark_present": ABSENCE,
    "rota.move": PLANS,
    "rota.on_duty_now": ALL,
    "rota.pin": PLANS,
    "rota.poster": ALL,
    "rota.propose": ALL,
    "rota.propose_repair": ALL,
    "rota.publish": PLANS,
    "rota.rebook": ABSENCE,
    "rota.redo": ALL,  # by the right of the act itself; here there is none
    "rota.replace": ABSENCE,
    "rota.restore": PLANS,
    "rota.set_room": ABSENCE,
    "rota.staff_of": ALL,
    "rota.stand_in": ABSENCE,
    "rota.still_holds": ALL,
    "rota.stretch": ALL,
    "rota.targets": PLANS,
    "rota.today": ALL,
    "rota.unassign": PLANS,
    "rota.undo": ALL,
    "rota.undoable": ALL,
    "rota.week": ALL,
    "swaps.answer": set(),  # only the one who is asked
    "swaps.ask": SWAPS,  # of a duty that is not one's own
    "swaps.duties": ALL,
    "swaps.duty": ALL,
    "swaps.override": PLANS,
    "swaps.partners": ALL,
    "swaps.record": SWAPS,
    "swaps.requests": ALL,
    "swaps.waiting": ALL,
    "swaps.withdraw": SWAPS,
    "free.known": ALL,
    "free.read": ALL,
    "free.search": ALL,
    "publication.between": ALL,
    "publication.calendar_file": ALL,
    "publication.changes_of": ALL,
    "publication.duty_sheets": ALL,
    "publication.export_all": ALL,
    "publication.month_poster": ALL,
    "publication.on_paper": ALL,
    "publication.pending": ALL,
    "publication.publish": PLANS,
    "publication.publish_as_it_is": PLANS,
    "publication.spreadsheet": ALL,
    "publication.today": ALL,
    "publication.versions": ALL,
    "publication.week_poster": ALL,
    "calendar.days": ALL,
    "calendar.end": CENTRE,
    "calendar.grid": ALL,
    "calendar.hours": ALL,
    "calendar.limits": ALL,
    "calendar.patterns": ALL,
    "calendar.preview": ALL,
    "calendar.remove": CENTRE,
    "calendar.rooms": ALL,
    "calendar.save": CENTRE,
    "calendar.save_day": CENTRE,
    "calendar.set_limits": CENTRE,
    "calendar.set_needed": CENTRE,
    "calendar.specialities": ALL,
    "calendar.withdraw_day": CENTRE,
    "holidays.save": CENTRE,
    "holidays.set_duty": CENTRE,
    "holidays.take_over": CENTRE,
    "holidays.withdraw": CENTRE,
    "holidays.year": ALL,
    "holidays.years": ALL,
    "experts.add_wish": PLANS,
    "experts.expiring": ALL,
    "experts.list": ALL,
    "experts.one": PLANS,
    "experts.set_availability": PLANS,
    "experts.set_check": CENTRE,
    "experts.set_limits": PLANS,
    "experts.set_specialities": PLANS,
    "experts.withdraw_wish": PLANS,
    "leave.add": PLANS,
    "leave.change": PLANS,
    "leave.collides": PLANS,
    "leave.withdraw": PLANS,
}
REFUSED = frozenset({"not-allowed", "not-own", "not-asked"})
FIRST = (
    *("leave.collides", "experts.withdraw_wish", "swaps.withdraw", "swaps.record", "swaps.ask", "swaps.partners"),
    *("swaps.answer", "swaps.duty", "rota.targets", "rota.rebook", "rota.replace"),
)
"""Before others change what they are about."""


class Everything(frozenset[str]):
    """Every question is answered with yes."""

    def __contains__(self, token: object) -> bool:
        return True


def test_the_table_names_every_public_method(bench: Bench) -> None:
    assert set(_methods(bench.sign(DIRECTOR))) == set(TABLE)


def _methods(office: Office) -> dict[str, Any]:
    found = {}
    for name in SERVICES:
        service = getattr(office.services, name)
        for method, bound in inspect.getmembers(service, inspect.ismethod):
            if not method.startswith("_"):
                found[f"{name}.{method}"] = bound
    return found


@dataclass(frozen=True)
class Laid:
    """What the calls are about, by the names of parameters; `by_method` goes before `usual`."""

    usual: Mapping[str, Any]
    by_method: Mapping[str, Mapping[str, Any]]


def _lay(bench: Bench, folder: Path) -> Laid:
    """A published week with an absence, a swap, leave, a wish, versions, an exception: what can be named in a call."""
    bench.clock.at = clock_at(MONDAY, 8)
    director = bench.sign(DIRECTOR)
    furnish(director)
    services = director.services
    ill, mate, other = (expert_id(director, number) for number in ("E041", "E032", "E009"))
    pinned = [services.rota.assign(MONDAY, "am", who, confirmed=ANYWAY).value for who in (ill, mate)]
    later = services.rota.assign(MONDAY + timedelta(days=2), "am", other, confirmed=ANYWAY).value
    publication = services.publication
    publication.publish_as_it_is(MONDAY, SUNDAY)
    services.rota.assign(MONDAY, "pm", other, confirmed=ANYWAY)
    publication.publish_as_it_is(MONDAY, SUNDAY)
    newer, older = publication.versions()[:2]
    with director.ctx.write(May.EDIT_ROTA, "booked") as act:
        client = create_client(act.tx, NewClient("王子琪", telephones=("13906350000",)), MONDAY)
        visit = Appointment(centre_id=director.who.centre_id, client_id=client.id, staff_id=ill, kind="return")
        visit.starts_at = clock_at(MONDAY, 9)
        act.tx.add(visit)
        pattern = act.tx.execute(select(DutyPattern.id).order_by(DutyPattern.id)).scalars().first()
        act.tx.add(Holiday(stream="org", day=MONDAY + timedelta(days=100), name="节", workday=False))
        act.tx.flush()
        holiday = act.tx.execute(select(Holiday.id)).scalars().first()
    services.rota.mark_absent(ill, MONDAY, "am")
    asked = [expert_id(director, number) for number in ("E020", "E021", "E022", "E024")]
    swaps = [services.swaps.ask(later.id, who, confirmed=ANYWAY).value.id for who in asked[:3]]
    far = MONDAY + timedelta(days=14)
    row, one, two = (services.rota.assign(far, "am", who, confirmed=ANYWAY).value.id for who in asked[:3])
    two = services.rota.move(two, far, "pm", confirmed=ANYWAY).value.id
    leave = services.leave.add(other, [LeaveRead(MONDAY + timedelta(days=60), MONDAY + timedelta(days=61))]).value.ids[
        0
    ]
    wish = services.experts.add_wish(other, True, WishRead(1, None)).value
    gone = services.rota.assign(MONDAY + timedelta(days=4), "am", mate, confirmed=ANYWAY).value
    services.rota.unassign(gone.id, confirmed=ANYWAY)
    day = services.calendar.save_day(MONDAY + timedelta(days=5), ["pm"], 1, "试").value.ids[0]
    proposal, other_week = (
        services.rota.propose(MONDAY + timedelta(weeks=n), SUNDAY + timedelta(weeks=n)) for n in (1, 4)
    )
    first = next(duty for duty in other_week.duties if duty.new)
    usual = {
        "day": MONDAY,
        "first": MONDAY,
        "last": SUNDAY,
        "half": "am",
        "staff_id": ill,
        "substitute_id": other,
        "assignment_id": pinned[1].id,
        "other_id": later.id,
        "proposal": proposal,
        "number": "E041",
        "request_id": swaps[0],
        "to_staff_id": other,
        "agreed": True,
        "text": "周六 女",
        "year": 2027,
        "month": 1,
        "query": FreeQuery(MONDAY, SUNDAY),
        "older_id": older.id,
        "newer_id": newer.id,
        "version_id": newer.id,
        "folder": folder,
        "pattern_id": pattern,
        "pattern": Pattern(3, "pm", 2),
        "day_id": day,
        "ids": [holiday],
        "limits": NO_LIMITS,
        "weekday": 3,
        "needed": 2,
        "halves": ["pm"],
        "reason": "因为",
        "name": "校庆",
        "duty": True,
        "prefer": False,
        "wish": WishRead(2, None),
        "wish_id": wish,
        "sessions": [(0, "am")],
        "until": SUNDAY,
        "weekly": 2,
        "monthly": 8,
        "daily": 1,
        "specialities": ["情绪"],
        "leave_id": leave,
        "room_id": None,
        "to": mate,
        "confirmed": ANYWAY,
    }
    away = LeaveRead(MONDAY + timedelta(days=80), MONDAY + timedelta(days=80))
    by_method: dict[str, dict[str, Any]] = {
        "rota.adopt_part": {
            "proposal": other_week,
            "day": first.slot.day,
            "half": first.slot.half,
            "staff_id": first.staff_id,
        },
        "rota.exchange": {"assignment_id": one, "other_id": two},
        "rota.move": {"assignment_id": row, "day": far + timedelta(days=1)},
        "rota.targets": {"assignment_id": row},
        "swaps.ask": {"assignment_id": later.id, "to_staff_id": asked[3]},
        "swaps.duty": {"assignment_id": row},
        "swaps.partners": {"assignment_id": row},
        "swaps.withdraw": {"request_id": swaps[1]},
        "swaps.record": {"request_id": swaps[2], "agreed": False},
        "publication.publish": {"confirmed": Everything()},
        "holidays.take_over": {"year": 2026},
        "rota.assign": {"day": MONDAY + timedelta(days=6), "half": "pm"},
        "rota.restore": {"assignment_id": gone.id},
        "rota.replace": {"assignment_id": pinned[0].id, "staff_id": other},
        "rota.mark_present": {"assignment_id": pinned[0].id},
        "rota.mark_absent": {"staff_id": mate},
        "leave.add": {"leave": [away]},
        "leave.collides": {"leave": [away]},
        "leave.change": {"leave": away},
        "calendar.preview": {"pattern_id": None},
        "calendar.save": {"pattern_id": None},
        "calendar.end": {"last": SUNDAY + timedelta(days=90)},
        "holidays.save": {"first": SUNDAY + timedelta(days=90), "last": SUNDAY + timedelta(days=90)},
    }
    return Laid(usual, by_method)


def _arguments(name: str, method: Any, laid: Laid) -> dict[str, Any]:
    own = laid.by_method.get(name, {})
    given = {}
    for key, parameter in inspect.signature(method).parameters.items():
        if key in own or (
            key in laid.usual and (parameter.default is parameter.empty or key in ("confirmed", "half", "to"))
        ):
            given[key] = own[key] if key in own else laid.usual[key]
    return given


def _content(office: Office) -> list[Any]:
    """Every row of every table that travels, but for the audit chain and what sealing needs."""
    skipped = {"audit_entry", "audit_subject"}
    tables = [str(mapper.class_.__tablename__) for mapper in Base.registry.mappers if "stamp" in mapper.columns]
    with office.ctx.read(May.SEE_ROTA) as tx:
        return [tx.execute(text(f'SELECT * FROM "{name}"')).all() for name in sorted({*tables} - skipped)]


def _entries(office: Office) -> int:
    with office.ctx.read(May.SEE_ROTA) as tx:
        return tx.execute(select(func.count()).select_from(AuditEntry)).scalar_one()


def _inside(value: Any) -> Iterator[Any]:
    yield value
    if is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield from _inside(getattr(value, one.name))
    elif isinstance(value, Mapping):
        for key, held in value.items():
            yield from _inside(key)
            yield from _inside(held)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for held in value:
            yield from _inside(held)


@pytest.mark.parametrize("role", sorted(ALL))
def test_each_role_may_what_the_table_says_and_nothing_else(bench: Bench, tmp_path: Path, role: str) -> None:
    words.set_language("zh")
    laid = _lay(bench, tmp_path / "out")
    office = bench.sign(role)
    methods = _methods(office)
    told: dict[str, str] = {}
    for name in (*FIRST, *(one for one in methods if one not in FIRST)):
        before, entries = _content(office), _entries(office)
        code, answer = "", None
        try:
            answer = methods[name](**_arguments(name, methods[name], laid))
        except (UserError, Confirmation) as error:
            code = told[name] = getattr(error, "code", "asked")
        assert (code not in REFUSED) is (role in TABLE[name]), (name, code)
        changed, added = _content(office) != before, _entries(office) - entries
        assert added == (1 if answer is not None and changed else added), (name, "one entry for one act")
        assert not changed or added == 1, (name, "changed without an entry")
        assert not code or (not changed and not added), (name, "refused, and yet written")
        assert not any(isinstance(one, Base) for one in _inside(answer)), (name, "a row left its transaction")
    if role == DIRECTOR:
        assert told.keys() <= {"rota.redo", "swaps.answer", "rota.call_list"}, f"every call really went through: {told}"
