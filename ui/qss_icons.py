"""The few drawings that a style sheet names by path (ticks, arrows), as a Qt resource made in memory.

A style sheet cannot tint; committing every drawing once per appearance would let the copies drift from the tokens.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from PySide6.QtCore import QResource

from ui import svg
from ui.tokens import APPEARANCES, Colours

ROOT = ":/desk"
_registered: bytes | None = None


def register() -> None:
    """Makes `:/desk/light/*.svg` and `:/desk/dark/*.svg` readable; once."""
    global _registered
    if _registered is None:
        folders = {name: _drawings(colours) for name, colours in APPEARANCES.items()}
        _registered = _pack({"desk": folders})
        if not QResource.registerResourceData(_registered):
            raise RuntimeError("icons of the style sheet")


def _drawings(colours: Colours) -> dict[str, bytes]:
    return {
        "down.svg": svg.tinted("chevron-down", colours.muted),
        "up.svg": svg.tinted("chevron-up", colours.muted),
        "left.svg": svg.tinted("chevron-left", colours.muted),
        "right.svg": svg.tinted("chevron-right", colours.muted),
        "down_off.svg": svg.tinted("chevron-down", colours.disabled),
        "check.svg": svg.tinted("check", colours.on_accent, stroke=3),
        "minus.svg": svg.tinted("minus", colours.on_accent, stroke=3),
        "tick.svg": svg.tinted("check", colours.accent),
        "radio.svg": _circle(colours.edge, colours.surface),
        "radio_focus.svg": _circle(colours.accent, colours.surface, ring=3),
        "radio_on.svg": _circle(colours.accent, colours.accent, dot=colours.on_accent),
        "radio_on_focus.svg": _circle(colours.text, colours.accent, dot=colours.on_accent, ring=3),
    }


def _circle(edge: str, fill: str, *, dot: str = "none", ring: float = 1.5) -> bytes:
    """A radio button on the 24-unit grid."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">'
        f'<circle cx="12" cy="12" r="{12 - ring / 2 - 0.2:g}" fill="{fill}" stroke="{edge}" stroke-width="{ring:g}"/>'
        f'<circle cx="12" cy="12" r="4.5" fill="{dot}"/></svg>'
    ).encode()


Tree = Mapping[str, "Tree | bytes"]


def _pack(tree: Tree) -> bytes:
    """Qt's binary resource format, version 1: header, tree of 14-byte nodes, data, names."""
    names, data, nodes = bytearray(), bytearray(), bytearray()
    nodes += struct.pack(">IHII", 0, 2, len(tree), 1)
    waiting: list[Tree] = [tree]
    free = 1 + len(tree)
    while waiting:
        folder = waiting.pop(0)
        for name in sorted(folder, key=_hash):
            entry = folder[name]
            at = len(names)
            names += struct.pack(">HI", len(name), _hash(name)) + name.encode("utf-16-be")
            if isinstance(entry, bytes):
                nodes += struct.pack(">IHHHI", at, 0, 0, 1, len(data))
                data += struct.pack(">I", len(entry)) + entry
            else:
                nodes += struct.pack(">IHII", at, 2, len(entry), free)
                free += len(entry)
                waiting.append(entry)
    head = 20
    offsets = (head, head + len(nodes), head + len(nodes) + len(data))
    return struct.pack(">4sIIII", b"qres", 1, *offsets) + bytes(nodes) + bytes(data) + bytes(names)


def _hash(name: str) -> int:
    """Qt's hash of a resource name (`qt_hash`), by which siblings are sorted."""
    value = 0
    for letter in name:
        value = (value << 4) + ord(letter)
        value ^= (value & 0xF0000000) >> 23
        value &= 0x0FFFFFFF
    return value
