"""Requests and packets of joining, left in the hub: `join/7K3M-Q9TX.join` and `.packet`.

Whoever can write to the hub can put anything there: only what is a whole request under its own name is shown, and a
packet proves itself when it is opened.
"""

from __future__ import annotations

import re

from app.common.errors import UserError
from app.sync import packets, requests
from app.sync.hubs import hub_words, open_hub
from app.sync.requests import JoinRequest, JoinRequestView, view_request
from db.replica.hubs import JOIN

_MOST_SHOWN = 50
_NAME = re.compile(rf"{JOIN}/[0-9A-Z]{{4}}-[0-9A-Z]{{4}}{re.escape(requests.SUFFIX)}")


def send_request(url: str, request: JoinRequest) -> None:
    """From the new PC; EnvironmentFault "hub-away" and the like in words."""
    _put(url, request.code + requests.SUFFIX, request.data)


def fetch_packet(url: str, request: JoinRequest) -> bytes | None:
    """From the new PC: None as long as no director has answered."""
    hub = open_hub(url)
    with hub_words(url):
        return hub.read(f"{JOIN}/{request.code}{packets.SUFFIX}", packets.MAX_BYTES)


def take_away(url: str, request: JoinRequest) -> None:
    """Once joined, or given up: nobody needs the two files any more."""
    hub = open_hub(url)
    with hub_words(url):
        for suffix in (requests.SUFFIX, packets.SUFFIX):
            hub.delete(f"{JOIN}/{request.code}{suffix}")


def waiting_requests(url: str) -> list[JoinRequestView]:
    """To the director: whole requests under their own name that nobody has answered, at most 50 of them, by code."""
    hub = open_hub(url)
    with hub_words(url):
        there = {path for path, _ in hub.list(JOIN)}
        asked = (path for path in there if _NAME.fullmatch(path))
        paths = sorted(path for path in asked if path.removesuffix(requests.SUFFIX) + packets.SUFFIX not in there)
        files = [(path, hub.read(path, requests.MAX_BYTES)) for path in paths[:_MOST_SHOWN]]
    found = []
    for path, data in files:
        try:
            view = view_request(data or b"")
        except UserError:
            continue
        if path == f"{JOIN}/{view.code}{requests.SUFFIX}":
            found.append(view)
    return found


def put_packet(url: str, code: str, packet: bytes) -> None:
    """From the director; an earlier packet for the same request is replaced."""
    _put(url, code + packets.SUFFIX, packet)


def _put(url: str, name: str, data: bytes) -> None:
    hub = open_hub(url)
    with hub_words(url):
        if not hub.create(f"{JOIN}/{name}", data):
            hub.replace(f"{JOIN}/{name}", data)
