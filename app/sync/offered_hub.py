"""Whether the hub that a packet names is within reach of the new PC, too, and the same one.

The address alone proves nothing: the same path may be another folder on another machine, and a PC that synchronised
with that would hear of nobody. A segment of the packet that lies there with the same bytes does.
"""

from __future__ import annotations

from app.common.errors import UserError
from app.sync.hubs import hub_words, open_hub
from app.sync.joining import JoinOffer
from db.replica.hubs import SEGMENTS
from db.replica.names import MAX_SEGMENT_BYTES

_TRIED = 5


def reachable_hub(offer: JoinOffer) -> str | None:
    """The offered address if it leads to the organisation's own hub from here; None for anything else."""
    url, newest = offer.hub_url, offer.packet.segments[-_TRIED:]
    if not url:
        return None
    try:
        hub = open_hub(url)
        with hub_words(url):
            return (
                url
                if any(hub.read(f"{SEGMENTS}/{one.path}", MAX_SEGMENT_BYTES) == one.data for one in newest)
                else None
            )
    except UserError:
        return None
