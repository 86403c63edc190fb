"""The first hour of an organisation, and who can open what it made."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from shamir_mnemonic import combine_mnemonics

from app.bootstrap import create_organisation, open_workspace, sign_in
from app.common.clock import SetClock
from app.common.errors import EnvironmentFault, UserError
from app.security.accounts import NewAccount
from app.security.founding import CentreSpec, FoundingSpec
from app.security.permissions import Role
from app.security.workspace import only_window
from db.crypto.pairs import KeyPairs
from db.crypto.passwords import FLOOR_MEMORY
from db.models import Organisation
from tests.services.conftest import NOON, PASSWORD, Bench


@pytest.fixture
def founded_folder(tmp_path: Path) -> Path:
    return tmp_path / "新中心"


def _found(folder: Path) -> list[str]:
    spec = FoundingSpec(
        "机构",
        CentreSpec("某中心"),
        NewAccount("zhuren", "郑主任", frozenset({Role.DIRECTOR}), PASSWORD),
        kdf_memory=FLOOR_MEMORY,
    )
    return create_organisation(folder, spec, SetClock(NOON)).shares


def test_two_of_three_shares_give_the_root_and_one_does_not(founded_folder: Path) -> None:
    shares = _found(founded_folder)
    assert len(shares) == 3
    office = sign_in(open_workspace(founded_folder), "zhuren", PASSWORD)
    with office.ctx.db.read() as tx:
        organisation = tx.query(Organisation).one()
        rooted = {KeyPairs.from_secret(combine_mnemonics(pair)).public.box for pair in (shares[:2], shares[1:])}
        assert rooted == {organisation.root_box}
    office.close()
    with pytest.raises(Exception, match=r"(?i)insufficient|mnemonics"):
        combine_mnemonics(shares[:1])


def test_no_share_and_no_password_is_in_any_file(founded_folder: Path) -> None:
    shares = _found(founded_folder)
    blob = b"".join(p.read_bytes() for p in founded_folder.rglob("*") if p.is_file())
    for secret in (*shares, PASSWORD):
        assert secret.encode() not in blob


def test_a_second_founding_is_refused_and_an_orphaned_file_is_kept(founded_folder: Path) -> None:
    _found(founded_folder)
    with pytest.raises(UserError) as refused:
        _found(founded_folder)
    assert refused.value.code == "workspace-exists"
    old = (founded_folder / "centre.db").read_bytes()
    (founded_folder / "accounts.json").unlink()
    _found(founded_folder)
    assert (founded_folder / "unfinished-1" / "centre.db").read_bytes() == old


def test_wrong_password_and_unknown_login_say_the_same(bench: Bench) -> None:
    texts = set()
    for login, password in (("desk", "wrong-wrong-wrong"), ("nobody", PASSWORD)):
        with pytest.raises(UserError) as refused:
            sign_in(open_workspace(bench.folder), login, password)
        texts.add((refused.value.code, refused.value.text()))
    assert len(texts) == 1


def test_a_missing_and_a_damaged_file_are_named_and_left_alone(bench: Bench) -> None:
    path = bench.folder / "centre.db"
    good = path.read_bytes()
    path.write_bytes(b"\x00" * 4096 + good[4096:])
    with pytest.raises(EnvironmentFault) as fault:
        sign_in(open_workspace(bench.folder), "desk", PASSWORD)
    assert fault.value.code == "storage-damaged"
    path.unlink()
    with pytest.raises(EnvironmentFault) as fault:
        sign_in(open_workspace(bench.folder), "desk", PASSWORD)
    assert fault.value.code == "storage-missing"
    assert not path.exists()


def test_a_damaged_page_in_the_middle_is_damage_not_a_bug(bench: Bench) -> None:
    path = bench.folder / "centre.db"
    data = bytearray(path.read_bytes())
    for page in range(2, len(data) // 4096):
        data[page * 4096 + 100] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(EnvironmentFault) as fault:
        sign_in(open_workspace(bench.folder), "desk", PASSWORD)
    assert fault.value.code == "storage-damaged"


def test_a_second_window_on_the_folder_is_refused_until_the_first_is_gone(bench: Bench) -> None:
    with only_window(bench.folder):
        with pytest.raises(EnvironmentFault) as fault, only_window(bench.folder):
            pass
        assert fault.value.code == "second-instance"
    with only_window(bench.folder):
        pass


def test_the_file_is_ciphertext_from_the_first_page_to_the_last(bench: Bench) -> None:
    office = bench.sign("psych")
    office.services.drafts.save("note", None, {"text": "晚上睡不着" * 300})
    for name in ("centre.db", "centre.db-wal"):
        data = (bench.folder / name).read_bytes()
        assert len(data) > 4096
        for word in ("SQLite format 3", "CREATE TABLE", "client", "单明霞", "晚上睡不着", "receptionist"):
            assert word.encode() not in data
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(bench.folder / "centre.db").execute("SELECT count(*) FROM sqlite_schema").fetchone()


def test_a_director_adds_an_account_that_signs_in_at_once(bench: Bench) -> None:
    director = bench.sign("director")
    new = NewAccount("wang", "王老师", frozenset({Role.PSYCHOLOGIST, Role.RECEPTIONIST}))
    made = director.services.accounts.add(new, FLOOR_MEMORY).value
    office = sign_in(open_workspace(bench.folder), "wang", made.passphrase)
    assert office.who.roles == {Role.PSYCHOLOGIST, Role.RECEPTIONIST}
    office.close()
    for login in ("desk", "psych", "supervisor"):
        with pytest.raises(UserError) as refused:
            bench.sign(login).services.accounts.add(NewAccount("x", "某", frozenset({Role.DIRECTOR})), FLOOR_MEMORY)
        assert refused.value.code == "not-allowed"


def test_a_changed_password_keeps_drafts_and_refuses_the_old_one(bench: Bench) -> None:
    office = bench.sign("psych")
    office.services.drafts.save("note", None, {"text": "原话"})
    office.services.accounts.change_password(PASSWORD, "another-fine-word-8", FLOOR_MEMORY)
    with pytest.raises(UserError):
        sign_in(open_workspace(bench.folder), "psych", PASSWORD)
    again = sign_in(open_workspace(bench.folder), "psych", "another-fine-word-8")
    assert again.services.drafts.list("note")[0].content == {"text": "原话"}
    again.close()


def test_a_locked_office_opens_no_draft_until_the_password_is_given(bench: Bench) -> None:
    office = bench.sign("psych")
    draft = office.services.drafts.save("note", None, {"text": "原话"})
    office.lock()
    with pytest.raises(UserError) as refused:
        office.services.drafts.get(draft.id)
    assert refused.value.code == "locked"
    office.unlock(PASSWORD)
    assert office.services.drafts.get(draft.id) is not None


def test_another_users_draft_is_not_there(bench: Bench) -> None:
    draft = bench.sign("psych").services.drafts.save("note", None, {"text": "原话"})
    other = bench.sign("psych2").services.drafts
    assert other.get(draft.id) is None
    other.discard(draft.id)
    assert bench.sign("psych").services.drafts.get(draft.id) is not None
