"""Accounts made and changed on one PC open the other after a merge; what is weak or forged opens nothing."""

# ruff: noqa: F811

from __future__ import annotations

from pathlib import Path

import pytest

from app.bootstrap import Office, open_workspace, sign_in
from app.common.errors import UserError
from app.security.accounts import NewAccount
from app.security.permissions import May, Role
from app.sync.accounts_file import follow
from db import keyfile
from db.crypto.pairs import KeyPairs
from db.crypto.passwords import CEILING_MEMORY, FLOOR_MEMORY, MIB, KdfParameters
from db.models import Account
from tests.services.conftest import PASSWORD
from tests.services.two_pcs import TwoPcs, pcs, pcs_template  # noqa: F401

OTHER = "another-fine-word-8"
WANG = NewAccount("wang", "王老师", frozenset({Role.PSYCHOLOGIST}), PASSWORD)


def _opens(folder: Path, login: str, password: str) -> str:
    """The code of the refusal, or the name of who signed in."""
    try:
        office = sign_in(open_workspace(folder), login, password)
    except UserError as refused:
        return refused.code
    office.close()
    return office.who.name


def _edit(office: Office, login: str, **changed: object) -> None:
    with office.ctx.write(May.OWN_SETTINGS, "test.account") as act:
        row = act.tx.query(Account).filter(Account.login == login).one()
        for name, value in changed.items():
            setattr(row, name, value)


def test_a_new_account_opens_the_other_pc_once_a_colleague_has_merged_there(pcs: TwoPcs) -> None:
    pcs.sign(pcs.desk, "director").services.accounts.add(WANG, FLOOR_MEMORY)
    assert _opens(pcs.desk, "wang", PASSWORD) == "王老师"
    pcs.sync(pcs.desk)
    assert _opens(pcs.room2, "wang", PASSWORD) == "ask-colleague"
    pcs.sync(pcs.room2, "desk")
    assert _opens(pcs.room2, "wang", PASSWORD) == "王老师"
    assert _opens(pcs.room2, "wang", OTHER) == "wrong-password"


def test_an_account_whose_box_nobody_has_made_yet_asks_for_a_colleague(pcs: TwoPcs) -> None:
    workspace = open_workspace(pcs.room2)
    for entry in workspace.accounts.entries:
        if entry.login == "psych":
            entry.database_key = None
    workspace.save_accounts()
    assert _opens(pcs.room2, "psych", PASSWORD) == "ask-colleague"
    pcs.sync(pcs.room2, "desk")
    assert _opens(pcs.room2, "psych", PASSWORD) == "单明霞"


def test_fault_47_a_password_changed_elsewhere_works_after_the_merge_and_the_old_one_stops(pcs: TwoPcs) -> None:
    pcs.sign(pcs.desk, "psych").services.accounts.change_password(PASSWORD, OTHER, FLOOR_MEMORY)
    pcs.sync(pcs.desk)
    assert (_opens(pcs.room2, "psych", PASSWORD), _opens(pcs.room2, "psych", OTHER)) == ("单明霞", "wrong-password")
    pcs.sync(pcs.room2, "desk")
    assert (_opens(pcs.room2, "psych", PASSWORD), _opens(pcs.room2, "psych", OTHER)) == ("wrong-password", "单明霞")


def test_a_password_changed_under_a_sign_in_that_stays_open_locks_and_unlocks_with_the_new_one(pcs: TwoPcs) -> None:
    here = pcs.sign(pcs.room2, "psych")
    pcs.sign(pcs.desk, "psych").services.accounts.change_password(PASSWORD, OTHER, FLOOR_MEMORY)
    pcs.sync(pcs.desk)
    here.services.sync.sync()
    here.lock()
    with pytest.raises(UserError):
        here.unlock(PASSWORD)
    here.unlock(OTHER)
    assert not here.who.locked


def test_two_passwords_chosen_at_once_leave_one_that_works_on_both(pcs: TwoPcs) -> None:
    """Parameters, salt and wrapped keys are one group: they never mix."""
    for folder, new in ((pcs.desk, OTHER), (pcs.room2, "yet-another-word-9")):
        pcs.sign(folder, "psych").services.accounts.change_password(PASSWORD, new, FLOOR_MEMORY)
    for folder in (pcs.desk, pcs.room2, pcs.desk):
        pcs.sync(folder)
    outcomes = [
        [_opens(folder, "psych", word) for word in (PASSWORD, OTHER, "yet-another-word-9")]
        for folder in (pcs.desk, pcs.room2)
    ]
    assert outcomes[0] == outcomes[1]
    assert sorted(outcomes[0]) == sorted(["wrong-password", "wrong-password", "单明霞"])


def test_a_closed_account_is_gone_from_the_other_pc(pcs: TwoPcs) -> None:
    _edit(pcs.sign(pcs.desk, "director"), "psych2", active=False)
    pcs.sync(pcs.desk)
    pcs.sync(pcs.room2, "desk")
    assert "psych2" not in {card.login for card in open_workspace(pcs.room2).cards()}
    assert "psych2" not in {card.login for card in open_workspace(pcs.desk).cards()}
    assert _opens(pcs.room2, "psych2", PASSWORD) == "ask-colleague"


def test_who_is_signed_in_and_the_last_director_stay_in_the_file(pcs: TwoPcs) -> None:
    director = pcs.sign(pcs.desk, "director")
    _edit(director, "director", active=False)
    _edit(director, "psych", active=False)
    pcs.sync(pcs.desk)
    pcs.sync(pcs.room2, "psych")
    assert {"psych", "director"} <= {card.login for card in open_workspace(pcs.room2).cards()}
    pcs.close()
    assert _opens(pcs.room2, "psych", PASSWORD) == "not-a-member"  # the entry alone opens nothing
    pcs.sync(pcs.room2, "desk")
    assert "psych" not in {card.login for card in open_workspace(pcs.room2).cards()}


@pytest.mark.parametrize(
    "weak",
    [{"kdf_memory": FLOOR_MEMORY - MIB}, {"kdf_passes": 1}, {"kdf_memory": CEILING_MEMORY * 2}, {"kdf_salt": b""}],
)
def test_fault_26_weakened_password_protection_is_not_taken_over(pcs: TwoPcs, weak: dict[str, object]) -> None:
    before = (pcs.room2 / "accounts.json").read_bytes()
    _edit(pcs.sign(pcs.desk, "psych"), "director", **weak)
    pcs.sync(pcs.desk)
    (alarm,) = pcs.sync(pcs.room2, "desk").alarms
    assert "director" in alarm
    assert (pcs.room2 / "accounts.json").read_bytes() == before
    assert _opens(pcs.room2, "director", PASSWORD) == "郑主任"


def test_fault_26_keys_that_the_log_does_not_name_open_nothing(pcs: TwoPcs) -> None:
    """Whoever can write a PC's file puts keys of their own under a password of their own into another's row."""
    forger = pcs.sign(pcs.desk, "desk")
    kdf, mine = KdfParameters.new(FLOOR_MEMORY), KeyPairs.new()
    organisation = forger.who.organisation_id
    director = next(e for e in forger.workspace.accounts.entries if e.login == "director")
    wrapped = keyfile.wrap(mine, forger.ctx.root, OTHER, kdf, organisation, director.user_id, 1)
    _edit(forger, "director", kdf_memory=kdf.memory, kdf_passes=kdf.passes, kdf_salt=kdf.salt, wrapped_keys=wrapped)
    pcs.sync(pcs.desk, "desk")
    (alarm,) = pcs.sync(pcs.room2, "desk").alarms
    assert "director" in alarm
    assert (_opens(pcs.room2, "director", OTHER), _opens(pcs.room2, "director", PASSWORD)) == (
        "wrong-password",
        "郑主任",
    )
    _edit(forger, "director", generation=2)
    pcs.sync(pcs.desk, "desk")
    pcs.sync(pcs.room2, "desk")
    assert _opens(pcs.room2, "director", OTHER) == "wrong-password"
    entry = next(e for e in open_workspace(pcs.room2).accounts.entries if e.login == "director")
    assert entry.public == director.public


def test_rubbish_in_everybodys_rows_locks_nobody_out_elsewhere(pcs: TwoPcs) -> None:
    vandal = pcs.sign(pcs.desk, "desk")
    for login in ("psych", "supervisor", "director"):
        _edit(vandal, login, wrapped_keys=b"\0" * 200)
    pcs.sync(pcs.desk, "desk")
    assert len(pcs.sync(pcs.room2, "desk").alarms) == 3
    for login in ("psych", "supervisor", "director"):
        assert pcs.sign(pcs.room2, login).who.login == login


def test_keys_wrapped_by_the_first_version_still_open_here_and_go_nowhere_until_the_password_is_changed(
    pcs: TwoPcs,
) -> None:
    office = pcs.sign(pcs.desk, "psych")
    (entry,) = office.workspace.accounts.entries_of("psych")
    _edit(office, "psych", wrapped_keys=entry.wrapped_keys[64:])
    entry.wrapped_keys = entry.wrapped_keys[64:]
    office.workspace.save_accounts()
    assert _opens(pcs.desk, "psych", PASSWORD) == "单明霞"
    assert pcs.sync(pcs.desk).alarms == ()
    assert len(pcs.sync(pcs.room2, "desk").alarms) == 1
    office.services.accounts.change_password(PASSWORD, OTHER, FLOOR_MEMORY)
    pcs.sync(pcs.desk)
    assert pcs.sync(pcs.room2, "desk").alarms == ()
    assert _opens(pcs.room2, "psych", OTHER) == "单明霞"


def test_one_login_given_out_on_two_pcs_lets_both_in_and_is_said(pcs: TwoPcs) -> None:
    pcs.sign(pcs.desk, "director").services.accounts.add(WANG, FLOOR_MEMORY)
    namesake = NewAccount("Wang", "王医生", WANG.roles, OTHER)
    pcs.sign(pcs.room2, "director").services.accounts.add(namesake, FLOOR_MEMORY)
    for folder in (pcs.desk, pcs.room2):
        pcs.sync(folder)
    (alarm,) = pcs.sync(pcs.desk).alarms
    assert "wang" in alarm
    for folder in (pcs.desk, pcs.room2):
        assert (_opens(folder, "wang", PASSWORD), _opens(folder, "wang", OTHER)) == ("王老师", "王医生")


def test_an_unchanged_file_is_not_written_and_a_lost_entry_comes_back(pcs: TwoPcs) -> None:
    office = pcs.sign(pcs.room2, "desk")
    path, key = pcs.room2 / "accounts.json", office.workspace.unlock("desk", PASSWORD).database_key

    def run() -> list[str]:
        with office.ctx.db.write() as tx:
            return follow(tx, office.workspace, office.ctx.members(tx), key, office.who.user_id)

    run()
    written = path.stat().st_mtime_ns, path.read_bytes()
    assert run() == [] and (path.stat().st_mtime_ns, path.read_bytes()) == written
    office.workspace.accounts.entries = office.workspace.accounts.entries[:1]
    run()
    assert len(open_workspace(pcs.room2).cards()) == 5
    assert _opens(pcs.room2, "supervisor", PASSWORD) == "解冬梅"


def test_the_county_gets_an_account_of_its_own_that_opens_no_pc_of_the_city(pcs: TwoPcs) -> None:
    from tests.services.two_pcs import with_county

    with_county(pcs)
    pcs.sync(pcs.desk)
    pcs.sync(pcs.room2, "desk")
    for folder in (pcs.desk, pcs.room2):
        assert "county" not in {card.login for card in open_workspace(folder).cards()}
