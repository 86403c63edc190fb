"""Case keys: who holds them, proven at each read, and everything sealed under them.

A case key is made by the psychologist who opens the case and granted by her to herself, the centre's
supervisors and escrow. Each grant names case, version, recipient and grantor, and is signed by a holder.
Nothing here asks for a permission: whoever has no grant has no key, whatever the permission table says.

The columns of `case` are not signed, so nothing is believed from them alone: the version in force is the highest
one that holders of the one before it have granted, and who opened the case is anchored in the audit chain.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.common.errors import UserError
from app.common.words import N_
from app.security import audit
from app.security.membership import Membership
from app.security.permissions import CLINICIANS, Role
from app.security.signin import SignIn
from db.crypto.pairs import box_to
from db.crypto.sealing import Place, SealBroken, digest, encode_place, new_key, seal, unseal
from db.engine import Tx
from db.models import Case, CaseGrant

_GRANT = "longshan case grant 1"
_SEAL = "longshan sealed row 1"
OPENED = "case.opened"

Believed = dict[int, dict[str, CaseGrant]]
"""Key version -> recipient -> the grant that proves it."""


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


def grant_hash(row: CaseGrant) -> bytes:
    """What the audit chain keeps of a grant."""
    return digest(encode_place(_statement(row)) + row.signature)


def _boxed(case_id: str, version: int, key: bytes, box_public: bytes) -> bytes:
    return box_to(box_public, bytes.fromhex(case_id) + version.to_bytes(4, "big") + key)


def grant(
    tx: Tx, who: SignIn, case_id: str, version: int, key: bytes, recipient: str, box_public: bytes, at: datetime
) -> CaseGrant:
    """Adds a grant of one version of a case key, signed by `who`, who must be a holder to be believed."""
    row = CaseGrant(
        case_id=case_id,
        key_version=version,
        recipient=recipient,
        grantor=who.user_id,
        boxed_key=_boxed(case_id, version, key, box_public),
        at=at,
    )
    row.signature = who.keys.sign(_statement(row))
    tx.add(row)
    return row


def new_case_key(tx: Tx, who: SignIn, case: Case, membership: Membership, at: datetime) -> bytes:
    """Makes the key of a case just opened by `who`; grants it to her, the centre's supervisors and escrow.

    The audit entry "case.opened" anchors her own grant, so that nobody can later pass for the opener.
    """
    key = new_key()
    recipients: dict[str, bytes] = {who.user_id: who.keys.public.box}
    for member in membership.of_centre(case.centre_id, Role.SUPERVISOR):
        recipients.setdefault(member.user_id, member.keys.box)
    recipients[membership.organisation] = membership.root.box
    rows = [grant(tx, who, case.id, case.key_version, key, reader, box, at) for reader, box in recipients.items()]
    audit.append(tx, at, who.user_id, OPENED, [case.id, case.client_id], grant_hash(rows[0]))
    _cache(tx)[(case.id, case.key_version, who.user_id)] = key
    tx.info.setdefault("case_versions", {})[case.id] = case.key_version
    return key


def _signed_by_clinician(row: CaseGrant, membership: Membership) -> bool:
    return membership.signed(row.grantor, _statement(row), row.signature, CLINICIANS)


def _spread(roots: set[str], grants: Sequence[CaseGrant], membership: Membership) -> dict[str, CaseGrant]:
    """Recipient -> a grant whose signature leads back, holder by holder, to one of `roots`."""
    waiting, believed, holders = list(grants), dict[str, CaseGrant](), set(roots)
    progress = True
    while waiting and progress:
        progress = False
        for row in list(waiting):
            if row.grantor not in holders:
                continue
            waiting.remove(row)
            if _signed_by_clinician(row, membership):
                believed.setdefault(row.recipient, row)
                holders.add(row.recipient)
                progress = True
    return believed


def believed_grants(tx: Tx, case: Case, membership: Membership) -> Believed:
    """All grants of a case that signatures prove; SealedAltered if somebody else passes for its opener."""
    gathered: dict[str, list[CaseGrant]] = tx.info.get("case_grants", {})
    grants = gathered.get(case.id)
    if grants is None:
        query = select(CaseGrant).where(CaseGrant.case_id == case.id).order_by(CaseGrant.stamp)
        grants = list(tx.execute(query).scalars())
    _one_opener(tx, case, grants, membership)
    chain: Believed = {}
    roots = {case.opened_by}
    for version in sorted({row.key_version for row in grants}):
        of_version = [row for row in grants if row.key_version == version]
        found = _spread(roots, of_version, membership) if version == len(chain) + 1 else {}
        if not found:
            break
        chain[version], roots = found, set(found)
    return chain


def gather(tx: Tx, case_ids: Sequence[str]) -> None:
    """Reads the grants and anchors of many cases at once, for a read-only transaction that will open them all."""
    grants: dict[str, list[CaseGrant]] = {case_id: [] for case_id in case_ids}
    query = select(CaseGrant).where(CaseGrant.case_id.in_(case_ids)).order_by(CaseGrant.stamp)
    for row in tx.execute(query).scalars():
        grants[row.case_id].append(row)
    tx.info["case_grants"] = grants
    tx.info["case_anchors"] = audit.signed_digests(tx, case_ids, OPENED)


def _one_opener(tx: Tx, case: Case, grants: Sequence[CaseGrant], membership: Membership) -> None:
    own = [row for row in grants if row.key_version == 1 and row.recipient == row.grantor]
    openers = [row for row in own if _signed_by_clinician(row, membership)]
    anchors: dict[str, dict[bytes, bytes]] | None = tx.info.get("case_anchors")
    if anchors is None:
        anchors = audit.signed_digests(tx, [case.id], OPENED)
    anchored = audit.written_with(anchors.get(case.id, {}), case.version)
    if any(row.grantor != case.opened_by for row in openers):
        raise SealedAltered
    if anchored is not None and all(grant_hash(row) != anchored for row in openers):
        raise SealedAltered


def holders(tx: Tx, case: Case, membership: Membership) -> list[str]:
    """Account ids that hold the key in force by verified grants (escrow as the organisation's id)."""
    chain = believed_grants(tx, case, membership)
    return sorted(chain[max(chain)]) if chain else []


def key_in_force(tx: Tx, who: SignIn, case: Case, membership: Membership) -> tuple[int, bytes]:
    """Version and key that new content is sealed with; NoCaseKey if `who` was left out of it."""
    known: dict[str, int] = tx.info.setdefault("case_versions", {})
    if case.id not in known:
        known[case.id] = max(believed_grants(tx, case, membership), default=1)
    return known[case.id], case_key(tx, who, case, membership, known[case.id])


def _cache(tx: Tx) -> dict[tuple[str, int, str], bytes]:
    held: dict[tuple[str, int, str], bytes] = tx.info.setdefault("case_keys", {})
    return held


def case_key(tx: Tx, who: SignIn, case: Case, membership: Membership, version: int) -> bytes:
    """The key of one version as granted to `who`; NoCaseKey without a verified grant. Kept for this tx only."""
    slot = (case.id, version, who.user_id)
    if slot in _cache(tx):
        return _cache(tx)[slot]
    chain = believed_grants(tx, case, membership)
    mine = chain.get(version, {}).get(who.user_id)
    if mine is None:
        raise NoCaseKey
    try:
        opened = who.keys.open_box(mine.boxed_key)
    except SealBroken:
        raise NoCaseKey from None
    if opened[:12] != bytes.fromhex(case.id) or opened[12:16] != version.to_bytes(4, "big"):
        raise NoCaseKey
    _cache(tx)[slot] = opened[16:]
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
