"""The hour in which an organisation begins: root, first centre, first director, this PC.

The root's secret is split 2 of 3 and leaves this function only as shares; the PC is trusted in that hour
(docs/decisions). The same master secret gives the root's signing pair and the escrow's receiving pair.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from nacl.utils import random as random_bytes
from shamir_mnemonic import generate_mnemonics

from app.common.clock import Clock
from app.security import audit
from app.security.accounts import KDF_MEMORY, MadeAccount, NewAccount, make_account
from app.security.making import new_database, new_workspace
from app.security.membership import KnownDevice, state_device
from app.security.permissions import Role
from app.security.workspace import ACCOUNTS
from db import keyfile
from db.crypto.pairs import KeyPairs
from db.crypto.sealing import new_key
from db.engine import Tx
from db.models import Centre, Device, Organisation, StreamKey
from db.replica.stamping import RowIds

SHARES, NEEDED = 3, 2


@dataclass(frozen=True, slots=True)
class CentreSpec:
    """The first (or another) centre."""

    name: str
    code: str = "LS"
    county: str | None = "371502"
    address: str = "聊城市东昌府区龙山西街33号"
    hotline: str = "0635-8311095"


@dataclass(frozen=True, slots=True)
class FoundingSpec:
    """What the set-up assistant has asked."""

    organisation: str
    centre: CentreSpec
    director: NewAccount
    others: tuple[NewAccount, ...] = ()
    device_name: str = "一号机"
    device_letter: str = "A"
    demo: bool = False
    kdf_memory: int = KDF_MEMORY


@dataclass(frozen=True, slots=True)
class Founded:
    """What must be handed over in that hour: the root's shares (20 and more words each) and the accounts."""

    centre_id: str
    shares: list[str] = field(repr=False)
    accounts: list[MadeAccount] = field(repr=False)


def found(folder: Path, spec: FoundingSpec, clock: Clock) -> Founded:
    """Makes the workspace. Refuses a folder that has one; leaves nothing half made under the final names."""
    key, secret = new_key(), random_bytes(32)
    ids = RowIds()
    organisation, centre = ids.draw(), ids.draw()
    root, device_pairs, device_id = KeyPairs.from_secret(secret), KeyPairs.new(), random_bytes(8)
    with new_workspace(folder) as place:
        with new_database(place, key, clock) as database, database.write() as tx:
            tx.add(_device(spec, device_id, device_pairs, organisation, centre, root))
            tx.flush()
            accounts = _first_rows(tx, spec, organisation, centre, root, device_id, device_pairs, clock.now())
        _write_accounts(place, spec, organisation, centre, device_id, key, accounts)
    shares = generate_mnemonics(1, [(NEEDED, SHARES)], secret, iteration_exponent=1)[0]
    return Founded(centre, shares, accounts)


def _device(
    spec: FoundingSpec, device_id: bytes, pairs: KeyPairs, organisation: str, centre: str, root: KeyPairs
) -> Device:
    return Device(
        id=device_id,
        name=spec.device_name,
        letter=spec.device_letter,
        centre_id=centre,
        organisation_id=organisation,
        root_sign=root.public.sign,
        incarnation=random_bytes(4),
        clock=bytes(10),
        key_pairs=pairs.to_bytes(),
    )


def _first_rows(
    tx: Tx,
    spec: FoundingSpec,
    organisation: str,
    centre: str,
    root: KeyPairs,
    device_id: bytes,
    device_pairs: KeyPairs,
    now: datetime,
) -> list[MadeAccount]:
    public = root.public
    tx.add(
        Organisation(
            id=organisation,
            stream="org",
            name=spec.organisation,
            root_sign=public.sign,
            root_box=public.box,
            demo=spec.demo,
        )
    )
    add_centre(tx, spec.centre, centre)
    tx.add_all(StreamKey(stream=stream, epoch=1, key=new_key()) for stream in ("org", centre))
    director = NewAccount(
        spec.director.login, spec.director.name, spec.director.roles | {Role.DIRECTOR}, spec.director.passphrase
    )
    first = make_account(tx, organisation, centre, root, public, director, now, spec.kdf_memory, spec.demo)
    mine = KnownDevice(device_id, spec.device_name, spec.device_letter, centre, (centre,), device_pairs.public)
    state_device(tx, root, organisation, mine, now)
    made = [first]
    for other in spec.others:
        kdf = spec.kdf_memory
        made.append(make_account(tx, organisation, centre, first.keys, public, other, now, kdf, spec.demo))
    audit.append(tx, now, first.user_id, "organisation.founded", [organisation, centre, *(m.user_id for m in made)])
    return made


def add_centre(tx: Tx, spec: CentreSpec, centre_id: str) -> Centre:
    """A centre's row in the organisation's stream."""
    centre = Centre(
        id=centre_id,
        stream="org",
        code=spec.code,
        name=spec.name,
        county=spec.county,
        address=spec.address,
        hotline=spec.hotline,
        idle_minutes={"receptionist": 15, "psychologist": 5, "supervisor": 5, "director": 5},
        hours={"am": ["08:30", "11:30"], "pm": ["14:00", "17:00"]},
    )
    tx.add(centre)
    return centre


def _write_accounts(
    folder: Path,
    spec: FoundingSpec,
    organisation: str,
    centre: str,
    device_id: bytes,
    key: bytes,
    accounts: list[MadeAccount],
) -> None:
    entries = [made.entry for made in [*accounts[1:], accounts[0]]]
    for entry in entries:
        keyfile.box_database_key(entry, device_id.hex(), key)
    content = keyfile.KeyFile(
        keyfile.FORMAT, organisation, centre, spec.centre.name, device_id.hex(), spec.demo, entries
    )
    keyfile.write(folder / ACCOUNTS, content)
