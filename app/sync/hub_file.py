"""`hub.json`: where the hub is and what this PC carries. Read by the courier with nobody signed in; owner only."""

from __future__ import annotations

from pathlib import Path

import msgspec

from app.common.errors import EnvironmentFault
from app.common.words import N_
from db.keyfile import replace_file

HUB_FILE = "hub.json"
USUAL_INTERVAL = 60


class HubFile(msgspec.Struct):
    """`url` None: no hub yet. `device`: this PC's id in hex. `streams`: what it fetches, "org" first. `interval`:
    seconds between synchronisations while the window is open, or None for the night only."""

    device: str
    streams: list[str]
    url: str | None = None
    interval: int | None = None


def read_hub_file(workspace: Path) -> HubFile | None:
    """None if this PC synchronises with nobody; EnvironmentFault "hub-file-damaged" in words."""
    try:
        return msgspec.json.decode((workspace / HUB_FILE).read_bytes(), type=HubFile)
    except FileNotFoundError:
        return None
    except (msgspec.MsgspecError, OSError):
        raise EnvironmentFault(
            "hub-file-damaged", N_("The file hub.json cannot be read. Set the hub again in Settings; nothing is lost.")
        ) from None


def write_hub_file(workspace: Path, content: HubFile) -> None:
    """Durable and whole; mode 0600."""
    replace_file(workspace / HUB_FILE, msgspec.json.format(msgspec.json.encode(content), indent=1))
