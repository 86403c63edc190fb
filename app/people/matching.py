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
    held = _held(row, people)
    if held or matching:
        person = held or _preferred(matching)
        for other in matching:
            if other is not person and other.known is None and person.birth_date in (None, other.birth_date):
                _merge(other, person, people)
    else:
        person = Person(None, row.name_key, row.birth_date)
        people.append(person)
    if row.identifiers.isdisjoint(person.identifiers) and person.known:
        person.weak.add(id(row))
    person.birth_date = person.birth_date or row.birth_date
    person.identifiers |= row.identifiers
    person.rows.append(row)


def _held(row: RegisterRow, people: Sequence[Person]) -> Person | None:
    """Who has this very visit already, the best fit first: so a file read twice adds nothing."""
    there = [p for p in people if p.known and row.visit_date in p.known.days]
    same = [p for p in there if p.birth_date == row.birth_date]
    sharing = [p for p in same if not p.identifiers.isdisjoint(row.identifiers)]
    bare = [p for p in same if not (p.identifiers and row.identifiers)]
    undated = [p for p in there if None in (p.birth_date, row.birth_date)]
    undated = [p for p in undated if not p.identifiers.isdisjoint(row.identifiers)]
    return next(iter((*sharing, *bare, *undated)), None)


def _preferred(people: Sequence[Person]) -> Person:
    """Who is known, else the first."""
    return next((person for person in people if person.known), people[0])


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
    bare = [person for person in same if not person.identifiers]
    target = next((person for person in bare if person.known), None) or (bare[0] if bare else None)
    for other in [person for person in bare if person is not target and person.known is None]:
        _weakly(other, target or other, people)
    if target is None or len(numbered) != 1:
        return
    if target.known is None:
        _weakly(target, numbered[0], people)
    elif numbered[0].known is None:
        _weakly(numbered[0], target, people)


def _weakly(one: Person, into: Person, people: list[Person]) -> None:
    one.weak.update(id(row) for row in one.rows)
    _merge(one, into, people)


def _join_undated(people: list[Person]) -> None:
    """Joins people without a birth date to the only namesake who shares a number."""
    for undated in [person for person in people if person.birth_date is None]:
        sharing = [p for p in people if p.birth_date is not None and not p.identifiers.isdisjoint(undated.identifiers)]
        if len(sharing) != 1:
            continue
        if undated.known is None:
            _merge(undated, sharing[0], people)
        elif sharing[0].known is None:
            _merge(sharing[0], undated, people)
