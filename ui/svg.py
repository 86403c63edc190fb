"""The Lucide drawings as text, tinted: one place that knows where they lie."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "icons"


@lru_cache(maxsize=128)
def source(name: str) -> str:
    """The drawing as committed; an unknown name is a FileNotFoundError."""
    return (FOLDER / f"{name}.svg").read_text(encoding="utf-8")


def tinted(name: str, colour: str, *, stroke: float = 2.0) -> bytes:
    """The drawing in one `#RRGGBB` colour, with lines `stroke` wide on the 24-unit grid."""
    text = source(name).replace("currentColor", colour)
    return text.replace('stroke-width="2"', f'stroke-width="{stroke:g}"').encode()
