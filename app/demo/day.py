"""The day at the desk, played through the services that the window calls: from the sign-in to the handover."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.bootstrap import Office
from app.cases.consent_rules import ALL_SCOPES, Party, Purpose
from app.common.clock import Clock, SystemClock, local, today
from app.common.errors import LongshanError
from app.demo import texts
from app.demo.organisation import open_as
from app.intake.arrivals import PersonArriving
from app.people.clients import NewClient, NewGuardian
from app.referrals.rules import Urgency
from app.referrals.views import ReferralDraft, Total
from db.keyfile import replace_file

NAME = "王子琪"


@dataclass(slots=True)
class _Day:
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
        replace_file(self.out / name, pdf)
        self.files.append(name)


def play_day(
    folder: Path, note: str | None, passwords: Mapping[str, str], clock: Clock | None = None
) -> dict[str, Any]:
    """Plays on `folder/desk`; leaves papers and day.json in `folder/out` and gives what day.json says.

    A step that fails ends the day: its `ok` is false and `error` says why, in words.
    """
    now, out = clock or SystemClock(), folder / "out"
    out.mkdir(exist_ok=True)
    steps: list[dict[str, Any]] = []
    with ExitStack() as stack:
        day = _signin(stack, folder, out, passwords, now, note, steps)
        for name, act in _STEPS:
            if day is None or not _timed(steps, name, lambda act=act: act(day)):  # type: ignore[misc]
                break
    document: dict[str, Any] = {"steps": steps}
    if day is not None:
        document |= {"client": day.client, "client_name": NAME, "case": day.case, "referral": day.referral}
        document["files"] = day.files
    replace_file(out / "day.json", json.dumps(document, ensure_ascii=False, indent=2).encode())
    return document


def _signin(
    stack: ExitStack,
    folder: Path,
    out: Path,
    passwords: Mapping[str, str],
    clock: Clock,
    note: str | None,
    steps: list[dict[str, Any]],
) -> _Day | None:
    found: list[Office] = []

    def sign() -> None:
        for login in ("desk", "psych"):
            office = open_as(folder / "desk", login, clock, passwords)
            stack.callback(office.close)
            found.append(office)
        found[0].services.today.view()

    return _Day(found[0], found[1], out, clock, note) if _timed(steps, "signin", sign) else None


def _timed(steps: list[dict[str, Any]], name: str, act: Callable[[], None]) -> bool:
    began, error = time.perf_counter(), ""
    try:
        act()
    except LongshanError as refused:
        error = str(refused)
    step = {"name": name, "ok": not error, "seconds": round(time.perf_counter() - began, 3)}
    steps.append(step | ({"error": error} if error else {}))
    return not error


def _arrival(day: _Day) -> None:
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


def _queue(day: _Day) -> None:
    services = day.psych.services
    waiting = [entry.visit_id for entry in services.queue.view().entries]
    if day.visit not in waiting:
        raise LookupError(day.visit)
    room = services.centre.rooms()[1].id
    services.queue.call(day.visit, room)
    services.queue.start(day.visit, room)
    opened = services.cases.open_for_visit(day.visit).value
    day.case_id, day.case = opened.case_id, opened.number


def _note(day: _Day) -> None:
    """Typed in pieces, kept after each, signed at the end."""
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


def _referral(day: _Day) -> None:
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


def _print(day: _Day) -> None:
    services = day.desk.services
    day.save(f"referral-{day.referral}.pdf", services.referrals.letter_pdf(day.letter_id))
    services.referrals.printed(day.letter_id, 2)


def _handover(day: _Day) -> None:
    day.save("handover.pdf", day.desk.services.today.handover_sheet())


_STEPS: tuple[tuple[str, Callable[[_Day], None]], ...] = (
    ("arrival", _arrival),
    ("queue", _queue),
    ("note", _note),
    ("referral", _referral),
    ("print", _print),
    ("handover", _handover),
)
