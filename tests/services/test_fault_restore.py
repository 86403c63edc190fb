"""A PC that died, or went back to a backup: what it had sent comes back, what it types goes on, nothing twice."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from app.bootstrap import Office
from app.security import audit
from app.upkeep.restore import restore
from db.models import Client, Device, Segment
from db.replica.sealing import unsealed
from tests.services.casework import make_client
from tests.services.test_attacks import NOTE
from tests.services.two_pcs import TwoPcs, pcs, pcs_template

__all__ = ["pcs", "pcs_template"]


def names(office: Office) -> list[str]:
    with office.ctx.db.read() as tx:
        return sorted(tx.execute(select(Client.name)).scalars())


def back_up(pcs: TwoPcs, folder: Path, file: Path) -> Path:
    return pcs.sign(folder, "director").services.backups.make(file).value.path


def go_back(pcs: TwoPcs, folder: Path, file: Path) -> None:
    """As the drill says it: the old folder away, the backup in its place."""
    pcs.close()
    pcs.clock.at += timedelta(hours=1)
    shutil.move(folder, folder.with_name("died"))
    assert restore(file, folder).synchronises


def signed_note(pcs: TwoPcs, folder: Path, client_id: str) -> str:
    """A case of `psych` on this PC with one signed note."""
    from app.intake.arrivals import PersonArriving

    desk, psych = pcs.sign(folder, "desk"), pcs.sign(folder, "psych")
    visit = desk.services.intake.register([PersonArriving(client_id)]).value.visits[0]
    case = psych.services.cases.open_for_visit(visit.visit_id).value.case_id
    session = psych.services.notes.start(case, visit.visit_id).value
    psych.services.notes.sign(session.id, NOTE)
    return case


def unwell(office: Office) -> list[str]:
    return [f"{check.name}: {check.says}" for check in office.services.doctor.examine() if not check.ok]


def test_fault_05_a_pc_restored_from_an_old_backup_gets_back_what_it_had_sent_and_goes_on(
    pcs: TwoPcs, tmp_path: Path
) -> None:
    make_client(pcs.sign(pcs.desk, "desk"), name="以前")
    file = back_up(pcs, pcs.desk, tmp_path / "old.lsbackup")
    later = make_client(pcs.sign(pcs.desk, "desk"), name="后来")
    case = signed_note(pcs, pcs.desk, later)
    pcs.sync(pcs.desk)
    make_client(pcs.sign(pcs.room2, "desk"), name="另一台")
    pcs.sync(pcs.room2)

    go_back(pcs, pcs.desk, file)
    assert names(pcs.sign(pcs.desk, "director")) == ["以前"]
    first = pcs.sync(pcs.desk)
    assert first.alarms == () and first.conflicts == 0 and first.refused == 0
    assert names(pcs.sign(pcs.desk, "desk")) == sorted(["以前", "后来", "另一台"])
    make_client(pcs.sign(pcs.desk, "desk"), name="恢复后")
    pcs.sync(pcs.desk)
    second = pcs.sync(pcs.room2)
    assert second.alarms == () and second.conflicts == 0 and second.refused == 0

    everybody = sorted(["以前", "后来", "另一台", "恢复后"])
    for folder in (pcs.desk, pcs.room2):
        office = pcs.sign(folder, "psych")
        assert names(office) == everybody
        (note,) = office.services.notes.notes(case)
        assert note.verified and note.content["presenting"] == "原话"
        with office.ctx.db.read() as tx:
            assert audit.broken_at(tx) is None
        assert unwell(office) == []
    for folder in (pcs.desk, pcs.room2, pcs.desk):
        pcs.sync(folder)
    still = pcs.sync(pcs.room2)
    assert (still.pushed, still.pulled, still.merged) == (0, 0, 0)


def test_fault_05_what_is_typed_before_the_first_synchronisation_after_it_loses_nothing(
    pcs: TwoPcs, tmp_path: Path
) -> None:
    client = make_client(pcs.sign(pcs.desk, "desk"), name="以前")
    file = back_up(pcs, pcs.desk, tmp_path / "old.lsbackup")
    make_client(pcs.sign(pcs.desk, "desk"), name="后来")
    _grade(pcs.sign(pcs.desk, "desk"), client, "初三")
    pcs.sync(pcs.desk)
    pcs.sync(pcs.room2)

    go_back(pcs, pcs.desk, file)
    make_client(pcs.sign(pcs.desk, "desk"), name="恢复后")
    _grade(pcs.sign(pcs.desk, "desk"), client, "高一")
    conflicts = pcs.sync(pcs.desk).conflicts + pcs.sync(pcs.room2).conflicts
    assert conflicts == 2, "the grade was changed twice without knowledge of each other: on both PCs both are kept"
    pcs.sync(pcs.desk)
    for folder in (pcs.desk, pcs.room2):
        assert names(pcs.sign(folder, "desk")) == sorted(["以前", "后来", "恢复后"])
        with pcs.sign(folder, "desk").ctx.db.read() as tx:
            assert tx.get_one(Client, client).grade == "高一"


def _grade(office: Office, client_id: str, grade: str) -> None:
    with office.ctx.db.write() as tx:
        tx.get_one(Client, client_id).grade = grade


def test_fault_05_each_restored_copy_seals_chains_of_its_own(pcs: TwoPcs, tmp_path: Path) -> None:
    """The dead PC was not dead: it and the one that replaced it synchronise, and neither hides the other's work."""
    file = back_up(pcs, pcs.desk, tmp_path / "old.lsbackup")
    spare = tmp_path / "spare"
    restore(file, spare)
    make_client(pcs.sign(pcs.desk, "desk"), name="原来那台")
    make_client(pcs.sign(spare, "desk"), name="备用那台")
    for folder in (pcs.desk, spare, pcs.room2, pcs.desk, spare, pcs.room2):
        pcs.sync(folder)
    chains = set()
    for folder in (pcs.desk, spare, pcs.room2):
        office = pcs.sign(folder, "desk")
        assert names(office) == sorted(["原来那台", "备用那台"])
        with office.ctx.db.read() as tx:
            chains.add(tx.execute(select(Device.incarnation)).scalar_one())
            twice = tx.execute(select(Segment.stream, Segment.device, Segment.incarnation, Segment.seq)).all()
        assert len(twice) == len(set(twice))
    assert len(chains) == 3


def test_fault_05_what_was_sealed_and_not_yet_sent_is_sent_from_the_backup(pcs: TwoPcs, tmp_path: Path) -> None:
    pcs.sync(pcs.desk)
    make_client(pcs.sign(pcs.desk, "desk"), name="没来得及发")
    file = back_up(pcs, pcs.desk, tmp_path / "old.lsbackup")
    go_back(pcs, pcs.desk, file)
    assert list((pcs.desk / "spool").iterdir()) == []
    pcs.sync(pcs.desk)
    pcs.sync(pcs.room2)
    assert names(pcs.sign(pcs.room2, "desk")) == ["没来得及发"]


def test_fault_05_a_backup_made_when_nothing_could_be_sealed_repeats_nothing(pcs: TwoPcs, tmp_path: Path) -> None:
    """The spool cannot be written, the backup is made all the same; what it holds unsent, the original sends, too."""
    spool = pcs.desk / "spool"
    spool.rename(tmp_path / "aside")
    spool.write_bytes(b"")
    make_client(pcs.sign(pcs.desk, "desk"), name="两份都有")
    with pcs.sign(pcs.desk, "desk").ctx.db.read() as tx:
        assert unsealed(tx)
    file = back_up(pcs, pcs.desk, tmp_path / "old.lsbackup")
    spool.unlink()
    (tmp_path / "aside").rename(spool)
    pcs.sync(pcs.desk)
    pcs.sync(pcs.room2)
    go_back(pcs, pcs.desk, file)
    for folder in (pcs.desk, pcs.room2, pcs.desk):
        found = pcs.sync(folder)
        assert (found.conflicts, found.refused, found.alarms) == (0, 0, ())
    for folder in (pcs.desk, pcs.room2):
        assert names(pcs.sign(folder, "desk")) == ["两份都有"]
        assert unwell(pcs.sign(folder, "desk")) == []
