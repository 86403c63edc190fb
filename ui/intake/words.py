"""What intake says: lists that the form offers, and a visit put into a queue line without a name.

Relations, grades and concerns are kept as the Chinese words of the centre's paper, since letters print them and
imported registers say them so; here they get their English for an English screen.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from app.common import words
from app.common.clock import local
from app.common.words import N_, tr
from app.intake import rules
from app.intake.views import ClientCard, LastAct, QueueEntry
from app.people.search import FoundClient, Matched

STUDENT = "student"
WHO: dict[str, str] = {STUDENT: N_("Student"), **rules.COMPANION_WORDS}
RELATIONS: dict[str, str] = {
    "母亲": N_("Mother"),
    "父亲": N_("Father"),
    "祖父母": N_("Grandparent"),
    "其他亲属": N_("Other relative"),
}
SEXES: dict[str, str] = {"female": N_("Female"), "male": N_("Male")}


def who_words(kept: str) -> str:
    """Someone who came, in the language of the screen; unknown words as they are."""
    return tr(WHO[kept]) if kept in WHO else kept


def grade_options() -> list[tuple[object, str]]:
    """The grades, by their Chinese value."""
    chinese = words.language() == "zh"
    return [(g, g if chinese else tr("Year {n}", n=n)) for n, g in enumerate(rules.GRADES, start=1)]


def options(listed: dict[str, str]) -> list[tuple[object, str]]:
    """(value, words) of a list above."""
    return [(value, tr(said)) for value, said in listed.items()]


def listed(parts: Iterable[str]) -> str:
    """Words in a row."""
    return tr(", ").join(part for part in parts if part)


def dotted(*parts: str) -> str:
    """Facts in a row."""
    return " · ".join(part for part in parts if part)


def person_words(age: int | None, sex: str | None) -> str:
    """13岁 女."""
    years = tr("{n} years old", n=age) if age is not None else ""
    return " ".join(part for part in (years, tr(SEXES[sex]) if sex in SEXES else "") if part)


def day_words(day: date, today: date) -> str:
    """9 月 14 日; with the year if it is another one."""
    if day.year == today.year:
        return tr("{month}/{day}", month=day.month, day=day.day)
    return day.isoformat()


def hit_words(hit: FoundClient, today: date) -> str:
    """What stands behind a name in the list under the name field."""
    school = " ".join(part for part in (short_school(hit.school or ""), hit.grade or "") if part)
    if hit.matched is Matched.TELEPHONE:
        last = tr("telephone ending in {digits}", digits=hit.hint[-4:])
    elif hit.matched is Matched.GUARDIAN:
        last = tr("guardian {name}", name=hit.hint)
    elif hit.matched is Matched.NUMBER:
        last = hit.number
    else:
        last = tr("last {day}", day=day_words(hit.last_visit, today)) if hit.last_visit else ""
    return dotted(person_words(hit.age, hit.sex), school, last)


def short_school(name: str) -> str:
    """Without the city, which all of them share."""
    return name.removeprefix("聊城市").removeprefix("聊城")


def card_words(card: ClientCard, today: date) -> str:
    """第 5 次来访 · 上次 9 月 14 日 · LSA-2026-0001-3; what two PCs disagree about is said first."""
    doubtful = tr("guardians: please confirm") if card.confirm_guardians else ""
    visit = tr("Visit {n}", n=card.visits + 1)
    last = tr("last {day}", day=day_words(card.last_visit, today)) if card.last_visit else ""
    when = tr("call {hours}", hours=card.safe_times) if card.safe_times else ""
    return dotted(doubtful, visit, last, card.number, when)


def entry_title(entry: QueueEntry) -> tuple[str, str]:
    """Who waits, said so that nobody at the counter learns a name."""
    if entry.came_as == "third_party":
        return tr("Third party"), listed(who_words(one) for one in entry.companions)
    about = dotted(person_words(entry.age, entry.sex), entry.grade)
    return tr("Visitor"), tr("parent") if entry.came_as == "parent" else about


def entry_line(entry: QueueEntry) -> str:
    """The second line: who came, first or return, whose family, what was not asked."""
    came = listed(who_words(one) for one in entry.companions)
    if entry.came_as == "student":
        came = tr("student with {others}", others=came) if came else ""
    first = tr("first visit") if entry.first_visit else tr("return visit")
    family = tr("came with {tickets}", tickets=listed(entry.family)) if entry.family else ""
    open_questions = entry.safety.count("unasked")
    unasked = tr("safety not fully asked") if open_questions else ""
    if open_questions == len(entry.safety):
        unasked = tr("safety not asked")
    return dotted("" if entry.came_as == "third_party" else came, unasked, first, family)


def entry_badge(entry: QueueEntry) -> tuple[str, str, str]:
    """(words, tone, icon) of where it stands."""
    status = tr(rules.STATUS_WORDS[entry.status])
    if entry.priority == "urgent" and entry.status != rules.IN_SESSION:
        words_ = tr("Priority") if entry.status == rules.WAITING else dotted(tr("Priority"), status)
        return words_, "urgent", "triangle-alert"
    return {
        rules.CALLED: (status, "info", "megaphone"),
        rules.IN_SESSION: (status, "accent", "message-square"),
    }.get(entry.status, (status, "neutral", "hourglass"))


def entry_place(entry: QueueEntry) -> str:
    """Expert and room; of one who waits, the expert who is wanted."""
    if entry.status == rules.WAITING:
        return entry.wanted_name or tr("anyone")
    return " ".join(part for part in (entry.staff_name, entry.room_name) if part)


def wait_words(entry: QueueEntry) -> str:
    """06 分."""
    return "—" if entry.waiting_minutes is None else tr("{n} min", n=f"{entry.waiting_minutes:02d}")


def act_words(last: LastAct) -> str:
    """What was done last, for the foot of the queue."""
    time = f"{local(last.at):%H:%M}"
    said = {
        rules.CALLED: N_("Last: {ticket} called to {room} {time}")
        if last.room_name
        else N_("Last: {ticket} called {time}"),
        rules.IN_SESSION: N_("Last: {ticket} began {time}"),
        rules.DONE: N_("Last: {ticket} finished {time}"),
        rules.LEFT: N_("Last: {ticket} left {time}"),
    }.get(last.status, N_("Last: {ticket} {time}"))
    return tr(said, ticket=last.ticket, room=last.room_name, time=time)
