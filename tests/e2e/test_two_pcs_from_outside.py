"""Two PCs and a folder between them, as their centre runs them: real commands, real files, real kills."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from app.bootstrap import Office, open_workspace, sign_in
from app.cli.sync import document
from app.common.words import set_language, tr
from app.demo.organisation import PASSWORD
from app.demo.pair import point_at
from app.intake.appointments import book
from app.intake.arrivals import PersonArriving
from app.people.clients import NewClient, create_client
from app.security.permissions import May
from app.sync import alarms
from app.sync.hub_file import USUAL_INTERVAL, read_hub_file
from db.models import Appointment, Client, GroupVersion, Loser, Outbox
from db.replica.files import TEMPORARY
from db.replica.raw import columns, listed, models, quoted
from tests.e2e.outside import ROOT, answer, command, surroundings

ROUNDS, ROWS, BATCHES = 50, 200, 5


@dataclass
class Pair:
    """The folders; everything they do is asked for by command, or through the services of an opened office."""

    folder: Path

    def __getattr__(self, name: str) -> Path:
        return self.folder / name

    def command(self, name: str, login: str = "desk") -> Any:
        """`longshan sync --merge`, its JSON."""
        where = ("--workspace", str(self.folder / name), "--merge", "--user", login)
        return answer("sync", *where, home=self.folder, password=PASSWORD)

    def sync(self, name: str) -> dict[str, Any]:
        """The same without a process of its own."""
        with self.office(name) as office:
            result = office.services.sync.sync(by="courier").value
            return document(result, result.merged)

    def settle(self, *names: str) -> list[dict[str, Any]]:
        """Rounds of synchronisations until one moves nothing; all that was said."""
        said: list[dict[str, Any]] = []
        for _ in range(6):
            said += [self.sync(name) for name in names]
            if not any(moved(one) for one in said[-len(names) :]):
                return said
        raise AssertionError(f"it never comes to rest: {said}")

    @contextmanager
    def office(self, name: str, login: str = "desk") -> Iterator[Office]:
        opened = sign_in(open_workspace(self.folder / name), login, PASSWORD)
        try:
            yield opened
        finally:
            opened.close()

    def add(self, name: str, number: int) -> set[str]:
        with self.office(name) as office:
            return add_clients(office, number)

    def state(self, name: str) -> dict[str, Any]:
        with self.office(name) as office:
            return state(office)

    def ids(self, name: str, of: type[Client] | type[Appointment]) -> list[str]:
        """As often as they are there."""
        with self.office(name) as office, office.ctx.db.read() as tx:
            return sorted(tx.execute(select(of.id)).scalars())

    def clients(self, name: str) -> list[str]:
        return self.ids(name, Client)


def moved(said: Any) -> bool:
    """Whether a synchronisation did anything at all."""
    return any(said[key] for key in ("pushed", "pulled", "merged", "refused", "bytes_out", "bytes_in"))


def add_clients(office: Office, number: int) -> set[str]:
    """In one transaction; two travelling rows for each."""
    day = office.services.rota.today()
    with office.ctx.write(May.REGISTER_VISITS, "visit.registered") as act:
        made = [create_client(act.tx, NewClient("王子琪", telephones=("13806351278",)), day).id for _ in range(number)]
        act.on(*made)
    return set(made)


def state(office: Office) -> dict[str, Any]:
    """What two PCs that have everything must have alike: each row bit for bit, versions, sides kept."""
    with office.ctx.db.read() as tx:
        rows = {}
        for table in sorted(models()):
            names = columns(table)
            kinds = ", ".join(f"typeof({quoted(name)})" for name in names)
            query = text(f"SELECT {listed(names)}, {kinds} FROM {quoted(table)} ORDER BY id")
            rows[table] = [tuple(row) for row in tx.execute(query)]
        groups = (GroupVersion.table_name, GroupVersion.row_id, GroupVersion.group_name, GroupVersion.version)
        kept = (Loser.table_name, Loser.row_id, Loser.group_name, Loser.version)
        waiting = select(func.count()).select_from(Outbox).where(Outbox.table_name != "audit_entry")
        return {
            "rows": rows,
            "versions": sorted(map(tuple, tx.execute(select(*groups)))),
            "kept": sorted(map(tuple, tx.execute(select(*kept).where(Loser.settled_at.is_(None))))),
            "waiting": tx.execute(waiting).scalar_one(),
        }


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once; the first attempt is killed somewhere in the middle, as power does it."""
    folder = tmp_path_factory.mktemp("two") / "demo"
    child = subprocess.Popen(
        command("demo", str(folder), "--clients", "0"),
        env=surroundings(folder.parent),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    while not (folder / "demo-unfinished" / "room2").exists():
        with suppress(subprocess.TimeoutExpired):
            assert child.wait(0.01) is None
    os.killpg(child.pid, signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    assert not (folder / "desk").exists() and not (folder / "room2").exists() and not (folder / "hub").exists()
    said = answer("demo", str(folder), "--clients", "0", home=folder.parent)
    assert said == {name: str(folder / place) for name, place in PLACES.items()}
    assert sorted(path.name for path in folder.iterdir()) == ["desk", "hub", "room2"]
    return folder


PLACES = {"workspace": "desk", "room2": "room2", "hub": "hub"}


@pytest.fixture
def pair(made: Path, tmp_path: Path) -> Pair:
    """A copy of its own, at a hub of its own."""
    for name in PLACES.values():
        shutil.copytree(made / name, tmp_path / name)
    for name in ("desk", "room2"):
        point_at(tmp_path / name, made / "hub", tmp_path / "hub")
    return Pair(tmp_path)


def test_both_are_at_the_hub_at_its_last_place_and_know_each_other(made: Path) -> None:
    known = {"desk": [("B", "咨询室二")], "room2": [("A", "一号机")]}
    for name, others in known.items():
        held = read_hub_file(made / name)
        assert held is not None and (held.url, held.interval) == (f"folder:{made / 'hub'}", USUAL_INTERVAL)
        office = sign_in(open_workspace(made / name), "director", PASSWORD)
        try:
            peers = office.services.sync.status().peers
        finally:
            office.close()
        assert [(peer.letter, peer.name) for peer in peers] == others and all(peer.last_heard for peer in peers)


def test_both_pcs_show_the_same_and_everybody_signs_in_on_both(pair: Pair) -> None:
    assert pair.state("desk") == pair.state("room2")
    for name in ("desk", "room2"):
        for login in ("desk", "psych", "supervisor", "director"):
            with pair.office(name, login) as office:
                assert office.who.login == login and office.services.sync.status().unsent == 0


def test_an_arrival_at_the_desk_is_in_the_queue_of_the_other_pc(pair: Pair) -> None:
    with pair.office("desk") as desk:
        visit = desk.services.intake.register([PersonArriving(NewClient("王子琪"))], [], "self").value.visits[0]
    with pair.office("room2", "psych") as room2:
        assert room2.services.queue.view().entries == ()
    assert (pair.command("desk")["pushed"], pair.command("room2", "psych")["merged"]) == (1, 1)
    with pair.office("room2", "psych") as room2:
        (entry,) = room2.services.queue.view().entries
        assert (entry.visit_id, entry.ticket) == (visit.visit_id, visit.ticket)
    assert not moved(pair.command("desk")) and not moved(pair.command("room2", "psych"))


def test_a_courier_killed_fifty_times_loses_and_doubles_nothing(pair: Pair) -> None:
    """At any moment of its run, in every other round where it has begun to move packets."""
    chance, killed = random.Random(20261123), 0
    with pair.office("desk") as desk:
        (client,) = add_clients(desk, 1)
        idle, _ = courier(pair)
        wanted = book_sealed(desk, client)
        usual, _ = courier(pair)
        for n in range(ROUNDS):
            wanted |= book_sealed(desk, client)
            killed += courier(pair, chance.uniform(0.8 * idle if n % 2 else 0, usual))[1]
    assert killed
    assert [pair.command(name)["alarms"] for name in ("desk", "room2")] == [[], []]
    assert not any(moved(pair.sync(name)) for name in ("desk", "room2"))
    assert pair.ids("room2", Appointment) == sorted(wanted) and len(wanted) == (ROUNDS + 1) * ROWS
    assert pair.state("room2") == pair.state("desk")
    for folder in (pair.hub, pair.desk / "spool", pair.room2 / "spool"):
        assert [path for path in folder.rglob("*") if path.name.startswith(TEMPORARY)] == []


def book_sealed(desk: Office, client_id: str) -> set[str]:
    """200 new rows in five packets, as a busy time brings them."""
    made: set[str] = set()
    for _ in range(BATCHES):
        with desk.ctx.write(May.BOOK, "appointment.booked") as act:
            rows = [book(act.tx, desk.ctx, client_id, desk.ctx.clock.now()) for _ in range(ROWS // BATCHES)]
            made |= {row.id for row in rows}
            act.on(client_id)
        desk.services.sync.drain()
    return made


def courier(pair: Pair, latest: float | None = None) -> tuple[float, bool]:
    """`longshan sync` in a process group of its own: how long it took, and whether all of it had to be killed because
    that was longer than `latest`."""
    began = time.monotonic()
    child = subprocess.Popen(
        command("sync", "--workspace", str(pair.desk)),
        env=surroundings(pair.folder),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        assert child.wait(latest) == 0
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        return latest or 0, child.wait() == -signal.SIGKILL
    return time.monotonic() - began, False


def test_an_emptied_hub_deletes_nothing_and_is_filled_again(pair: Pair) -> None:
    pair.add("desk", 3)
    pair.add("room2", 3)
    pair.settle("desk", "room2")
    before, there = pair.state("desk"), files(pair.hub)
    for path in pair.hub.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    said = pair.command("desk")
    set_language("zh")
    assert said["alarms"] == [tr(alarms.EMPTIED)]
    assert said["pushed"] == len(there) and (said["pulled"], said["merged"]) == (0, 0)
    assert files(pair.hub) == there
    assert pair.sync("room2")["alarms"] == []
    assert not any(moved(one) for one in (pair.sync("room2"), pair.sync("desk")))
    assert before == pair.state("desk") == pair.state("room2")


def files(hub: Path) -> dict[str, bytes]:
    """The packets there."""
    segments = hub / "segments"
    return {path.relative_to(hub).as_posix(): path.read_bytes() for path in segments.rglob("*") if path.is_file()}


def test_a_copied_folder_goes_on_and_nothing_is_lost(pair: Pair) -> None:
    """Copied after a power cut, with rows that no packet carries yet: both copies will send the same ones."""
    everything, died = set(pair.clients("desk")), sign_in(open_workspace(pair.desk), "desk", PASSWORD)
    unsent = add_clients(died, 3)
    died.ctx.db.close()
    shutil.copytree(pair.desk, pair.folder / "desk-copy")
    said = []
    for _ in range(2):
        for name in ("desk", "desk-copy", "room2"):
            everything |= pair.add(name, 4)
        said += [pair.sync(name) for name in ("desk", "desk-copy")] + [pair.command("desk"), pair.sync("room2")]
    said += pair.settle("desk", "desk-copy", "room2")
    for name in ("desk", "desk-copy", "room2"):
        assert pair.clients(name) == sorted(everything | unsent), name
    assert pair.state("desk") == pair.state("room2") == pair.state("desk-copy")
    heard = "\n".join(alarm for one in said for alarm in one["alarms"])
    assert "Another PC works with the identity of this one" in heard
    assert "Two PCs work with the identity of PC A (一号机)" in heard


def test_both_sides_of_an_edit_on_two_copies_are_kept_for_a_decision(pair: Pair) -> None:
    shutil.copytree(pair.desk, pair.folder / "desk-copy")
    with pair.office("desk") as desk:
        (client,) = add_clients(desk, 1)
    pair.settle("desk", "desk-copy", "room2")
    for name, grade in (("desk", "初一"), ("desk-copy", "初二"), ("room2", "初三")):
        with pair.office(name) as office, office.ctx.write(May.REGISTER_VISITS, "client.edited") as act:
            act.tx.get_one(Client, client).grade = grade
            act.on(client)
    pair.settle("desk", "desk-copy", "room2")
    assert pair.state("desk") == pair.state("room2") == pair.state("desk-copy")
    with pair.office("room2") as office:
        (review,) = office.services.reviews.open()
        sides = {value for side in review.sides for _, value in side.fields}
        assert {"初一", "初二", "初三"} <= sides
        office.services.reviews.decide(review.id, next(one.key for one in review.sides if not one.shows))
    pair.settle("desk", "desk-copy", "room2")
    for name in ("desk", "desk-copy", "room2"):
        with pair.office(name) as office:
            assert office.services.reviews.count() == 0


def test_a_backup_restored_over_a_lost_pc_goes_on_synchronising(pair: Pair) -> None:
    everything = set(pair.clients("desk")) | pair.add("desk", 3)
    backup = pair.folder / "stick" / "desk.backup"
    backup.parent.mkdir()
    where = ("--workspace", str(pair.desk), "--user", "director", "--to", str(backup))
    assert answer("backup", *where, home=pair.folder, password=PASSWORD)["verified"]
    everything |= pair.add("desk", 5)
    pair.settle("desk", "room2")
    shutil.rmtree(pair.desk)
    assert answer("restore", str(backup), str(pair.desk), home=pair.folder)["synchronises"]
    said = pair.command("desk")
    assert said["merged"] > 0 and pair.clients("desk") == sorted(everything)
    everything |= pair.add("desk", 2) | pair.add("room2", 2)
    pair.settle("desk", "room2")
    assert pair.clients("desk") == pair.clients("room2") == sorted(everything)
    assert pair.state("desk") == pair.state("room2")
