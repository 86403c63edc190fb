"""The arrival form's service: registering, the client's card, who may be registered twice, the slip."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rapidfuzz import fuzz
from sqlalchemy import func, select

from app.common import pinyin
from app.common.changes import Changes, Done, Topic
from app.common.clock import local, today
from app.common.dates import age_on
from app.common.telephone import digits_of
from app.common.words import N_, tr
from app.intake import rules
from app.intake.arrivals import PersonArriving, register
from app.intake.queue import before_in_queue
from app.intake.views import ClientCard, DuplicateHit, Registered, RegisteredVisit
from app.people.contact import contact
from app.people.merging_clients import family, merge_clients, root, standing_clients, unmerge
from app.security import drafts
from app.security.context import Context
from app.security.permissions import May
from db.engine import Tx
from db.models import Arrival, Assignment, Centre, Client, Organisation, School, Staff, Telephone, Visit

_MERGED = Changes.of(Topic.CLIENTS, Topic.QUEUE, Topic.CASES, Topic.REFERRALS, Topic.APPOINTMENTS)
_ALIKE = 60
_MOST = 5


class IntakeService:
    """For the receptionist (and, where they may, the counsellors of a small centre)."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    def register(
        self,
        people: Sequence[PersonArriving],
        companions: Sequence[str] = (),
        referral_source: str | None = None,
        draft_id: str | None = None,
    ) -> Done[Registered]:
        """Everybody of one arrival at once; the draft that it was typed in goes in the same transaction."""
        with self.ctx.write(May.REGISTER_VISITS, "visit.registered") as act:
            visits = register(act.tx, self.ctx, people, self.ctx.clock.now(), companions, referral_source)
            if draft_id is not None:
                drafts.drop(act.tx, self.ctx.who.user_id, draft_id)
            act.on(*(visit.id for visit in visits))
            made = tuple(RegisteredVisit(v.id, v.client_id, v.ticket or "", v.priority) for v in visits)
            done = Registered(visits[0].arrival_id, made)
        return Done(done, Changes.of(Topic.QUEUE, Topic.CLIENTS, Topic.APPOINTMENTS))

    def card(self, client_id: str) -> ClientCard:
        """Contact data and the number of visits of one client."""
        with self.ctx.read(May.SEE_CLIENTS) as tx:
            return client_card(tx, tx.get_one(Client, root(tx, client_id)), today(self.ctx.clock))

    def merge_clients(self, keep_id: str, other_id: str) -> Done[str]:
        """One person registered twice: the other record is read together with the kept one. Taken back by `unmerge`.

        Answers whose record stands. UserError "same-record" for one and the same."""
        with self.ctx.write(May.EDIT_CLIENTS, "client.merged") as act:
            kept = merge_clients(act.tx, keep_id, other_id)
            act.on(keep_id, other_id)
        return Done(kept, _MERGED)

    def unmerge(self, other_id: str) -> Done[None]:
        """The record stands for itself again, with all that was made for it; UserError "not-merged"."""
        with self.ctx.write(May.EDIT_CLIENTS, "client.unmerged") as act:
            unmerge(act.tx, other_id)
            act.on(other_id)
        return Done(None, _MERGED)

    def experts(self, school_id: str | None = None) -> tuple[tuple[str, str], ...]:
        """Who is on duty today and present: (staff id, name); nobody who works at the client's school (回避)."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            query = (
                select(Staff.id, Staff.name, Staff.school_id)
                .join(Assignment, Assignment.staff_id == Staff.id)
                .where(
                    Assignment.centre_id == self.ctx.who.centre_id,
                    Assignment.day == today(self.ctx.clock),
                    Assignment.state.in_(("published", "leaving")),
                    Assignment.absent_at.is_(None),
                )
            )
            found = list(tx.execute(query.order_by(Staff.number)))
            may = ((staff, name) for staff, name, own in found if not rules.must_not_counsel(own, school_id))
            return tuple(dict.fromkeys(may))

    def possible_duplicates(
        self,
        name: str,
        birth_date: date | None = None,
        telephones: Sequence[str] = (),
        id_number: str | None = None,
    ) -> tuple[DuplicateHit, ...]:
        """Clients who share ID number or telephone, or whose name and birth date are alike; at most five."""
        with self.ctx.read(May.SEE_CLIENTS) as tx:
            return tuple(_duplicates(tx, today(self.ctx.clock), name.strip(), birth_date, telephones, id_number))

    def slip(self, visit_id: str) -> bytes:
        """The numbered slip without a name, as PDF."""
        from app.printing.slip import SlipContent, render_slip

        with self.ctx.write(May.REGISTER_VISITS, "slip.printed") as act:
            tx, visit = act.tx, act.tx.get_one(Visit, visit_id)
            centre = tx.get_one(Centre, visit.centre_id)
            arrival = tx.get_one(Arrival, visit.arrival_id)
            content = SlipContent(
                ticket=visit.ticket or "",
                at=local(arrival.at),
                waiting_before=before_in_queue(tx, visit, self.ctx.clock.now()),
                centre_name=centre.name,
                hotline=centre.hotline,
                watermark="样张" if tx.execute(select(Organisation.demo)).scalar() else "",
            )
            act.on(visit.id)
        return render_slip(content)


def client_card(tx: Tx, client: Client, day: date) -> ClientCard:
    """What the desk sees of a client."""
    school = tx.get(School, client.school_id) if client.school_id else None
    records, reached = family(tx, client.id), contact(tx, client.id)
    visits = tx.execute(select(func.count(), func.max(Visit.day)).where(Visit.client_id.in_(records))).one()
    return ClientCard(
        id=client.id,
        number=client.number,
        kind=client.kind,
        name=client.name,
        sex=client.sex,
        birth_date=client.birth_date,
        age=age_on(client.birth_date, day),
        school_id=client.school_id,
        school=school.name if school else client.school_name or "",
        grade=client.grade or "",
        class_name=client.class_name or "",
        telephone=next(iter(reached.telephones), ""),
        guardians=tuple((one.name, one.relation) for one in reached.guardians),
        confirm_guardians=any(one.doubtful for one in reached.guardians),
        safe_times=reached.safe_times,
        visits=visits[0],
        last_visit=visits[1],
        needs_guardian=rules.needs_guardian(client.birth_date, day),
    )


def _alike(name: str, other: str) -> bool:
    """Read the same, or the same surname and most of the rest: 王子琪, 王子淇, 王梓琪."""
    same_sound = set(pinyin.keys(name).full) & set(pinyin.keys(other).full)
    return bool(same_sound) or (name[:1] == other[:1] and fuzz.ratio(name, other) >= _ALIKE)


def _duplicates(
    tx: Tx, day: date, name: str, birth_date: date | None, telephones: Sequence[str], id_number: str | None
) -> list[DuplicateHit]:
    why: dict[str, str] = {}
    if id_number:
        for client_id in tx.execute(select(Client.id).where(Client.id_number == id_number.strip().upper())).scalars():
            why.setdefault(client_id, tr(N_("Same ID number")))
    digits = [number for number in map(digits_of, telephones) if len(number) >= 7]
    if digits:
        for client_id in tx.execute(select(Telephone.client_id).where(Telephone.digits.in_(digits))).scalars():
            why.setdefault(client_id, tr(N_("Same telephone")))
    if name:
        same = select(Client.id, Client.name, Client.birth_date)
        same = same.where(Client.birth_date == birth_date) if birth_date else same.where(Client.name == name)
        for client_id, other, born in tx.execute(same):
            if name == other or (birth_date and _alike(name, other)):
                said = N_("Same name and birth date") if (name, birth_date) == (other, born) else N_("Similar name")
                why.setdefault(client_id, tr(said))
    found: dict[str, DuplicateHit] = {}
    stands = standing_clients(tx, why)
    for client_id, reason in why.items():
        client = stands.get(client_id)
        if client is not None and client.id not in found and len(found) < _MOST:
            card = client_card(tx, client, day)
            found[client.id] = DuplicateHit(client.id, client.name, card.age, card.school, reason)
    return list(found.values())
