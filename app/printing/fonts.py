"""Our fonts on paper, and the promise that no character is lost on it.

The PDF library draws an empty box for a character that a font lacks, and copies names beyond the Basic
Multilingual Plane wrongly; both are caught here, before a letter with a child's name leaves the printer.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics, ttfonts

from app.common.errors import EnvironmentFault, UserError
from app.common.words import N_

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "fonts"

SERIF = "NotoSerifSC-Regular"
SANS = "NotoSansSC-Regular"
SANS_BOLD = "NotoSansSC-Bold"
FACES = (SERIF, SANS, SANS_BOLD)

_BLANKS = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x85\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f"
)
_INVISIBLE = (
    "\xad\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
_PLAIN: dict[str, str | None] = {**dict.fromkeys(_BLANKS, " "), **dict.fromkeys(_INVISIBLE)}
_TO_PLAIN = str.maketrans(_PLAIN)
_SPACES = frozenset(" \xa0\u3000")
_MAX_PER_BLOCK = 100  # bfchar entries that the CMap format allows in one block

_lock = threading.Lock()
_faces: dict[str, Any] = {}  # the library's parsed files; it has no types for them


def use() -> None:
    """Makes the faces known to the PDF library; cheap after the first call, safe from any thread."""
    if len(_faces) == len(FACES):
        return
    with _lock:
        ttfonts.makeToUnicodeCMap = to_unicode_map
        rl_config.useA85 = 0  # plain binary streams: a quarter smaller, and sooner written
        for name in FACES:
            if name not in _faces:
                _faces[name] = _registered(name)


def _registered(name: str) -> Any:
    try:
        font = ttfonts.TTFont(name, str(FOLDER / f"{name}.ttf"))
    except (OSError, ttfonts.TTFError) as fault:
        raise EnvironmentFault(
            "font-missing",
            N_("The font {name} is missing or damaged. Please install the program again."),
            name=name,
        ) from fault
    pdfmetrics.registerFont(font)
    return font.face


def to_unicode_map(fontname: str, subset: Sequence[int]) -> str:
    """The map by which a reader copies text: UTF-16BE, so with surrogates beyond U+FFFF."""
    entries = [
        f"<{code:02X}> <{chr(point).encode('utf-16-be').hex().upper()}>" for code, point in enumerate(subset) if point
    ]
    blocks: list[str] = []
    for start in range(0, len(entries), _MAX_PER_BLOCK):
        block = entries[start : start + _MAX_PER_BLOCK]
        blocks += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    head = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        f"/CIDSystemInfo << /Registry ({fontname}) /Ordering ({fontname}) /Supplement 0 >> def",
        f"/CMapName /{fontname} def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        "<00> <FF>",
        "endcodespacerange",
    ]
    tail = ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"]
    return "\n".join([*head, *blocks, *tail])


@lru_cache(maxsize=8)
def advances(name: str) -> dict[int, float]:
    """Code point to width, in thousandths of the font size."""
    use()
    return dict(_faces[name].charWidths)


@lru_cache(maxsize=65536)
def _drawn(character: str) -> bool:
    """Whether each face has ink (or, for a space, width) for the character."""
    use()
    point = ord(character)
    if unicodedata.category(character) in ("Co", "Cn", "Cs", "Cc", "Cf"):
        return False
    for face in _faces.values():
        glyph = face.charToGlyph.get(point, 0)
        blank = glyph and face.glyphPos[glyph] == face.glyphPos[glyph + 1]
        if not glyph or (blank and unicodedata.category(character) != "Zs"):
            return False
    return True


def missing_characters(text: str) -> list[str]:
    """The characters of `text` that paper cannot show, each once, in order of appearance."""
    return [c for c in dict.fromkeys(plain(text)) if c not in _SPACES and not _drawn(c)]


def plain(text: str) -> str:
    """`text` without what chat programs hide in copied text: odd blanks become spaces, marks without width vanish."""
    return text.translate(_TO_PLAIN)


def check(texts: Iterable[str]) -> None:
    """Raises UserError("missing-glyph") that names the characters which paper cannot show."""
    missing = missing_characters("".join(texts))
    if missing:
        named = "、".join(_named(c) for c in missing[:8])
        raise UserError(
            "missing-glyph",
            N_("Cannot be printed: {characters}. Nothing was printed. Please write these characters differently."),
            characters=named,
        )


def _named(character: str) -> str:
    code = f"U+{ord(character):04X}"
    visible = unicodedata.category(character)[0] not in "CZM"
    return f"{character}（{code}）" if visible else code
