"""With every key of one PC nothing of another centre opens: not on the hub, not in any file it was sent.

The walk is real: all keys that lie in the PC's file, all that its users' passwords open, tried on every byte string
that was ever sealed, and on the boxes.
"""

# ruff: noqa: F811

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import LargeBinary, select, text

from app.bootstrap import Office, open_workspace
from db.crypto.pairs import KeyPairs
from db.crypto.sealing import SealBroken, unseal
from db.models import Client, Device, StreamKey
from db.models.base import Base
from db.replica.names import parse_name
from db.replica.segments import read_envelope
from tests.services.casework import make_client
from tests.services.conftest import PASSWORD
from tests.services.two_pcs import (  # noqa: F401
    COUNTY_PASSWORD,
    County,
    TwoPcs,
    county,
    county_template,
    pcs_template,
)

CITY_NAME, COUNTY_NAME = "王子琪", "李思源"


def _filled(county: County) -> None:
    """Clients on all three PCs, everything at the hub, everybody in step."""
    city = county.city
    make_client(city.sign(city.desk, "desk"), name=CITY_NAME)
    make_client(city.sign(city.room2, "desk"), name="赵" + CITY_NAME)
    make_client(city.sign(county.folder, "county", COUNTY_PASSWORD), name=COUNTY_NAME)
    for _ in range(2):
        city.sync(city.desk)
        city.sync(city.room2)
        city.sync(county.folder, "county", COUNTY_PASSWORD)


def _segments(hub: Path) -> Iterator[tuple[str, bytes]]:
    for path in (hub / "segments").rglob("*"):
        name = parse_name(path.relative_to(hub / "segments").as_posix()) if path.is_file() else None
        if name is not None:
            yield name.stream, path.read_bytes()


def _keys(folder: Path, office: Office, users: dict[str, str]) -> tuple[set[bytes], list[KeyPairs]]:
    """Every 32 bytes that lie in the file in a column of their own or in a pair, the file's key, the users' pairs."""
    workspace = open_workspace(folder)
    opened = [workspace.unlock(login, password) for login, password in users.items()]
    pairs = [one.keys for one in opened]
    symmetric = {one.database_key for one in opened}
    with office.ctx.db.read() as tx:
        pairs.append(KeyPairs.from_bytes(tx.execute(select(Device.key_pairs)).scalar_one()))
        for table in Base.metadata.tables.values():
            for column in (c for c in table.columns if isinstance(c.type, LargeBinary)):
                for (value,) in tx.execute(text(f'SELECT "{column.name}" FROM "{table.name}"')):
                    if isinstance(value, bytes) and len(value) == 32:
                        symmetric.add(value)
        assert symmetric >= set(tx.execute(select(StreamKey.key)).scalars())
    for pair in pairs:
        symmetric |= {pair.sign_seed, pair.box_private}
    return symmetric, pairs


def _opened_streams(hub: Path, keys: set[bytes], pairs: list[KeyPairs]) -> dict[str, set[bool]]:
    """Stream -> whether segments of it opened."""
    found: dict[str, set[bool]] = {}
    for stream, data in _segments(hub):
        envelope = read_envelope(data)
        place = ("longshan segment 1", envelope.clear)
        opened = any(_opens(unseal, envelope.sealed, key, place) for key in keys)
        boxed = any(_opens(pair.open_box, envelope.sealed) for pair in pairs)
        found.setdefault(stream, set()).add(opened or boxed)
    return found


def _opens(act: object, *args: object) -> bool:
    try:
        act(*args)  # type: ignore[operator]
    except SealBroken:
        return False
    return True


def test_with_every_key_of_the_county_no_segment_of_the_city_opens(county: County) -> None:
    _filled(county)
    office = county.city.sign(county.folder, "county", COUNTY_PASSWORD)
    users = {"county": COUNTY_PASSWORD, "countydir": COUNTY_PASSWORD}
    keys, pairs = _keys(county.folder, office, users)
    streams = _opened_streams(county.city.hub, keys, pairs)
    assert streams == {"org": {True}, county.centre: {True}, county.city.centre: {False}}


def test_with_every_key_of_the_city_no_segment_of_the_county_opens(county: County) -> None:
    """Not even the PC whose director let the county's in: that one made its key itself."""
    _filled(county)
    city = county.city
    logins = ("desk", "psych", "psych2", "supervisor", "director")
    for folder in (city.desk, city.room2):
        keys, pairs = _keys(folder, city.sign(folder, "director"), dict.fromkeys(logins, PASSWORD))
        streams = _opened_streams(city.hub, keys, pairs)
        assert streams == {"org": {True}, county.centre: {False}, city.centre: {True}}


def test_each_pc_fetches_the_organisation_and_its_own_stream_only(county: County) -> None:
    _filled(county)
    city = county.city
    own = {city.desk: city.centre, city.room2: city.centre, county.folder: county.centre}
    for folder, centre in own.items():
        assert {path.name for path in (folder / "spool").iterdir() if path.is_dir()} == {"org", centre}
    names = {}
    for folder, login, password in (
        (city.desk, "desk", PASSWORD),
        (city.room2, "desk", PASSWORD),
        (county.folder, "county", COUNTY_PASSWORD),
    ):
        with city.sign(folder, login, password).ctx.db.read() as tx:
            names[folder] = set(tx.execute(select(Client.name)).scalars())
    assert names[city.desk] == names[city.room2] == {CITY_NAME, "赵" + CITY_NAME}
    assert names[county.folder] == {COUNTY_NAME}


def test_a_county_pc_given_the_citys_segments_and_told_to_carry_them_still_reads_nothing(county: County) -> None:
    """Whoever edits hub.json gets ciphertext to carry, no key and no row."""
    _filled(county)
    held = county.folder / "hub.json"
    held.write_text(held.read_text().replace(county.centre, f'{county.centre}", "{county.city.centre}'))
    office = county.city.sign(county.folder, "county", COUNTY_PASSWORD)
    result = office.services.sync.sync().value
    assert result.pulled > 0 and result.merged == 0
    with office.ctx.db.read() as tx:
        assert set(tx.execute(select(Client.name)).scalars()) == {COUNTY_NAME}


def test_a_county_that_seals_under_the_citys_stream_is_refused(county: County) -> None:
    """A county PC that got hold of the city's key still writes nothing there: the log does not let it."""
    _filled(county)
    city = county.city
    with city.sign(city.desk, "desk").ctx.db.read() as tx:
        stolen = tx.execute(select(StreamKey.key).where(StreamKey.stream == city.centre)).scalar_one()
    thief = city.sign(county.folder, "county", COUNTY_PASSWORD)
    with thief.ctx.db.write() as tx:
        tx.add(StreamKey(stream=city.centre, epoch=1, key=stolen))
        tx.add(Client(id="ab" * 12, stream=city.centre, number="LSA-2026-9999-9", name="塞进来的"))
    thief.services.sync.sync()
    refused = city.sync(city.desk)
    assert refused.refused == 1 and refused.alarms
    with city.sign(city.desk, "desk").ctx.db.read() as tx:
        assert "塞进来的" not in set(tx.execute(select(Client.name)).scalars())


def test_names_and_reasons_stand_in_no_file_in_the_clear(county: County) -> None:
    _filled(county)
    county.city.close()
    for root in (county.city.hub, county.city.desk, county.city.room2, county.folder):
        for path in root.rglob("*"):
            data = path.read_bytes() if path.is_file() else b""
            for word in (CITY_NAME, COUNTY_NAME):
                assert word.encode() not in data, path
