"""What the doctor sees once the data file is open: its pages, its chain, its members, its packets, what waits."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from app.common.words import ntr, tr
from app.security import audit, membership
from app.security.context import FAULTS, Context
from app.sync.hub_file import read_hub_file
from app.sync.spool import SPOOL
from app.upkeep.checks import Finding, Step, listed, sentences
from app.upkeep.traffic import packets_here
from db.copying import Soundness, look_through
from db.engine import Tx
from db.errors import FaultKind, StorageFault
from db.models import (
    Account,
    AuditEntry,
    Case,
    Client,
    Device,
    Loser,
    Organisation,
    ReleasedLetter,
    SearchEntry,
    Segment,
    Staff,
)
from db.replica.files import read_regular
from db.replica.names import MAX_SEGMENT_BYTES, fits, parse_name, segment_hash
from db.replica.sealing import unsealed
from db.replica.segments import NO_SEGMENT, SegmentBroken, proven_by, read_envelope
from db.schema import LATEST, version_of

_RECENT = timedelta(days=30)
_QUIET, _GONE = timedelta(days=14), timedelta(days=90)


def database(path: Path, key: bytes, step: Step) -> Finding:
    """Every page, the structure, the references, the schema."""
    found = look_through(path, key, step)
    if found.pages:
        found = look_through(path, key, step)  # a page may have been on its way from the log into the file
    if not found.sound:
        return False, sentences(_faults(found), tr("Leave the folder as it is and restore the last backup."))
    schema = found.contents.schema
    if schema > LATEST:
        return False, tr(FAULTS[FaultKind.NEWER])
    if schema < LATEST:
        return True, tr(
            "Whole, and of an earlier version of this program: whoever signs in next brings it up to date. The rest "
            "is looked at after that."
        )
    rows = sum(found.contents.rows.values())
    return True, tr("Every page is as it was written; {n} rows in good order.", n=f"{rows:,}")


def of_this_version(ctx: Context) -> bool:
    """Whether the rest can be looked at; a file that does not even say so is."""
    try:
        with ctx.db.read() as tx:
            return version_of(tx.connection()) == LATEST
    except StorageFault:
        return True


def _faults(found: Soundness) -> str:
    return sentences(
        tr("{n} pages were altered or are damaged.", n=found.pages) if found.pages else "",
        tr("{n} places in its structure are wrong.", n=found.structure) if found.structure else "",
        tr("{n} rows refer to something that is not there.", n=found.references) if found.references else "",
    )


def sign_in(ctx: Context, device_of_accounts: str, _step: Step) -> Finding:
    """The root is the one this account believes in, the log believes the account, both files are of one PC."""
    with ctx.db.read() as tx:
        device, organisation = tx.execute(select(Device)).scalars().first(), tx.get(Organisation, _org(ctx))
        if device is None or organisation is None:
            return False, tr("The data file does not say whose it is: it was altered. Restore the last backup.")
        named = (organisation.root_sign, organisation.root_box)
        if named != (ctx.root.sign, ctx.root.box) or device.root_sign != ctx.root.sign:
            return False, tr(
                "The data file names another organisation root than the one your account believes in: it was "
                "altered. Do not work on this PC; call the director."
            )
        if device.id.hex() != device_of_accounts:
            return False, tr("accounts.json and centre.db belong to two different PCs. Restore the last backup.")
        account, member = tx.get(Account, ctx.who.user_id), ctx.members(tx).members.get(ctx.who.user_id)
    if account is None or member is None or not account.active:
        return False, tr("This account no longer belongs to the organisation. Ask the director.")
    return True, tr("{name} may sign in here, and the organisation's root is the right one.", name=member.name)


def audit_chain(ctx: Context, step: Step) -> Finding:
    """Every entry of every PC's chains, and that the chains reach what this PC's own packets say of them."""
    with ctx.db.read() as tx:
        step()
        broken = audit.broken_at(tx)
        if broken is not None:
            return False, tr(
                "The chain of PC {letter} is broken at entry {n}: an entry was altered or taken away. Call the "
                "director; leave the folder as it is.",
                letter=_letter(ctx, tx, broken[0]),
                n=broken[1],
            )
        step()
        held = select(AuditEntry.hash)
        cut = tx.execute(
            select(func.max(Segment.audit_seq)).where(
                Segment.state == "own", Segment.audit_seq > 0, Segment.audit_head.not_in(held)
            )
        ).scalar()
        if cut is not None:
            return False, tr(
                "The chain of this PC was cut off: entry {n} was there and is gone. Call the director.", n=cut
            )
        entries = tx.execute(select(func.count()).select_from(AuditEntry)).scalar_one()
    return True, tr("{n} entries, none altered, none missing.", n=f"{entries:,}")


def members(ctx: Context, _step: Step) -> Finding:
    """Every statement of the log is proven, down from the root."""
    with ctx.db.read() as tx:
        log = membership.statements(tx)
        doubtful = membership.unproven(log, _org(ctx), ctx.root)
        found = ctx.members(tx)
    if doubtful:
        return False, ntr(
            "{n} statement about members or PCs is signed by nobody who may; it counts for nothing. Call the director.",
            "{n} statements about members or PCs are signed by nobody who may; they count for nothing. Call the "
            "director.",
            doubtful,
        )
    people = ntr("{n} member", "{n} members", len(found.members))
    pcs = ntr("{n} PC", "{n} PCs", len(found.devices))
    return True, tr("{people} and {pcs}, each proven down from the root.", people=people, pcs=pcs)


def segments(ctx: Context, place: Path, step: Step) -> Finding:
    """The packets kept here and those in the spool carry the signature of the PC that they name."""
    with ctx.db.read() as tx:
        devices = ctx.members(tx).devices
        rows = tx.execute(select(Segment.hash, Segment.state, Segment.taken_at)).all()
        forged = _own_unproven(tx, devices, step)
        chain = _own_gaps(tx)
    for path in packets_here(place):
        step()
        name, data = parse_name(path), read_regular(place / SPOOL / path, MAX_SEGMENT_BYTES)
        if name is not None and data is not None and fits(name, data) and name.device in devices:
            forged += not _signed(data, devices)
    refused = sum(state == "refused" and ctx.clock.now() - at < _RECENT for _, state, at in rows)
    if forged or chain:
        return False, sentences(
            tr("{n} data packets do not carry the signature of the PC that they name.", n=forged) if forged else "",
            tr("{n} of this PC's own data packets are missing from their chain.", n=chain) if chain else "",
            tr("Nothing is taken in from such a packet. Call the director."),
        )
    said = ntr("{n} data packet, properly signed.", "{n} data packets, all properly signed.", len(rows))
    if refused:
        return False, sentences(
            said, tr("{n} forged or damaged ones were refused in the last 30 days; ask who uses the hub.", n=refused)
        )
    return True, said


def _own_unproven(tx: Tx, devices: Any, step: Step) -> int:
    wrong = 0
    for name in tx.execute(select(Segment.hash).where(Segment.state == "own")).scalars().all():
        step()
        sealed = tx.execute(select(Segment.sealed).where(Segment.hash == name)).scalar()
        wrong += sealed is not None and (segment_hash(sealed) != name or not _signed(sealed, devices))
    return wrong


def _signed(data: bytes, devices: Any) -> bool:
    try:
        envelope = read_envelope(data)
    except SegmentBroken:
        return False
    known = devices.get(envelope.header.device)
    return known is not None and proven_by(envelope, known.keys.sign)


def _own_gaps(tx: Tx) -> int:
    """Own packets whose predecessor is not here."""
    known = set(tx.execute(select(Segment.hash)).scalars())
    before = tx.execute(
        select(Segment.previous).where(Segment.state == "own", Segment.previous != NO_SEGMENT)
    ).scalars()
    return sum(one not in known for one in before)


def unsent(ctx: Context, place: Path, _step: Step) -> Finding:
    """What no packet carries yet: never a fault by itself."""
    with ctx.db.read() as tx:
        waiting = unsealed(tx)
    if read_hub_file(place) is None:
        return True, tr("This PC synchronises with no other; all that was typed waits for the day when it does.")
    if not waiting:
        return True, tr("Everything that was typed is in a data packet.")
    return True, ntr(
        "{n} change waits for the next synchronisation.", "{n} changes wait for the next synchronisation.", waiting
    )


def reviews(ctx: Context, _step: Step) -> Finding:
    """Both sides are kept: work for the desk, no fault."""
    with ctx.db.read() as tx:
        found = tx.execute(select(func.count()).select_from(Loser).where(Loser.settled_at.is_(None))).scalar_one()
    if not found:
        return True, tr("Nothing was written differently on two PCs.")
    return True, ntr(
        "{n} thing was written differently on two PCs; both sides are kept, decide it in the list.",
        "{n} things were written differently on two PCs; both sides are kept, decide them in the list.",
        found,
    )


def peers(ctx: Context, _step: Step) -> Finding:
    """Whether each of the other PCs was heard lately. After 90 days one is taken for gone, and no longer missed."""
    with ctx.db.read() as tx:
        own = tx.execute(select(Device.id)).scalar_one()
        rows = tx.execute(select(Segment.device, Segment.at, Segment.taken_at).where(Segment.state == "merged"))
        heard: dict[bytes, datetime] = {}
        for device, at, taken_at in rows:
            spoke = min(at, taken_at)  # a clock that runs ahead proves no later life
            heard[device] = max(heard.get(device, spoke), spoke)
        others = [known for known in ctx.members(tx).devices.values() if known.device != own]
    now, silent = ctx.clock.now(), list[str]()
    for one in sorted(others, key=lambda known: known.letter):
        last = heard.get(one.device)
        if last is not None and _QUIET < now - last < _GONE:
            days = (now - last).days
            silent.append(tr("{letter} ({name}), {n} days", letter=one.letter, name=one.name, n=days))
    if silent:
        return False, tr(
            "Nothing came for long from: {which}. Is it switched on, does it reach the hub?", which=listed(silent)
        )
    if not others:
        return True, tr("There is no other PC.")
    return True, ntr("{n} other PC, heard lately or new.", "{n} other PCs, heard lately or new.", len(others))


def numbers(ctx: Context, _step: Step) -> Finding:
    """No number names two."""
    twice: list[str] = []
    with ctx.db.read() as tx:
        for model in (Client, Case, ReleasedLetter, Staff):
            column = model.number
            found = select(column).where(column != "").group_by(column).having(func.count() > 1).order_by(column)
            twice += tx.execute(found).scalars().all()
    if twice:
        which = listed([*twice[:5], *(["…"] if len(twice) > 5 else [])])
        return False, sentences(
            ntr(
                "{n} number names two records: {which}.",
                "{n} numbers name two records: {which}.",
                len(twice),
                which=which,
            ),
            tr("This happens after a folder was copied. Nothing is lost; let one of the two PCs join anew."),
        )
    return True, tr("No number was given out twice.")


def search(ctx: Context, _step: Step) -> Finding:
    """The search box finds every client."""
    with ctx.db.read() as tx:
        indexed = select(SearchEntry.client_id)
        lost = tx.execute(select(func.count()).select_from(Client).where(Client.id.not_in(indexed))).scalar_one()
        total = tx.execute(select(func.count()).select_from(Client)).scalar_one()
    if lost:
        return False, tr("{n} of {total} clients are not found by the search box. Report this.", n=lost, total=total)
    return True, tr("It knows all {n} clients.", n=f"{total:,}")


def _org(ctx: Context) -> str:
    return ctx.who.organisation_id


def _letter(ctx: Context, tx: Tx, chain: bytes) -> str:
    known = ctx.members(tx).devices.get(chain[:8])
    return known.letter if known is not None else chain[:4].hex()
