"""Human numbers: they carry the centre, the PC's letter and a check character, so that two PCs never give
out the same one and a slip of the pen is noticed.

`LSA-2026-0118-3`: centre LS, PC A, year, running number of that PC, check character.
"""

from __future__ import annotations

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def check_character(body: str) -> str:
    """Luhn over base 34 (no I, no O): one wrong or two swapped neighbouring characters are noticed."""
    total, factor = 0, 2
    size = len(_ALPHABET)
    for character in reversed([c for c in body.upper() if c in _ALPHABET]):
        addend = factor * _ALPHABET.index(character)
        total += addend // size + addend % size
        factor = 3 - factor
    return _ALPHABET[(size - total % size) % size]


def human_number(centre_code: str, device_letter: str, year: int, running: int) -> str:
    """A number such as LSA-2026-0118-3."""
    body = f"{centre_code}{device_letter}-{year}-{running:04d}"
    return f"{body}-{check_character(body)}"


def valid_number(number: str) -> bool:
    """Whether the check character fits."""
    body, _, check = number.strip().upper().rpartition("-")
    return bool(body) and check_character(body) == check


def running_of(number: str) -> int:
    """The running part of a human number."""
    return int(number.split("-")[2])


def short_number(number: str) -> str:
    """Year and running number, for a narrow list of this PC's own: 2026-0118."""
    parts = number.split("-")
    return f"{parts[1]}-{parts[2]}" if len(parts) == 4 else number
