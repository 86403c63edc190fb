"""Case keys: who holds them, proven at each read, and everything sealed under them.

A case key is made by the psychologist who opens the case and granted by her to herself, the centre's
supervisors and escrow. Each grant names case, version, recipient and grantor, and is signed by a holder.
Nothing here asks for a permission: whoever has no grant has no key, whatever the permission table says.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from app.common.errors import UserError
from app.common.words import N_
from app.security.membership import Member, Membership
from app.security.permissions import CLINICIANS, Role
from app.security.signin import SignIn
from db.crypto.pairs import box_to, verify
from db.crypto.sealing import Place, SealBroken, digest, new_key, seal, unseal
from db.engine import Tx
from db.models import Case, CaseGrant

_GRANT = "longshan case grant 1"
_SEAL = "longshan sealed row 1"


class NoCaseKey(UserError):
    """No grant of this case opens with this user's keys."""

    def __init__(self) -> None:
        super().__init__(
            "no-case-key",
            N_("This record can be opened only by the psychologists of the case. Your keys do not open it."),
        )


class SealedAltered(UserError):
    """Sealed bytes or their signature are not what was signed."""

    def __init__(self) -> None:
        super().__init__(
            "sealed-altered",
            N_("This record was altered or is damaged and is not shown. Call the director; do not write over it."),
        )


def _statement(grant: CaseGrant) -> Place:
    return (
        _GRANT,
        grant.case_id,
        grant.key_version,
        grant.recipient,
        grant.grantor,
        digest(grant.boxed_key),
        grant.at.isoformat(),
    )


def _boxed(case_id: str, version: int, key: bytes, box_public: bytes) -> bytes:
    return box_to(box_public, bytes.fromhex(case_id) + version.to_bytes(4, "big") + key)


def grant(tx: Tx, who: SignIn, case: Case, key: bytes, recipient: str, box_public: bytes, at: datetime) -> CaseGrant:
    """Adds a grant of the case's current key version, signed by `who`."""
    row = CaseGrant(
        case_id=case.id,
        key_version=case.key_version,
        recipient=recipient,
        grantor=who.user_id,
        boxed_key=_boxed(case.id, case.key_version, key, box_public),
        at=at,
    )
    row.signature = who.keys.sign(_statement(row))
    tx.add(row)
    return row


def new_case_key(tx: Tx, who: SignIn, case: Case, membership: Membership, at: datetime) -> bytes:
    """Makes the key of a case just opened by `who`, grants it to her, the centre's supervisors and escrow."""
    key = new_key()
    recipients: dict[str, bytes] = {who.user_id: who.keys.public.box}
    for member in membership.of_centre(case.centre_id, Role.SUPERVISOR):
        recipients.setdefault(member.user_id, member.keys.box)
    recipients[membership.organisation] = membership.root.box
    for recipient, box_public in recipients.items():
        grant(tx, who, case, key, recipient, box_public, at)
    return key


def _verified(case: Case, version: int, grants: Iterable[CaseGrant], membership: Membership) -> dict[str, CaseGrant]:
    """Recipient -> a grant whose signature leads back, holder by holder, to the one who opened the case."""
    waiting = [g for g in grants if g.key_version == version]
    holders = {case.opened_by}
    believed: dict[str, CaseGrant] = {}
    progress = True
    while waiting and progress:
        progress = False
        for row in list(waiting):
            grantor = membership.members.get(row.grantor)
            if row.grantor not in holders or not _may_grant(grantor):
                continue
            waiting.remove(row)
            if grantor is not None and verify(grantor.keys.sign, _statement(row), row.signature):
                believed.setdefault(row.recipient, row)
                holders.add(row.recipient)
                progress = True
    return believed


def _may_grant(member: Member | None) -> bool:
    return member is not None and bool(member.roles & CLINICIANS)


def holders(tx: Tx, case: Case, membership: Membership) -> list[str]:
    """Account ids that hold the current key of the case by verified grants (escrow as the organisation's id)."""
    grants = tx.execute(select(CaseGrant).where(CaseGrant.case_id == case.id)).scalars().all()
    return sorted(_verified(case, case.key_version, grants, membership))


def case_key(tx: Tx, who: SignIn, case: Case, membership: Membership, version: int | None = None) -> bytes:
    """The key of one version (default: the current) as granted to `who`; NoCaseKey without a verified grant."""
    wanted = version or case.key_version
    held: dict[tuple[str, int, str], bytes] = tx.info.setdefault("case_keys", {})
    known = held.get((case.id, wanted, who.user_id))
    if known is not None:
        return known
    grants = tx.execute(select(CaseGrant).where(CaseGrant.case_id == case.id)).scalars().all()
    mine = _verified(case, wanted, grants, membership).get(who.user_id)
    if mine is None:
        raise NoCaseKey
    try:
        opened = who.keys.open_box(mine.boxed_key)
    except SealBroken:
        raise NoCaseKey from None
    if opened[:12] != bytes.fromhex(case.id) or opened[12:16] != wanted.to_bytes(4, "big"):
        raise NoCaseKey
    held[(case.id, wanted, who.user_id)] = opened[16:]
    return opened[16:]


def row_place(organisation: str, case_id: str, row_id: str, version: int, kind: str) -> Place:
    """Where a sealed row of a case belongs; never names the client, since clients merge."""
    return (_SEAL, organisation, case_id, row_id, version, kind)


def seal_row(key: bytes, plain: bytes, place: Place) -> bytes:
    """Sealed bytes for one row."""
    return seal(plain, key, place)


def open_row(key: bytes, sealed: bytes, place: Place) -> bytes:
    """The plain bytes of one row; SealedAltered if it is not the row that was sealed there."""
    try:
        return unseal(sealed, key, place)
    except SealBroken:
        raise SealedAltered from None
