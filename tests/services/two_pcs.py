"""Two PCs of one centre and a hub between them; and one PC of a county centre. Made once per run, copied per test.

The second PC joins as people do it: request, admission, packet. A test imports the fixtures it uses by name, with the
templates behind them: `pcs, pcs_template` and `county, county_template`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from app.bootstrap import Office, open_workspace, sign_in
from app.common.clock import SetClock
from app.security.accounts import NewAccount
from app.security.founding import CentreSpec, add_centre
from app.security.permissions import May, Role
from app.sync.hub_file import read_hub_file, write_hub_file
from app.sync.joining import JoinRequest, join, open_packet
from app.sync.views import SyncResult
from db.crypto.passwords import FLOOR_MEMORY
from db.replica.hubs import folder_url, open_hub, prepare
from db.replica.stamping import new_id
from tests.services.conftest import NOON, PASSWORD

COUNTY_PASSWORD = "county-word-of-its-own-5"


@dataclass
class TwoPcs:
    """`desk` founded the organisation, `room2` joined; both synchronise over the folder `hub`."""

    desk: Path
    room2: Path
    hub: Path
    clock: SetClock
    centre: str = ""
    offices: dict[tuple[Path, str], Office] = field(default_factory=dict)

    def sign(self, folder: Path, login: str, password: str = PASSWORD) -> Office:
        """Signed in until the test ends."""
        key = (folder, login)
        if key not in self.offices:
            self.offices[key] = sign_in(open_workspace(folder), login, password, self.clock)
        return self.offices[key]

    def sync(self, folder: Path, login: str = "director", password: str = PASSWORD) -> SyncResult:
        """Seals, lets the courier run, merges."""
        return self.sign(folder, login, password).services.sync.sync().value

    def close(self) -> None:
        """Lets go of every file."""
        for office in self.offices.values():
            office.close()
        self.offices.clear()


def joined(tmp_path: Path, template: Path) -> TwoPcs:
    """PC A from the session's template, PC B joined to it, a folder hub between them; all is synchronised."""
    pcs = TwoPcs(tmp_path / "desk", tmp_path / "room2", tmp_path / "hub", SetClock(NOON))
    shutil.copytree(template, pcs.desk)
    pcs.hub.mkdir()
    prepare(open_hub(folder_url(pcs.hub)))
    director = pcs.sign(pcs.desk, "director")
    pcs.centre = director.who.centre_id
    admit(director, pcs.room2, pcs.centre, "二号机", pcs.clock)
    point_at(pcs.desk, pcs.hub)
    point_at(pcs.room2, pcs.hub)
    for folder in (pcs.desk, pcs.room2, pcs.desk):
        pcs.sync(folder)
    pcs.close()
    return pcs


def admit(director: Office, folder: Path, centre_id: str, name: str, clock: SetClock) -> JoinRequest:
    """Request, admission, packet, workspace."""
    request = JoinRequest.new(name)
    admission = director.services.joining.admit(request.data, centre_id, name).value
    offer = open_packet(request, admission.packet)
    assert offer.root_fingerprint == admission.root_fingerprint
    join(folder, request, offer, clock=clock)
    return request


def point_at(folder: Path, hub: Path) -> None:
    """Writes the hub's address, as setting it does."""
    held = read_hub_file(folder)
    assert held is not None
    write_hub_file(folder, msgspec.structs.replace(held, url=folder_url(hub)))


def with_county(pcs: TwoPcs) -> str:
    """Adds a county centre with a receptionist (`county`) and a director (`countydir`); gives the centre's id."""
    office = pcs.sign(pcs.desk, "director")
    with office.ctx.write(May.EDIT_CENTRE, "test.county") as act:
        centre = new_id(act.tx)
        add_centre(act.tx, CentreSpec("莘县学生心理健康发展服务中心", "SX", "371522"), centre)
    for login, name, role in (("county", "县前台", Role.RECEPTIONIST), ("countydir", "县主任", Role.DIRECTOR)):
        new = NewAccount(login, name, frozenset({role}), COUNTY_PASSWORD)
        office.services.accounts.add(new, FLOOR_MEMORY, centre)
    return centre


@dataclass
class County:
    """The city's two PCs, and the first PC of a county centre at the same hub."""

    city: TwoPcs
    folder: Path
    centre: str


def joined_county(tmp_path: Path, pcs: TwoPcs) -> County:
    """A county centre whose first PC has joined by a packet from the city's `desk`, and has not synchronised yet."""
    centre = with_county(pcs)
    folder = tmp_path / "county"
    admit(pcs.sign(pcs.desk, "director"), folder, centre, "莘县一号机", pcs.clock)
    point_at(folder, pcs.hub)
    pcs.close()
    return County(pcs, folder, centre)


def moved(pcs: TwoPcs, tmp_path: Path) -> TwoPcs:
    """A copy of the cached PCs below `tmp_path`, at a hub of its own."""
    copy = TwoPcs(tmp_path / "desk", tmp_path / "room2", tmp_path / "hub", SetClock(NOON), pcs.centre)
    for name in ("desk", "room2", "hub"):
        shutil.copytree(getattr(pcs, name), getattr(copy, name))
    point_at(copy.desk, copy.hub)
    point_at(copy.room2, copy.hub)
    return copy


@contextmanager
def _closing(pcs: TwoPcs) -> Iterator[TwoPcs]:
    try:
        yield pcs
    finally:
        pcs.close()


@pytest.fixture(scope="session")
def pcs_template(tmp_path_factory: pytest.TempPathFactory, template: Path) -> TwoPcs:
    return joined(tmp_path_factory.mktemp("two-pcs"), template)


@pytest.fixture(scope="session")
def county_template(tmp_path_factory: pytest.TempPathFactory, pcs_template: TwoPcs) -> County:
    folder = tmp_path_factory.mktemp("county")
    return joined_county(folder, moved(pcs_template, folder))


@pytest.fixture
def pcs(pcs_template: TwoPcs, tmp_path: Path) -> Iterator[TwoPcs]:
    with _closing(moved(pcs_template, tmp_path)) as copy:
        yield copy


@pytest.fixture
def county(county_template: County, tmp_path: Path) -> Iterator[County]:
    with _closing(moved(county_template.city, tmp_path)) as copy:
        folder = tmp_path / "county"
        shutil.copytree(county_template.folder, folder)
        point_at(folder, copy.hub)
        yield County(copy, folder, county_template.centre)
