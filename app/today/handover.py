"""交接单: what one shift leaves to the next, by case and letter number; no name and no content."""

from __future__ import annotations

from app.cases.risk_rules import RISK_WORDS
from app.common.clock import local
from app.common.words import ntr, tr
from app.intake.queue import queue_view
from app.intake.views import QueueEntry
from app.printing.handover import HandoverContent, render_handover
from app.printing.handover import HandoverSection as PrintedSection
from app.printing.words import SPECIMEN
from app.referrals import board as letters
from app.referrals.views import LetterCard
from app.referrals.words import age_text
from app.rota.bookings import half_of
from app.rota.facts import centre_hours
from app.rota.rules import HALF_WORDS
from app.security.context import Context
from app.security.permissions import May
from app.sessions.sessions import unsigned_sessions
from app.today import facts
from app.today.duty import duty_today
from app.today.views import Handover, HandoverSection, RiskLine
from db.engine import Tx
from db.models import Centre, Organisation


def handover_facts(tx: Tx, ctx: Context) -> Handover:
    """For the shift that the clock is in."""
    now, centre = ctx.clock.now(), ctx.who.centre_id
    day = local(now).date()
    queue = queue_view(tx, centre, now)
    sections = (
        HandoverSection(tr("Open high-risk cases"), tuple(_risk(line) for line in facts.risks(tx, ctx))),
        HandoverSection(tr("Unsigned notes"), _unsigned(tx, ctx)),
        HandoverSection(tr("Unanswered referrals"), tuple(_letter(card) for card in letters.unanswered(tx, ctx, day))),
        HandoverSection(tr("Still in the queue"), tuple(_visit(entry) for entry in queue.entries)),
        HandoverSection(tr("Empty seats on the rota today"), _gaps(tx, ctx)),
    )
    return Handover(day, half_of(now, centre_hours(tx, centre)), now, ctx.who.name, sections)


def _risk(line: RiskLine) -> str:
    parts = [tr("Case {number}", number=line.number)]
    if line.altered:
        parts.append(tr("records altered: call the director"))
    if line.level:
        parts.append(tr(RISK_WORDS[line.level]))
    if line.at:
        parts.append(f"{local(line.at):%Y-%m-%d %H:%M}")
    return " · ".join(parts)


def _unsigned(tx: Tx, ctx: Context) -> tuple[str, ...]:
    """Their own for a psychologist; only how many for everybody else."""
    if facts.sees_own_only(ctx):
        return tuple(
            " · ".join(
                (
                    tr("Case {number}", number=one.case_number),
                    tr("session {n}", n=one.number),
                    one.day.isoformat(),
                    _ended(one.hours),
                )
            )
            for one in unsigned_sessions(tx, ctx)
        )
    hours = facts.unsigned_hours(tx, ctx)
    if not hours:
        return ()
    count = ntr("{n} session without a signed note", "{n} sessions without a signed note", len(hours))
    return (f"{count} · " + tr("the oldest {age}", age=_ended(hours[0])),)


def _ended(hours: int) -> str:
    if hours < 48:
        return ntr("ended {n} hour ago", "ended {n} hours ago", hours)
    return ntr("ended {n} day ago", "ended {n} days ago", hours // 24)


def _letter(card: LetterCard) -> str:
    return " · ".join(part for part in (card.number, card.institution, card.clinic, age_text(card)) if part)


def _visit(entry: QueueEntry) -> str:
    states = {"waiting": tr("waiting"), "called": tr("called"), "in_session": tr("in session")}
    parts = [entry.ticket, states.get(entry.status, entry.status), entry.room_name]
    if entry.waiting_minutes is not None:
        parts.append(ntr("{n} minute", "{n} minutes", entry.waiting_minutes))
    if entry.priority == "urgent":
        parts.append(tr("urgent"))
    return " · ".join(part for part in parts if part)


def _gaps(tx: Tx, ctx: Context) -> tuple[str, ...]:
    if May.SEE_ROTA not in ctx.who.may:
        return ()
    duty = duty_today(tx, ctx.who.centre_id, ctx.clock.now())
    return tuple(f"{tr(HALF_WORDS[gap.half])} · {gap.text.text()}" for half in duty.halves for gap in half.gaps)


def handover_pdf(tx: Tx, centre_id: str, found: Handover) -> bytes:
    """The sheet to be ticked off and signed by both."""
    centre = tx.get(Centre, centre_id)
    demo = tx.query(Organisation.demo).scalar()
    content = HandoverContent(
        date=found.day,
        sections=tuple(PrintedSection(one.title, one.lines, tr("none")) for one in found.sections),
        shift=tr(HALF_WORDS[found.half]),
        prepared_by=found.by,
        prepared_at=found.at,
        title=tr("Handover"),
        centre_name=centre.name if centre else "",
        watermark=SPECIMEN if demo else "",
    )
    return render_handover(content)
