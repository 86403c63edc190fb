"""One life of a PC's file: a restored or copied one begins another, so that two never continue one chain."""

from __future__ import annotations

from nacl.utils import random as random_bytes
from sqlalchemy import select, update

from db.engine import Tx
from db.models import Device

NOT_DRAWN = bytes(4)
"""What a backup holds: whoever opens it draws a new one."""


def renew_incarnation(tx: Tx) -> None:
    """The chains of this file's next segments begin anew, in every stream."""
    tx.execute(update(Device).values(incarnation=random_bytes(4)))


def draw_if_needed(tx: Tx) -> None:
    """At the opening of a file."""
    if tx.execute(select(Device.incarnation)).scalar_one() == NOT_DRAWN:
        renew_incarnation(tx)
