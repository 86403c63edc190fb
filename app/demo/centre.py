"""Makes the demonstration organisation: frame, rota, a term of visits, letters in every state, and this morning."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random

from sqlalchemy import select

from app.bootstrap import Office
from app.common.clock import Clock, SystemClock, today
from app.common.progress import CancelToken, Progress, silent
from app.demo.history import Cast, letters, play_term
from app.demo.morning import play_morning
from app.demo.organisation import make_frame, open_as
from app.demo.term import WEEKS, draw
from app.rota.acts import adopt, propose, publish
from app.security.permissions import May
from db.models import School


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """`seed` drives invented data only; keys come from the system's random source. `clients` 0: an empty centre."""

    seed: int = 1
    clients: int = 240
    passwords: Mapping[str, str] = field(default_factory=dict)


def make_demo(
    folder: Path,
    options: DemoOptions,
    clock: Clock | None = None,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> Path:
    """Makes `folder/desk` and gives its path; UserError if a workspace is there already."""
    now, random = clock or SystemClock(), Random(options.seed)
    show, stop = progress or silent, cancel or CancelToken()
    desk = folder / "desk"
    make_frame(desk, random, now, options.passwords, experts=options.clients > 0)
    if options.clients == 0:
        return desk
    with ExitStack() as stack:
        people = {login: open_as(desk, login, now, options.passwords) for login in ("desk", "psych", "supervisor")}
        director = open_as(desk, "director", now, options.passwords)
        for office in (*people.values(), director):
            stack.callback(office.close)
        _rota(director, now, stop)
        with people["desk"].ctx.db.read() as tx:
            schools = list(tx.execute(select(School.id).order_by(School.stamp)).scalars())
        cast = Cast(people["desk"], people["psych"], people["supervisor"], random, now, schools)
        term = draw(random, options.clients, today(now))
        play_term(cast, term, show, stop)
        letters(cast, term)
        play_morning(cast, term)
    return desk


def _rota(director: Office, clock: Clock, cancel: CancelToken) -> None:
    """Filled and published from the term's beginning to the end of next week; the week after is a draft."""
    monday = today(clock) - timedelta(days=today(clock).weekday())
    for week in range(-WEEKS, 3):
        cancel.check()
        first = monday + timedelta(days=7 * week)
        last = first + timedelta(days=6)
        with director.ctx.write(May.EDIT_ROTA, "rota.adopted") as act:
            adopt(act.tx, propose(act.tx, director.who.centre_id, first, last))
            act.tx.flush()
            if week < 2:
                publish(act.tx, director.who.centre_id, first, last)
