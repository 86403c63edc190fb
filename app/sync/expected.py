"""What a joined PC was promised: the newest segment of each chain that the director's PC had seen that day.

Until all of them are here the PC says how many it still has to fetch, so that a hub which was rolled back, or withholds
something, is noticed on the very first day. Kept among this PC's settings.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select

from app.sync.packets import PacketHead
from db.engine import Tx
from db.models import Segment, Setting

_SETTING = "expected_heads"
_HERE = ("own", "merged", "refused")


def expect(tx: Tx, heads: Iterable[PacketHead]) -> None:
    """Remembers the heads of the streams that this PC carries."""
    rows = [[h.stream, h.device.hex(), h.incarnation.hex(), h.seq, h.hash.hex()] for h in heads]
    tx.add(Setting(name=_SETTING, value=rows))


def still_missing(tx: Tx) -> int:
    """How many segments that were promised at joining have not arrived; 0 on a PC that never joined."""
    setting = tx.get(Setting, _SETTING)
    return sum(_missing(tx, head) for head in setting.value) if setting is not None else 0


def _missing(tx: Tx, head: list[str | int]) -> int:
    stream, device, incarnation, seq, wanted = head
    if tx.get(Segment, bytes.fromhex(str(wanted))) is not None:
        return 0
    chain = (
        Segment.stream == stream,
        Segment.device == bytes.fromhex(str(device)),
        Segment.incarnation == bytes.fromhex(str(incarnation)),
        Segment.state.in_(_HERE),
    )
    here = tx.execute(select(func.max(Segment.seq)).where(*chain)).scalar() or 0
    return max(int(seq) - here, 1)
