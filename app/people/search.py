"""The one search box: characters, pinyin, initials, telephones, guardians, schools and numbers, best first.

The index finds, within a frame even at a million clients; only the few that are shown are read and ranked.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import func, select

from app.common import pinyin
from app.common.clock import today
from app.common.dates import age_on
from app.common.telephone import DEFAULT_AREA, digits_of
from app.common.words import N_
from app.people.merging_clients import families, standing_clients
from app.people.rows import name_key
from app.security.context import Context
from app.security.permissions import May
from db.engine import Tx
from db.models import Client, Guardian, School, Telephone, Visit
from db.search import search_clients

DEFAULT_LIMIT = 20
MOST = 200
_SPARE = 2  # ranked beyond what is shown
_NUMBER = re.compile(r"[+(]?[0-9][0-9()\-\s.]*")
_HUMAN = re.compile(r"[A-Za-z]{2,5}-[0-9]{4}(?:-[0-9A-Za-z]*)*")  # LSA-2026-0118-3, or its beginning
_SYLLABLES = re.compile(r"[a-z]+(?:[\s']+[a-z]+)+")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0x2019: "'"}


class Matched(StrEnum):
    """What of a client fits the typed text; the order is that of the list."""

    NAME = "name"
    PINYIN = "pinyin"
    TELEPHONE = "telephone"
    NUMBER = "number"
    GUARDIAN = "guardian"
    SCHOOL = "school"


MATCHED_WORDS: dict[Matched, str] = {
    Matched.NAME: N_("Name"),
    Matched.PINYIN: N_("Pinyin"),
    Matched.TELEPHONE: N_("Telephone"),
    Matched.NUMBER: N_("Number"),
    Matched.GUARDIAN: N_("Guardian"),
    Matched.SCHOOL: N_("School"),
}
_ORDER = {matched: place for place, matched in enumerate(Matched)}


@dataclass(frozen=True, slots=True)
class FoundClient:
    """One line of the list. `hint` is what matched, where the line does not show it anyway: a telephone, a guardian."""

    id: str
    number: str
    name: str
    sex: str | None
    birth_date: date | None
    age: int | None
    school: str | None
    grade: str | None
    last_visit: date | None
    matched: Matched
    hint: str


class SearchService:
    """For everyone who may see clients."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    def search(self, text: str, limit: int = DEFAULT_LIMIT) -> list[FoundClient]:
        """At most `limit` clients that fit every word typed, the best first; [] for nothing typed."""
        limit = max(0, min(limit, MOST))
        words = typed_words(text)
        if not words or not limit:
            self.ctx.require(May.SEE_CLIENTS)
            return []
        with self.ctx.read(May.SEE_CLIENTS) as tx:
            ids = _hits(tx, text, limit * _SPARE)
            return _ranked(tx, ids, words, today(self.ctx.clock))[:limit]

    def warm(self) -> None:
        """Loads what the first key would otherwise wait for."""
        pinyin.keys("单")
        self.search("单", 1)


def readings_of(text: str) -> list[str]:
    """The texts to look up: full-width typing, dashes in a telephone, apostrophes in pinyin and ü do not matter."""
    plain = text.translate(_WIDE).strip()
    if _NUMBER.fullmatch(plain):
        digits = digits_of(plain)
        return [digits] if digits else []
    if _HUMAN.fullmatch(plain):
        return [plain.replace("-", "")]
    folded = plain.replace("ü", "v").replace("Ü", "v")
    if _SYLLABLES.fullmatch(folded.lower()):
        return [re.sub(r"[\s']+", "", folded), folded.replace("'", " ")]
    return [folded] if folded else []


def typed_words(text: str) -> list[str]:
    """The words of the likeliest reading, lower case."""
    readings = readings_of(text)
    return readings[0].lower().split() if readings else []


def _hits(tx: Tx, text: str, most: int) -> list[str]:
    """Whole names and whole telephones first: among thousands that begin alike, the index alone might miss them."""
    found: dict[str, None] = {}
    for reading in readings_of(text):
        if reading.isdigit():
            whole = select(Telephone.client_id).where(Telephone.digits.in_((reading, DEFAULT_AREA + reading)))
        else:
            whole = select(Client.id).where(Client.name == reading)
        found |= dict.fromkeys(tx.execute(whole.limit(most)).scalars())
        found |= dict.fromkeys(search_clients(tx, reading, most))
    return list(found)


def _ranked(tx: Tx, ids: Sequence[str], words: Sequence[str], on: date) -> list[FoundClient]:
    clients = _standing(tx, ids)
    people = families(tx, [client.id for client in clients])
    every = [one for members in people.values() for one in members]
    telephones, guardians, seen = _telephones(tx, every), _guardians(tx, every), _last_visits(tx, every)
    others = _other_names(tx, [one for members in people.values() for one in members[1:]])
    schools = _schools(tx, [client.school_id for client in clients if client.school_id])
    found = []
    for client in clients:
        records = people[client.id]
        school = schools.get(client.school_id or "", client.school_name)
        theirs = [one for record in records for one in guardians[record]]
        numbers = [one for record in records for one in telephones[record]]
        reached = [*numbers, *(one for _, one in theirs), client.emergency_telephone or ""]
        also = [one for record in records[1:] for one in others.get(record, ())]
        matched, hint, exact = _match(client, reached, [name for name, _ in theirs], school, words, also)
        lately = max((seen[record] for record in records if record in seen), default=None)
        line = FoundClient(
            client.id, client.number, client.name, client.sex, client.birth_date, age_on(client.birth_date, on),
            school, client.grade, lately, matched, hint,
        )  # fmt: skip
        found.append((exact, line))
    found.sort(key=lambda pair: _place(*pair))
    return [line for _, line in found]


def _other_names(tx: Tx, ids: Sequence[str]) -> dict[str, list[str]]:
    """Name, alias and number of records merged into another, under which that other is still asked for."""
    query = select(Client.id, Client.name, Client.alias, Client.number).where(Client.id.in_(ids))
    rows = tx.execute(query) if ids else ()
    return {row_id: [word for word in (name, alias, number) if word] for row_id, name, alias, number in rows}


def _place(exact: bool, line: FoundClient) -> tuple[int, bool, int, str, str]:
    """Names before pinyin before the rest; whole before beginning; who came lately before the others."""
    lately = -(line.last_visit.toordinal() if line.last_visit else 0)
    return _ORDER[line.matched], not exact, lately, line.name, line.id


def _standing(tx: Tx, ids: Sequence[str]) -> list[Client]:
    """The clients, those merged into another replaced by that other."""
    return list({row.id: row for row in standing_clients(tx, ids).values()}.values())


def _match(
    client: Client,
    telephones: Sequence[str],
    guardians: Sequence[str],
    school: str | None,
    words: Sequence[str],
    also: Sequence[str] = (),
) -> tuple[Matched, str, bool]:
    """What the first word fits, in the order of `Matched`, and whether it is the whole of it."""
    word = words[0]
    names = [name_key(name) for name in (client.name, client.alias) if name]
    if any(word in name for name in names):
        return Matched.NAME, "", "".join(words) in names
    if word.isascii() and word.isdigit():
        telephone = next((one for one in telephones if word in digits_of(one)), None)
        return (Matched.TELEPHONE, telephone, digits_of(telephone) == word) if telephone else _number(client, word)
    if word.isascii():
        keys = [pinyin.keys(name) for name in (client.name, client.alias) if name]
        latin = [key for one in keys for key in (*one.full, *one.initials)]
        if any(key.startswith(word) for key in latin):
            return Matched.PINYIN, "", word in latin
        if word in client.number.lower().replace("-", ""):
            return _number(client, word)
    other = next((one for one in also if _fits(one, word) or word in one.lower().replace("-", "")), None)
    if other is not None:
        return Matched.NUMBER if other[-1:].isascii() else Matched.NAME, other, False
    guardian = next((one for one in guardians if _fits(one, word)), None)
    if guardian or school is None or word not in school.lower():
        return Matched.GUARDIAN, guardian or "", False
    return Matched.SCHOOL, school, school.lower() == word


def _number(client: Client, word: str) -> tuple[Matched, str, bool]:
    return Matched.NUMBER, client.number, client.number.lower().replace("-", "") == word


def _fits(name: str, word: str) -> bool:
    found = pinyin.keys(name)
    return word in name_key(name) or any(key.startswith(word) for key in (*found.full, *found.initials))


def _telephones(tx: Tx, ids: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    wanted = select(Telephone.client_id, Telephone.written).where(Telephone.client_id.in_(ids))
    for client_id, written in tx.execute(wanted):
        found[client_id].append(written)
    return found


def _guardians(tx: Tx, ids: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """Name and telephone ("") of each."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    where = (Guardian.client_id.in_(ids), Guardian.withdrawn.is_(False))
    for client_id, name, telephone in tx.execute(
        select(Guardian.client_id, Guardian.name, Guardian.telephone).where(*where)
    ):
        found[client_id].append((name, telephone or ""))
    return found


def _schools(tx: Tx, ids: Sequence[str]) -> dict[str, str]:
    return dict(tx.execute(select(School.id, School.name).where(School.id.in_(ids))).all())


def _last_visits(tx: Tx, ids: Sequence[str]) -> dict[str, date]:
    last = select(Visit.client_id, func.max(Visit.day)).where(Visit.client_id.in_(ids)).group_by(Visit.client_id)
    return dict(tx.execute(last).all())
