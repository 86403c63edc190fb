"""The steps of the demonstration's day: the desk's on the front PC, the psychologist's in room 2, each with a sync."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from app.bootstrap import Office
from app.cases.consent_rules import ALL_SCOPES, Party, Purpose
from app.common.clock import Clock, local, today
from app.common.errors import UserError
from app.demo import texts
from app.demo.pair import BY, differs, settle
from app.intake.arrivals import PersonArriving
from app.people.clients import NewClient, NewGuardian
from app.referrals.rules import Urgency
from app.referrals.views import ReferralDraft, Total
from app.rota.views import AssignmentView
from db.keyfile import replace_file

NAME = "王子琪"
_AHEAD = 13
"""Days that are looked through for a duty session: this week's and the next's are published."""


@dataclass(slots=True)
class Day:
    """Who sits where, and what the steps before have brought."""

    desk: Office
    psych: Office
    out: Path
    clock: Clock
    note: str | None
    visit: str = ""
    client: str = ""
    case_id: str = ""
    case: str = ""
    letter_id: str = ""
    referral: str = ""
    files: list[str] = field(default_factory=list)

    def save(self, name: str, pdf: bytes) -> None:
        """A paper, below `out`."""
        replace_file(self.out / name, pdf)
        self.files.append(name)

    def carry(self, sender: Office, receiver: Office) -> None:
        """What the one PC has written comes to the other."""
        sender.services.sync.sync(BY)
        receiver.services.sync.sync(BY)


def _absence(day: Day) -> None:
    """An expert phones in sick: marked absent, with a list of whom to call, when, and who could stand in."""
    rota, on_duty = day.desk.services.rota, _on_duty(day)
    found = [rota.absence(seat.staff_id, seat.slot.day, seat.slot.half) for seat in on_duty]
    seat, _ = min(zip(on_duty, found, strict=True), key=lambda pair: not pair[1].bookings)
    rota.mark_absent(seat.staff_id, seat.slot.day, seat.slot.half)
    day.save(f"call-list-{seat.number}.pdf", rota.call_list(seat.staff_id, seat.slot.day, seat.slot.half))


def _on_duty(day: Day) -> list[AssignmentView]:
    """The experts of the next duty session to begin, except who plays here."""
    first, now = today(day.clock), f"{local(day.clock.now()):%H:%M}"
    board = day.desk.services.rota.stretch(first, first + timedelta(days=_AHEAD))
    for slot in sorted(board.cells):
        if slot.day == first and board.hours[slot.half][0] <= now:
            continue
        seats = [seat for seat in board.cells[slot].assignments if seat.state == "published"]
        others = [s for s in seats if s.absent_at is None and s.staff_id != day.psych.who.staff_id]
        if others:
            return others
    return []


def _arrival(day: Day) -> None:
    """`wzq` finds her from last term (or she is new); her mother comes in her own right: one arrival, two records."""
    services = day.desk.services
    hits = [hit for hit in services.search.search("wzq", 10) if hit.name == NAME]
    known = hits[0].id if hits else None
    new = NewClient(
        NAME,
        sex="female",
        birth_date=today(day.clock).replace(year=today(day.clock).year - 13, day=1),
        school_name="聊城市第三中学",
        grade="初二",
        telephones=("13806351278",),
        guardians=(NewGuardian("王女士", "母亲", "13806351278"),),
    )
    told = {"reason": texts.REASONS[0]}
    girl = PersonArriving(known or new, concerns=("睡眠", "厌学"), told=told, safety=("no", "no", "no"))
    mother = PersonArriving(NewClient("王女士", kind="parent", telephones=("13806351278",)), came_as="parent")
    done = services.intake.register([girl, mother], ["mother"], "parent").value
    day.visit, day.client = done.visits[0].visit_id, done.visits[0].client_id
    day.save(f"slip-{done.visits[0].ticket}.pdf", services.intake.slip(day.visit))


def _queue(day: Day) -> None:
    """What was registered at the desk is in room 2's queue after both have synchronised; she is called from there."""
    day.carry(day.desk, day.psych)
    services = day.psych.services
    if day.visit not in [entry.visit_id for entry in services.queue.view().entries]:
        raise differs()
    room = services.centre.rooms()[1].id
    services.queue.call(day.visit, room)
    services.queue.start(day.visit, room)
    opened = services.cases.open_for_visit(day.visit).value
    day.case_id, day.case = opened.case_id, opened.number


def _note(day: Day) -> None:
    """Typed in pieces, kept after each, signed at the end; the front PC carries it unread."""
    services = day.psych.services
    session = services.notes.start(day.case_id, day.visit).value
    began = local(day.clock.now())
    content = {"day": session.day.isoformat(), "start": session.start, "end": f"{began:%H:%M}", "form": "face"}
    content |= {"room_id": session.room_id or "", "risk_level": "focus", "risk": texts.RATIONALE["focus"]}
    written = {
        "presenting": texts.PRESENTING[0] + (f"\n{day.note}" if day.note else ""),
        "observed": texts.OBSERVED[0],
        "intervention": texts.INTERVENTION[0],
        "plan": texts.PLAN[0],
    }
    for name, text in written.items():
        content[name] = text
        services.notes.keep(session.id, content)
    services.notes.sign(session.id, content)
    services.queue.finish(day.visit)
    day.carry(day.psych, day.desk)
    _unread(day)


def _unread(day: Day) -> None:
    try:
        day.desk.services.notes.notes(day.case_id)
    except UserError:
        return
    raise differs()


def _referral(day: Day) -> None:
    """Consent for this recipient, then the release."""
    services = day.psych.services
    place = services.centre.destinations()[0]
    services.consent.give(
        day.client, Purpose.SHARE, Party.BOTH, recipient=place.id, scope=ALL_SCOPES, signer_name="王女士"
    )
    draft = ReferralDraft(
        destination_id=place.id,
        urgency=Urgency.SOON,
        observed=texts.LETTER_OBSERVED[0],
        totals=(Total("PHQ-9", today(day.clock), "12"),),
        measures=texts.LETTER_MEASURES[0],
        advice=texts.LETTER_ADVICE[0],
    )
    card = services.letters.release(day.case_id, draft).value
    day.letter_id, day.referral = card.id, card.number


def _print(day: Day) -> None:
    """The letter was released in room 2; it is printed at the desk."""
    day.carry(day.psych, day.desk)
    services = day.desk.services
    day.save(f"referral-{day.referral}.pdf", services.referrals.letter_pdf(day.letter_id))
    services.referrals.printed(day.letter_id, 2)


def _handover(day: Day) -> None:
    """What the next shift must know."""
    day.save("handover.pdf", day.desk.services.today.handover_sheet())


def _sync(day: Day) -> None:
    """Both synchronise; then nothing is left to send, and once more moves nothing."""
    settle(day.desk, day.psych)
    for office in (day.desk, day.psych):
        status = office.services.sync.status()
        if status.unsent or status.waiting or status.last_error:
            raise differs()


def steps(day: Day) -> Iterator[tuple[str, Callable[[Day], None]]]:
    """The names that day.json uses, in order; an empty centre has nobody who could phone in sick."""
    if _on_duty(day):
        yield "absence", _absence
    yield from (
        ("arrival", _arrival),
        ("queue", _queue),
        ("note", _note),
        ("referral", _referral),
        ("print", _print),
        ("handover", _handover),
        ("sync", _sync),
    )
