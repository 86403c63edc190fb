"""Swap requests, duties and partners as they are shown."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from sqlalchemy import or_, select

from app.common import pinyin
from app.common.clock import today
from app.common.notes import Note
from app.rota.acts import week_of
from app.rota.facts import Roster, load_roster
from app.rota.naming import name_of
from app.rota.rules import Slot, refused
from app.rota.show import total_load
from app.rota.swap_rules import OPEN, Given, state_of, why_void
from app.rota.swap_views import SwapDuty, SwapOffer, SwapPartner, SwapSide, SwapView
from app.security.context import Context
from app.security.permissions import May
from db.engine import Tx
from db.models import Account, Assignment, Room, Staff, SwapRequest

AHEAD = timedelta(weeks=6)
"""How far ahead a duty can come back in an exchange."""
_KEPT = timedelta(weeks=4)
"""How long decided requests stay in the list; they are never deleted."""


def given_of(row: Assignment | None) -> Given:
    """A duty as the rules of swaps see it."""
    return Given(None) if row is None else Given(row.state, row.absent_at is not None)


def state_in(tx: Tx, row: SwapRequest, day: date) -> tuple[str, Note | None]:
    """(state, why it is void)"""
    duty = tx.get(Assignment, row.assignment_id)
    back = tx.get(Assignment, row.return_id) if row.return_id else None
    named = [one for one in (duty, back) if one is not None]
    past = any(one.day < day for one in named)
    given, returned = given_of(duty), given_of(back) if row.return_id else None
    state = state_of(row.answer, row.ended, given, returned, past=past)
    return state, why_void(given, returned, past=past) if state == "void" else None


def read_requests(tx: Tx, ctx: Context) -> tuple[SwapView, ...]:
    """Of the centre, or of the signed-in person alone; open ones first, then the newest."""
    since = ctx.clock.now() - _KEPT
    fresh = or_(SwapRequest.ended.is_(None), SwapRequest.asked_at >= since)
    rows = tx.execute(select(SwapRequest).where(SwapRequest.centre_id == ctx.who.centre_id, fresh)).scalars().all()
    rosters: dict[tuple[date, date], Roster] = {}
    found = [view for row in rows if (view := _view(tx, ctx, row, rosters)) is not None]
    wanted = [one for one in found if one.open or one.asked_at >= since]
    mine = wanted if May.ARRANGE_SWAPS in ctx.who.may else [one for one in wanted if one.mine or one.asked_by_me]
    return tuple(sorted(mine, key=lambda one: (not one.open, not one.mine, -one.asked_at.timestamp(), one.id)))


def view_of(tx: Tx, ctx: Context, row: SwapRequest) -> SwapView:
    """One request, just written."""
    found = _view(tx, ctx, row, {})
    if found is None:
        raise LookupError(row.id)
    return found


def _view(tx: Tx, ctx: Context, row: SwapRequest, rosters: dict[tuple[date, date], Roster]) -> SwapView | None:
    """None while a duty that it names has not come by sync yet."""
    duty = tx.get(Assignment, row.assignment_id)
    back = tx.get(Assignment, row.return_id) if row.return_id else None
    if duty is None or (row.return_id and back is None):
        return None
    state, why = state_in(tx, row, today(ctx.clock))
    asked = tx.get(Staff, row.to_staff_id)
    mine = row.to_staff_id == ctx.who.staff_id
    gives = duty.staff_id == ctx.who.staff_id or row.asked_by == ctx.who.user_id
    open_, may = state == OPEN, ctx.who.may
    return SwapView(
        id=row.id,
        duty=side_of(tx, duty),
        back=side_of(tx, back) if back is not None else None,
        to_staff_id=row.to_staff_id,
        to_name=asked.name if asked is not None else "",
        to_telephone=asked.telephone if asked is not None else None,
        asked_by=_user(tx, row.asked_by),
        asked_at=row.asked_at,
        state=state,
        why=why,
        warnings=_warnings(tx, row, duty, back, rosters) if open_ else (),
        mine=mine,
        asked_by_me=gives,
        may_answer=open_ and mine and May.OWN_DUTY in may,
        may_record=open_ and May.ARRANGE_SWAPS in may,
        may_override=open_ and May.EDIT_ROTA in may,
        answer=row.answer,
        answered_by=_user(tx, row.answered_by),
        answered_at=row.answered_at,
        how=row.answered_how,
    )


def _warnings(
    tx: Tx, row: SwapRequest, duty: Assignment, back: Assignment | None, rosters: dict[tuple[date, date], Roster]
) -> tuple[Note, ...]:
    """What has come to speak against it."""
    days = [duty.day, back.day if back is not None else duty.day]
    span = week_of(min(days))[0], week_of(max(days))[1]
    roster = rosters.setdefault(span, load_roster(tx, duty.centre_id, *span)) if span not in rosters else rosters[span]
    given, returned = Slot(duty.day, duty.half), Slot(back.day, back.half) if back is not None else None
    if row.to_staff_id not in roster.experts:
        return ()
    notes = roster.obstacles(row.to_staff_id, given, leaving=returned)
    if returned is not None and duty.staff_id in roster.experts:
        notes += roster.obstacles(duty.staff_id, returned, leaving=given)
    return notes


def side_of(tx: Tx, row: Assignment) -> SwapSide:
    """One duty as a request names it."""
    room = tx.get(Room, row.room_id) if row.room_id else None
    return SwapSide(
        row.id,
        row.staff_id,
        name_of(tx, row.staff_id),
        Slot(row.day, row.half),
        room.name if room is not None else None,
        row.state == "published",
    )


def _user(tx: Tx, user_id: str | None) -> str:
    account = tx.get(Account, user_id) if user_id else None
    return name_of(tx, account.staff_id) if account is not None else ""


def own_duties(tx: Tx, ctx: Context) -> tuple[SwapDuty, ...]:
    """From today on."""
    query = select(Assignment).where(
        Assignment.centre_id == ctx.who.centre_id,
        Assignment.staff_id == ctx.who.staff_id,
        Assignment.day >= today(ctx.clock),
        Assignment.state.in_(("draft", "published")),
        Assignment.absent_at.is_(None),
    )
    rows = tx.execute(query.order_by(Assignment.day, Assignment.half)).scalars().all()
    asked: dict[str, list[str]] = defaultdict(list)
    for one in read_requests(tx, ctx):
        if one.open:
            asked[one.duty.assignment_id].append(one.to_name)
    sides = [side_of(tx, row) for row in rows]
    return tuple(
        SwapDuty(one.assignment_id, one.slot, one.room, one.published, "、".join(asked[one.assignment_id]))
        for one in sides
    )


def find_partners(tx: Tx, ctx: Context, duty: Assignment) -> tuple[SwapPartner, ...]:
    """The free first, then who has a duty that could come back without breaking a rule, then the others."""
    first = min(today(ctx.clock), duty.day)
    roster = load_roster(tx, duty.centre_id, week_of(first)[0], week_of(max(first + AHEAD, duty.day))[1])
    slot = Slot(duty.day, duty.half)
    coming: dict[str, list[Assignment]] = defaultdict(list)
    for row in roster.rows:
        standing = row.state in ("draft", "published") and row.absent_at is None
        if standing and first <= row.day <= first + AHEAD and row.id != duty.id:
            coming[row.staff_id].append(row)
    found = []
    for who, expert in roster.experts.items():
        if who == duty.staff_id:
            continue
        against = roster.obstacles(who, slot)
        keys = pinyin.keys(expert.name)
        found.append(
            SwapPartner(
                staff_id=who,
                number=expert.number,
                name=expert.name,
                telephone=expert.telephone,
                specialities=expert.specialities,
                load=total_load(roster, who),
                obstacles=against,
                refused=refused(against) is not None,
                exchanges=tuple(_offer(roster, duty, row) for row in coming[who]),
                found_by=" ".join((expert.name, expert.number, *keys.full, *keys.initials)).casefold(),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.refused, not one.free, one.load, one.number)))


def _offer(roster: Roster, duty: Assignment, back: Assignment) -> SwapOffer:
    given, returned = Slot(duty.day, duty.half), Slot(back.day, back.half)
    theirs = roster.obstacles(back.staff_id, given, leaving=returned)
    giver = duty.staff_id
    ours = roster.obstacles(giver, returned, leaving=given) if giver in roster.experts else ()
    notes = (*theirs, *(note for note in ours if note not in theirs))
    return SwapOffer(back.id, returned, notes, refused(notes) is not None)
