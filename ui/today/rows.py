"""What each card of Today says, line by line, from the view alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from app.cases.risk_rules import RISK_WORDS, RiskLevel
from app.common.clock import local
from app.common.words import ntr, tr
from app.rota.rules import HALF_WORDS, WEEKDAYS
from app.rota.views import OnDuty
from app.today.views import (
    BookingToday,
    Counts,
    DutyGap,
    DutyHalf,
    HolidayLine,
    Need,
    RiskLine,
    TodayView,
)
from ui.widgets.row import Row

_LATE = timedelta(hours=1)


def day_words(moment: datetime, half: str) -> str:
    """11月23日 周一 上午."""
    at = local(moment)
    return tr(
        "{month}/{day} {weekday} {half}",
        month=at.month,
        day=at.day,
        weekday=tr(WEEKDAYS[at.weekday()]),
        half=tr(HALF_WORDS[half]),
    )


def clock_words(moment: datetime) -> str:
    return f"{local(moment):%H:%M}"


def arrivals_line(counts: Counts) -> str:
    """学生 5 · 家长 2."""
    parts = [tr("students {n}", n=counts.students), tr("parents {n}", n=counts.parents)]
    if counts.others:
        parts.append(tr("others {n}", n=counts.others))
    return " · ".join(parts)


def waiting_line(counts: Counts) -> str:
    if counts.longest_wait is None:
        return tr("nobody is waiting")
    return ntr("longest {n} minute", "longest {n} minutes", counts.longest_wait)


def unsigned_line(counts: Counts) -> str:
    """Their age; and whose they are, where they are not one's own."""
    if counts.oldest_hours is None:
        return tr("all signed")
    age = hours_words(counts.oldest_hours)
    return age if counts.own else tr("whole centre · {age}", age=age)


def hours_words(hours: int) -> str:
    """最早 22 小时前, or in days."""
    if hours < 48:
        return ntr("oldest {n} hour ago", "oldest {n} hours ago", hours)
    return ntr("oldest {n} day ago", "oldest {n} days ago", hours // 24)


def replies_line(counts: Counts) -> str:
    if not counts.unanswered:
        return tr("none outstanding")
    return ntr("{n} more than 7 days", "{n} more than 7 days", counts.late)


def duty_hint(view: TodayView) -> str:
    """上午 08:30–11:30 · 下午 14:00–17:00."""
    return " · ".join(f"{tr(HALF_WORDS[half.half])} {half.hours[0]}–{half.hours[1]}" for half in view.duty.halves)


def person_row(half: DutyHalf, person: OnDuty, *, later: bool = False) -> Row:
    """An expert on duty: free or busy while the half runs, else when it begins."""
    detail = " · ".join(part for part in ("、".join(person.specialities), person.room or "") if part)
    if later:
        weekday = tr(WEEKDAYS[half.day.weekday()])
        badge, tone = tr("{weekday} {time}", weekday=weekday, time=half.hours[0]), "neutral"
    elif not half.running:
        badge, tone = tr("from {time}", time=half.hours[0]), "neutral"
    elif person.state == "in_session":
        badge, tone = tr("in session"), "attention"
    elif person.state == "called":
        badge, tone = tr("called"), "info"
    else:
        badge, tone = tr("at leisure"), "accent"
    return Row(f"{half.half}-{person.staff_id}", person.name, detail, badge=badge, tone=tone)


def gap_row(gap: DutyGap) -> Row:
    """A missing expert, with who called in and when."""
    title = tr("{half} seat", half=tr(HALF_WORDS[gap.half]))
    if gap.absent_name:
        at = clock_words(gap.absent_at) if gap.absent_at else ""
        detail = tr("{name} called in absent {time}", name=gap.absent_name, time=at)
    else:
        detail = gap.why.text()
    badge = tr("{n} missing", n=gap.missing)
    return Row(
        f"gap-{gap.half}-{gap.absent_id}", title, detail, badge=badge, tone="urgent", badge_icon="triangle-alert"
    )


def suggestion_row(gap: DutyGap) -> Row:
    """Who could stand in."""
    best = gap.best
    name, why = (best.name, best.why) if best else ("", "")
    return Row(
        f"best-{gap.half}-{gap.absent_id}", tr("Suggested: {name}", name=name), tr("({why})", why=why), faded=True
    )


def booking_row(booking: BookingToday, now: datetime) -> Row:
    """09:00 A01 复访 · 3 室."""
    kinds = {"first": tr("First visit"), "return": tr("Return visit"), "parent": tr("Parent")}
    lead = " ".join(part for part in (clock_words(booking.at), booking.ticket) if part)
    detail = " · ".join(part for part in (kinds.get(booking.kind, ""), booking.room, booking.staff) if part)
    if booking.status == "arrived":
        badge, tone = tr("here"), "accent"
    elif booking.status == "missed":
        badge, tone = tr("did not come"), "attention"
    elif booking.at < now:
        badge, tone = tr("late") if now - booking.at < _LATE else tr("expected"), "attention"
    else:
        badge, tone = tr("expected"), "neutral"
    return Row(booking.id, lead, detail, badge=badge, tone=tone)


def need_row(need: Need) -> Row:
    detail = need.detail.text() if need.detail else ""
    return Row(need.kind, need.text.text(), detail, badge=need.badge.text(), tone=need.tone)


def risk_row(line: RiskLine) -> Row:
    """A case by number; level and time only where they are known to this role."""
    title = tr("Case {number}", number=line.number)
    if line.altered:
        return Row(line.number, title, tr("records altered: call the director"), badge=tr("Check"), tone="urgent")
    if line.level is None:
        return Row(line.number, title)
    at = local(line.at) if line.at else None
    detail = tr("since {day}", day=f"{at:%m-%d %H:%M}") if at else ""
    tone = "urgent" if line.level is RiskLevel.URGENT else "attention"
    return Row(line.number, title, detail, badge=tr(RISK_WORDS[line.level]), tone=tone)


def holiday_rows(holidays: Iterable[HolidayLine], makeup: HolidayLine | None, today: date) -> list[Row]:
    """The next holidays; what nobody has announced is said to be so."""
    rows = []
    for line in holidays:
        if line.first is None or line.last is None:
            detail = tr("{year} is not announced yet", year=line.year)
            rows.append(Row(f"{line.year}", tr(line.name), detail, badge=tr("not announced")))
            continue
        days = (line.first - today).days
        badge = tr("today") if days <= 0 else ntr("in {n} day", "in {n} days", days)
        rows.append(Row(line.first.isoformat(), line.name, _span(line.first, line.last), badge=badge, tone="info"))
    said = _span(makeup.first, makeup.first) if makeup and makeup.first else tr("none known")
    return [*rows, Row("makeup", tr("Next make-up workday"), said)]


def _span(first: date, last: date) -> str:
    if first == last:
        return f"{first.isoformat()} {tr(WEEKDAYS[first.weekday()])}"
    return f"{first.isoformat()} – {last:%m-%d}"
