"""Who comes when in the demonstration's term: drawn first, played afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from app.common.clock import at_centre
from app.demo import invented
from app.demo.invented import Invented
from app.people.clients import NewClient, NewGuardian
from app.people.defaults import DUTY_WEEKDAYS

WEEKS = 11
_RETURNS = (1, 1, 1, 2, 2, 3, 4)
_TIMES = [(8, 35), (8, 50), (9, 10), (9, 40), (10, 5), (10, 30), (14, 5), (14, 30), (15, 0), (15, 40), (16, 10)]


@dataclass(slots=True)
class Person:
    """One client of the term: who they are, and the moments (UTC) at which they come."""

    who: Invented
    moments: list[datetime]
    with_case: bool
    clinician: str
    client_id: str = ""
    case_id: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    def new_client(self, schools: list[str]) -> NewClient:
        """As the arrival form would give it."""
        relation = self.extra.get("relation", "母亲")
        guardian = NewGuardian(self.extra.get("guardian", f"{self.who.name[0]}女士"), relation, self.who.telephone)
        return NewClient(
            self.who.name,
            sex=self.who.sex,
            birth_date=self.who.birth_date,
            id_number=self.who.id_number,
            school_id=schools[self.who.school] if schools else None,
            school_name=invented.SCHOOLS[self.who.school][0],
            grade=self.who.grade,
            class_name=self.who.class_name,
            county=self.who.county,
            telephones=(self.who.telephone,),
            guardians=(guardian,),
            safe_times="18:00 以后",
        )


def duty_days(before: date) -> list[date]:
    """The duty days of the weeks before a day, oldest first."""
    days = (before - timedelta(days=n) for n in range(WEEKS * 7, 0, -1))
    return [day for day in days if day.weekday() in DUTY_WEEKDAYS]


def the_girl(days: list[date], today: date) -> Person:
    """王子琪, whom `wzq` finds: thirteen, four sessions so far."""
    born = date(today.year - 14, today.month, 1) + timedelta(days=102)
    school = next(n for n, (name, _) in enumerate(invented.SCHOOLS) if "第三中学" in name)
    who = Invented("王子琪", "female", born, None, "13806351278", school, "初二", "3班", invented.SCHOOLS[school][1])
    moments = [at_centre(day, 9, 50) for day in days[-40::11][:4]]
    return Person(who, moments, True, "psych", extra={"guardian": "王女士", "relation": "母亲"})


def draw(random: Random, count: int, today: date) -> list[Person]:
    """`count` people; the first is 王子琪. About a third get a case, fewer of many, since most walk in once."""
    days = duty_days(today)
    people = [the_girl(days, today)]
    share = min(0.35, 0.03 + 100 / max(count, 1))
    for _ in range(count - 1):
        with_case = random.random() < share
        visits = random.choice(_RETURNS) if with_case or random.random() < 0.15 else 1
        first = random.randrange(len(days))
        chosen = [first + 5 * n for n in range(visits) if first + 5 * n < len(days)]
        hour, minute = random.choice(_TIMES)
        moments = [at_centre(days[n], hour, minute) + timedelta(minutes=random.randrange(0, 9)) for n in chosen]
        clinician = "psych" if random.random() < 0.7 else "supervisor"
        people.append(Person(invented.student(random, today), moments, with_case, clinician))
    return people


def by_day(people: list[Person]) -> Iterator[list[tuple[datetime, Person]]]:
    """The visits of the term, day by day, each day in the order of coming."""
    visits = sorted(((moment, n) for n, person in enumerate(people) for moment in person.moments))
    day: list[tuple[datetime, Person]] = []
    for moment, n in visits:
        if day and day[0][0].date() != moment.date():
            yield day
            day = []
        day.append((moment, people[n]))
    if day:
        yield day
