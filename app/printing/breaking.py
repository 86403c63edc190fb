"""Where a Chinese line may end, and how wide it is then: 避头尾 and the squeezing of neighbouring marks.

The PDF library's own CJK wrapping begins one line in nine with a forbidden mark. Widths are in em
(multiples of the type size), so that one break serves every size.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

HALF_RIGHT_BLANK = frozenset("，。、；：？！）》」』】〕〉〗”’")
"""Full-width marks whose right half is blank; at a line's end that half is given up."""
HALF_LEFT_BLANK = frozenset("（《「『【〔〈〖“‘")
"""Full-width marks whose left half is blank; given up at a line's start."""

NOT_AT_START = HALF_RIGHT_BLANK | frozenset("·～％‰℃℉々／/-–,.;:?!)]}%°")
NOT_AT_END = HALF_LEFT_BLANK | frozenset("([{＃#￥¥$№／/-–")  # a dash at an end is dropped by readers that copy
_TWINS = frozenset("—…")
_SPACES = " \t\u3000"
_FIRST_WIDE = 0x2E80
_NARROW_MARKS = frozenset("—…“”‘’·×℃℉‰№")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the broken text. The `text` of all lines, joined, is the text that went in."""

    text: str
    shown: str
    """`text` without the spaces at its end, which take no room."""
    width: float
    """What the ink takes, in em, before any justification."""
    lead: float
    """Blank at the start that is drawn left of the edge."""
    squeezes: tuple[int, ...]
    """Indices into `shown` after which the next character moves half an em to the left."""
    full: bool
    """To be spread to the edge: another line of the paragraph follows."""


@lru_cache(maxsize=16384)
def _joined(before: str, after: str, spaced: bool) -> bool:
    """Whether a line may not end between these two, neighbours but for spaces if `spaced`."""
    if after in NOT_AT_START or before in NOT_AT_END or unicodedata.category(after)[0] == "M":
        return True
    if spaced:
        return False
    return (before == after and before in _TWINS) or (_runs(before) and _runs(after))


@lru_cache(maxsize=16384)
def _runs(character: str) -> bool:
    """Belongs to a run of Latin letters, digits and their signs, which is kept together."""
    return ord(character) < _FIRST_WIDE and character not in _SPACES and character not in _NARROW_MARKS


def pieces(text: str) -> list[int]:
    """The ends of the smallest pieces that stay together; spaces belong to the piece before them."""
    ends: list[int] = []
    solid = ""
    spaced = False
    for index, character in enumerate(text):
        if character in _SPACES:
            spaced = True
            continue
        if solid and not _joined(solid, character, spaced):
            ends.append(index)
        solid, spaced = character, False
    ends.append(len(text))
    return ends


class _Ruler:
    """Widths of stretches of one text."""

    def __init__(self, text: str, widths: Mapping[int, float]) -> None:
        self.text = text
        self.squeezed = [_squeezes(a, b) for a, b in pairwise(text)] + [False]
        self.before = [0.0]
        total = 0.0
        for character, squeezed in zip(text, self.squeezed, strict=True):
            total += widths.get(ord(character), 1000.0) / 1000.0 - (0.5 if squeezed else 0.0)
            self.before.append(total)

    def solid_end(self, start: int, end: int) -> int:
        while end > start and self.text[end - 1] in _SPACES:
            end -= 1
        return end

    def lead(self, start: int, first: bool) -> float:
        return 0.5 if not first and self.text[start] in HALF_LEFT_BLANK else 0.0

    def width(self, start: int, end: int, first: bool) -> float:
        end = self.solid_end(start, end)
        if end == start:
            return 0.0
        width = self.before[end] - self.before[start] - self.lead(start, first)
        if self.text[end - 1] in HALF_RIGHT_BLANK and not self.squeezed[end - 1]:
            width -= 0.5
        elif self.squeezed[end - 1] and self.text[end - 1] in HALF_LEFT_BLANK:
            width += 0.5
        return width


def _squeezes(before: str, after: str) -> bool:
    if before in HALF_RIGHT_BLANK:
        return after in HALF_RIGHT_BLANK or after in HALF_LEFT_BLANK
    return before in HALF_LEFT_BLANK and after in HALF_LEFT_BLANK


def _within_room(ruler: _Ruler, start: int, end: int, room: float, first: bool) -> int:
    """Where to cut a piece wider than a whole line: as late as fits, at least one character on."""
    cut = start + 1
    while cut < end and ruler.width(start, cut + 1, first) <= room:
        cut += 1
    return cut


def break_lines(text: str, widths: Mapping[int, float], width: float, indent: float = 0.0) -> list[Line]:
    """The lines of one paragraph (no newlines in it). `widths` in thousandths; `width`, `indent` in em.

    A line is never wider than `width` unless a single character is; a piece that may not be parted is parted
    only when it alone is wider than a line.
    """
    if not text:
        return []
    ruler = _Ruler(text, widths)
    lines: list[Line] = []
    start, fitted = 0, 0
    for piece_end in pieces(text):
        while piece_end > fitted:
            room = width - (0.0 if lines else indent)
            if ruler.width(start, piece_end, not lines) <= room + 1e-9:
                fitted = piece_end
            elif fitted > start:
                lines.append(_line(ruler, start, fitted, not lines))
                start = fitted
            else:
                cut = _within_room(ruler, start, piece_end, room, not lines)
                if cut < piece_end:
                    lines.append(_line(ruler, start, cut, not lines))
                    start = cut
                fitted = cut
    lines.append(_line(ruler, start, len(text), not lines, last=True))
    return lines


def _line(ruler: _Ruler, start: int, end: int, first: bool, last: bool = False) -> Line:
    solid = ruler.solid_end(start, end)
    squeezes = tuple(i - start for i in range(start, solid - 1) if ruler.squeezed[i])
    return Line(
        text=ruler.text[start:end],
        shown=ruler.text[start:solid],
        width=ruler.width(start, end, first),
        lead=ruler.lead(start, first) if solid > start else 0.0,
        squeezes=squeezes,
        full=not last,
    )
