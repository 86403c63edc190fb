"""Cases as psychologists and supervisors use them. The desk sees none of this: no key of its opens it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from typing import TypeVar

from sqlalchemy import func, select

from app.cases import keys
from app.cases.consent import ConsentMeter, consent_meter
from app.cases.documents import documents
from app.cases.opening import DROP, drop_view, open_case, open_cases_of, take_in_drops
from app.cases.reading import audited
from app.cases.records import latest_contents
from app.cases.risk import RiskView, live_risks, risk_history
from app.cases.scales import SCALE, assessment_view
from app.cases.views import AssessmentView, CaseLine, CaseView, DropView, OpenedCase
from app.common.changes import Changes, Done, Topic
from app.common.clock import today
from app.common.dates import age_on
from app.common.errors import Confirmation, UserError
from app.common.words import N_
from app.people.merging_clients import root, standing_clients
from app.security.context import Context
from app.security.permissions import CLINICIANS, May
from db.engine import Tx
from db.models import Case, CaseGrant, Client, CounsellingSession, School, Visit

T = TypeVar("T")


class CaseService:
    """Opening, listing, looking at and granting cases."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    def open_for_visit(self, visit_id: str, confirmed: Collection[str] = frozenset()) -> Done[OpenedCase]:
        """The client's case that this user may open, or a new one; links the visit and takes in its drops.

        Confirmation if only others hold an open case of the client: a second one is opened on purpose only.
        """
        with self.ctx.write(May.OPEN_CASES, "case.opened-for-visit") as act:
            tx, now = act.tx, self.ctx.clock.now()
            visit = tx.get_one(Visit, visit_id)
            case, new = self._case_for(tx, visit, confirmed)
            if visit.case_id != case.id:
                visit.case_id = case.id
            if not new:
                keys.key_in_force(tx, self.ctx.who, case, self.ctx.members(tx))
                take_in_drops(tx, self.ctx, case, now)
            tx.flush()
            drops = tuple(view for view in self._drops(tx, case) if view.visit_id == visit_id)
            act.on(case.id, visit_id)
            opened = OpenedCase(case.id, case.number, visit_id, new, drops)
        return Done(opened, Changes.of(Topic.CASES, Topic.NOTES, Topic.QUEUE))

    def _case_for(self, tx: Tx, visit: Visit, confirmed: Collection[str]) -> tuple[Case, bool]:
        if visit.case_id:
            return tx.get_one(Case, visit.case_id), False
        mine, others = open_cases_of(tx, self.ctx, visit.client_id)
        if mine:
            return mine[-1], False
        token = "second-case:" + ",".join(case.id for case in others)
        if others and token not in confirmed:
            opener = self.ctx.members(tx).members.get(others[-1].opened_by)
            raise Confirmation(
                token,
                N_(
                    "This client has an open case {number} with {name}, which your keys do not open; the supervisor "
                    "can grant it to you. Open a second case?"
                ),
                number=others[-1].number,
                name=opener.name if opener else "",
            )
        return open_case(tx, self.ctx, visit.client_id, self.ctx.clock.now()), True

    def open_for_client(self, client_id: str) -> Done[OpenedCase]:
        """A case without a visit (by telephone, or a client taken over from paper)."""
        with self.ctx.write(May.OPEN_CASES, "case.opened-for-client") as act:
            mine, _ = open_cases_of(act.tx, self.ctx, client_id)
            case = mine[-1] if mine else open_case(act.tx, self.ctx, client_id, self.ctx.clock.now())
            act.on(case.id, client_id)
            opened = OpenedCase(case.id, case.number, None, not mine, ())
        return Done(opened, Changes.of(Topic.CASES, Topic.NOTES))

    def find(self, number: str) -> CaseLine:
        """A case by its number, whoever holds it; UserError "no-such-case"."""
        with self.ctx.read(May.READ_CASES) as tx:
            case = tx.execute(select(Case).where(Case.number == number.strip().upper())).scalars().first()
            if case is None:
                raise UserError("no-such-case", N_("There is no case with the number {number}."), number=number)
            return case_lines(tx, self.ctx, [case])[0]

    def find_mine(self, number: str, limit: int = 20) -> tuple[CaseLine, ...]:
        """Cases granted to this user whose number contains what was typed; none for nothing typed."""
        with self.ctx.read(May.READ_CASES) as tx:
            rows = my_case_rows(tx, self.ctx, number=number, limit=limit) if number.strip() else []
            return tuple(case_lines(tx, self.ctx, rows))

    def my_cases(self, state: str = "open") -> tuple[CaseLine, ...]:
        """Cases granted to this user, newest work first; grants are proven when a case is opened."""
        with self.ctx.read(May.READ_CASES) as tx:
            return tuple(case_lines(tx, self.ctx, my_case_rows(tx, self.ctx, state)))

    def view(self, case_id: str, strict: bool = True) -> CaseView:
        """The case at a glance, opened with its key (write lane: the look is audited).

        SealedAltered if any part does not prove itself; unless `strict`, that part is left empty and named, so
        that one damaged note does not stop the work with a client.
        """
        with audited(self.ctx, May.READ_CASES, "case.read", case_id) as tx:
            return case_view(tx, self.ctx, tx.get_one(Case, case_id), strict=strict)

    def drops(self, case_id: str, visit_id: str | None = None) -> tuple[DropView, ...]:
        """What was taken down in confidence, now under the case key; of one visit only if it is given."""
        with audited(self.ctx, May.READ_CASES, "case.drops-read", case_id) as tx:
            found = self._drops(tx, tx.get_one(Case, case_id))
            return tuple(view for view in found if visit_id in (None, view.visit_id))

    def _drops(self, tx: Tx, case: Case) -> list[DropView]:
        return [drop_view(document) for document in documents(tx, self.ctx, case, DROP)]

    def grant(self, case_id: str, user_id: str) -> Done[None]:
        """Gives a case to a replacement: a clinician of the centre. The granting supervisor must hold the key."""
        with self.ctx.write(May.GRANT_CASES, "case.granted") as act:
            case = act.tx.get_one(Case, case_id)
            grant_case(act.tx, self.ctx, case, user_id)
            act.on(case.id, user_id)
        return Done(None, Changes.of(Topic.CASES, Topic.NOTES))

    def candidates(self, case_id: str) -> tuple[tuple[str, str], ...]:
        """(account id, name) of the clinicians of the case's centre who do not hold its key yet."""
        with self.ctx.read(May.GRANT_CASES) as tx:
            case, membership = tx.get_one(Case, case_id), self.ctx.members(tx)
            held = set(keys.holders(tx, case, membership))
            found = membership.of_centre(case.centre_id, *CLINICIANS)
            return tuple((m.user_id, m.name) for m in found if m.user_id not in held)


def my_case_rows(
    tx: Tx, ctx: Context, state: str = "open", *, number: str = "", also: Collection[str] = (), limit: int = 10_000
) -> list[Case]:
    """Cases granted to this user, newest work first, `number` being part of theirs; `also` are never cut off."""
    granted = select(CaseGrant.case_id).where(CaseGrant.recipient == ctx.who.user_id)
    session = CounsellingSession
    last = select(func.max(session.day)).where(session.case_id == Case.id).correlate(Case).scalar_subquery()
    query = select(Case).where(Case.id.in_(granted), Case.state == state)
    if number:
        query = query.where(Case.number.contains(number.strip().upper(), autoescape=True))
    rows = list(tx.execute(query.order_by(last.desc(), Case.opened_at.desc(), Case.id).limit(limit)).scalars())
    cut_off = set(also) - {row.id for row in rows}
    if cut_off:
        rows += tx.execute(query.where(Case.id.in_(cut_off))).scalars()
    return rows


def grant_case(tx: Tx, ctx: Context, case: Case, user_id: str) -> None:
    """All versions of the case key for another clinician, signed by this holder."""
    membership = ctx.members(tx)
    member = membership.members.get(user_id)
    if member is None or member.centre_id != case.centre_id or not member.roles & CLINICIANS:
        raise UserError("not-a-clinician", N_("A case can be granted only to a psychologist of the same centre."))
    chain = keys.believed_grants(tx, case, membership)
    if user_id in chain.get(max(chain, default=0), {}):
        return
    for version, granted in chain.items():
        if ctx.who.user_id in granted or version == max(chain):
            key = keys.case_key(tx, ctx.who, case, membership, version)
            keys.grant(tx, ctx.who, case.id, version, key, user_id, member.keys.box, ctx.clock.now())
    if not chain:
        raise keys.NoCaseKey
    tx.flush()


def case_lines(tx: Tx, ctx: Context, cases: list[Case]) -> list[CaseLine]:
    """Lines of these cases, in their order."""
    ids = [case.id for case in cases]
    clients = standing_clients(tx, {case.client_id for case in cases})
    session = CounsellingSession
    counted = select(session.case_id, func.count(), func.max(session.day)).where(
        session.case_id.in_(ids), session.withdrawn.is_(False)
    )
    held: dict[str, tuple[int, date]] = {
        case_id: (count, last) for case_id, count, last in tx.execute(counted.group_by(session.case_id))
    }
    risks, day = live_risks(tx, ctx, ids), today(ctx.clock)
    lines = []
    for case in cases:
        client, risk = clients[case.client_id], risks.get(case.id)
        sessions, last = held.get(case.id, (0, None))
        lines.append(
            CaseLine(
                id=case.id,
                number=case.number,
                client_id=case.client_id,
                age=age_on(client.birth_date, day),
                sex=client.sex,
                grade=client.grade,
                state=case.state,
                opened_at=case.opened_at,
                risk=risk.level if risk else None,
                risk_altered=bool(risk and risk.altered),
                sessions=sessions,
                last_day=last,
            )
        )
    return lines


class _Parts:
    """Reads part after part, and remembers those that were altered."""

    def __init__(self, strict: bool) -> None:
        self._strict = strict
        self.damaged: list[str] = []

    def read(self, name: str, part: Callable[[], T], instead: T) -> T:
        try:
            return part()
        except keys.SealedAltered:
            if self._strict:
                raise
            self.damaged.append(name)
            return instead


def case_view(tx: Tx, ctx: Context, case: Case, *, strict: bool = True) -> CaseView:
    """Everything at a glance; NoCaseKey, and SealedAltered if `strict` or if the keys themselves are in doubt."""
    membership = ctx.members(tx)
    keys.key_in_force(tx, ctx.who, case, membership)
    client, parts = tx.get_one(Client, root(tx, case.client_id)), _Parts(strict)
    line = case_lines(tx, ctx, [case])[0]
    names = [membership.members[u].name for u in keys.holders(tx, case, membership) if u in membership.members]
    unknown = ConsentMeter(client.id, frozenset(), client.birth_date is not None, ())
    none: tuple[RiskView, ...] = ()
    no_scale: tuple[AssessmentView, ...] = ()
    return CaseView(
        id=case.id,
        number=case.number,
        client_id=client.id,
        client_number=client.number,
        age=line.age,
        sex=client.sex,
        grade=client.grade,
        school=_school(tx, client),
        kind=client.kind,
        state=case.state,
        opened_at=case.opened_at,
        holders=tuple(names),
        consent=parts.read(N_("consent"), lambda: consent_meter(tx, ctx, client.id), unknown),
        risk=live_risks(tx, ctx, [case.id]).get(case.id),
        risk_history=parts.read(N_("risk"), lambda: tuple(risk_history(tx, ctx, case)), none),
        sessions=line.sessions,
        first_day=_first_day(tx, case),
        last_day=line.last_day,
        assessments=parts.read(N_("scales"), lambda: _assessments(tx, ctx, case), no_scale),
        last_plan=parts.read(N_("notes"), lambda: _last_plan(tx, ctx, case), ""),
        damaged=tuple(parts.damaged),
    )


def _school(tx: Tx, client: Client) -> str | None:
    known = select(School.name).where(School.id == client.school_id)
    return (tx.execute(known).scalar() if client.school_id else None) or client.school_name


def _first_day(tx: Tx, case: Case) -> date | None:
    days = select(func.min(CounsellingSession.day)).where(
        CounsellingSession.case_id == case.id, CounsellingSession.withdrawn.is_(False)
    )
    return tx.execute(days).scalar()


def _assessments(tx: Tx, ctx: Context, case: Case) -> tuple[AssessmentView, ...]:
    return tuple(assessment_view(document, ctx.members(tx)) for document in documents(tx, ctx, case, SCALE))


def _last_plan(tx: Tx, ctx: Context, case: Case) -> str:
    contents = latest_contents(tx, ctx, case)
    return next((content["plan"] for _, content in reversed(contents) if content.get("plan")), "")
