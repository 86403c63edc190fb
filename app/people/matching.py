"""Which rows are the same person: name + birth date + (ID number or telephone, any of them).

Pure, so that every odd case can be tried: the service hands in those already known. Decided here:
- two people already known are never made one;
- rows that chain through shared numbers are one person, whatever their order;
- where one side has neither number nor telephone, name and birth date suffice, unless there are two such people;
- where one side has no birth date, name and a shared number suffice, unless there are two such people.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.common.notes import Note
from app.common.words import N_
from app.people.register_rows import RegisterRow


@dataclass(frozen=True, slots=True)
class Known:
    """A client that the centre has: `days` are the dates of their visits."""

    id: str
    name_key: str
    birth_date: date | None
    identifiers: frozenset[str]
    days: frozenset[date]


@dataclass(slots=True)
class Person:
    """Rows of one person in the file's order; `known` if the centre has them already.

    `weak` rows were joined without a shared number, which is worth a warning.
    """

    known: Known | None
    name_key: str
    birth_date: date | None
    identifiers: set[str] = field(default_factory=set)
    rows: list[RegisterRow] = field(default_factory=list)
    weak: set[int] = field(default_factory=set)

    @property
    def new_visits(self) -> list[RegisterRow]:
        """The first row of each day that is not yet a visit; the others are the same visit."""
        seen = set(self.known.days) if self.known else set()
        fresh: list[RegisterRow] = []
        for row in self.rows:
            if row.visit_date not in seen:
                seen.add(row.visit_date)
                fresh.append(row)
        return fresh

    def has_day(self, days: Iterable[date]) -> bool:
        return self.known is not None and not self.known.days.isdisjoint(days)


def weak_note() -> Note:
    return Note.of(
        "person.weak",
        N_("Taken as the same person by name and birth date only; there is no number to compare. Please check."),
    )


def group_people(rows: Sequence[RegisterRow], known: Iterable[Known]) -> list[Person]:
    """Everyone who has a row, in the order of their first rows; each row belongs to exactly one person."""
    by_name: dict[str, list[Person]] = {}
    for one in known:
        person = Person(one, one.name_key, one.birth_date, set(one.identifiers))
        by_name.setdefault(one.name_key, []).append(person)
    for row in rows:
        _place(row, by_name.setdefault(row.name_key, []))
    for people in by_name.values():
        for birth_date in dict.fromkeys(person.birth_date for person in people):
            _join_bare(people, birth_date)
        _join_undated(people)
    order = {id(row): i for i, row in enumerate(rows)}
    found = [person for people in by_name.values() for person in people if person.rows]
    for person in found:
        person.rows.sort(key=lambda row: order[id(row)])
    return sorted(found, key=lambda person: order[id(person.rows[0])])


def _place(row: RegisterRow, people: list[Person]) -> None:
    """Puts a row to those with the same birth date and a shared number, and so chains them."""
    matching = [p for p in people if p.birth_date == row.birth_date and not p.identifiers.isdisjoint(row.identifiers)]
    if not matching:
        person = Person(None, row.name_key, row.birth_date)
        people.append(person)
    else:
        person = _preferred(matching, [row.visit_date])
        for other in matching:
            if other is not person and other.known is None:
                _merge(other, person, people)
    person.identifiers |= row.identifiers
    person.rows.append(row)


def _preferred(people: Sequence[Person], days: Sequence[date]) -> Person:
    """Who has that day's visit already, else who is known, else the first: so a file read twice adds nothing."""
    return min(people, key=lambda p: (not p.has_day(days), p.known is None))


def _merge(one: Person, into: Person, people: list[Person]) -> None:
    into.identifiers |= one.identifiers
    into.rows.extend(one.rows)
    into.weak |= one.weak
    into.birth_date = into.birth_date or one.birth_date
    people[:] = [person for person in people if person is not one]


def _join_bare(people: list[Person], birth_date: date | None) -> None:
    """Joins people without any number to their only namesake of the same birth date."""
    if birth_date is None:
        return
    same = [person for person in people if person.birth_date == birth_date]
    numbered = [person for person in same if person.identifiers]
    for bare in [person for person in same if not person.identifiers and person.known is None]:
        days = [row.visit_date for row in bare.rows]
        others = [p for p in people if p is not bare and p.birth_date == birth_date and not p.identifiers]
        held = [p for p in numbered if p.has_day(days)]
        choices = others or held or (numbered if len(numbered) == 1 else [])
        if choices:
            _weakly(bare, _preferred(choices, days), people)
    left = [p for p in people if p.birth_date == birth_date and not p.identifiers and p.known]
    if len(left) == 1 and len(numbered) == 1 and numbered[0].known is None:
        _weakly(numbered[0], left[0], people)


def _weakly(one: Person, into: Person, people: list[Person]) -> None:
    one.weak.update(id(row) for row in one.rows)
    _merge(one, into, people)


def _join_undated(people: list[Person]) -> None:
    """Joins people without a birth date to the only namesake who shares a number."""
    for undated in [person for person in people if person.birth_date is None]:
        sharing = [p for p in people if p.birth_date is not None and not p.identifiers.isdisjoint(undated.identifiers)]
        days = [row.visit_date for row in undated.rows]
        held = [p for p in sharing if p.has_day(days)]
        choices = held or (sharing if len(sharing) == 1 else [])
        if not choices:
            continue
        other = _preferred(choices, days)
        if undated.known is None:
            _merge(undated, other, people)
        elif other.known is None:
            _merge(other, undated, people)
