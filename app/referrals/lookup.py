"""A letter's number as it reaches the desk: scanned from a QR code, typed from paper, or only its end."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from app.common.errors import UserError
from app.common.ids import valid_number
from app.common.words import N_

_WHOLE = re.compile(r"([A-Z]{3,})-?([0-9]{4})-?([0-9]{4,})-?([0-9A-HJ-NP-Z])")
_END = re.compile(r"([0-9]{4,})-?([0-9A-HJ-NP-Z])")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－ー_", "-"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for: a whole number, or the end of one; `check` is the code of a scanned reply."""

    whole: str = ""
    end: str = ""
    check: str = ""


def read_number(typed: str) -> Wanted:
    """Reads `LSA-2026-0118-3`, the same without dashes, `0118-3`, or a scanned `LSA-2026-0118-3+7KQ2`.

    UserError: `number.missing`, `number.unreadable`, or `number.mistyped` where the check character does not fit.
    """
    text = unicodedata.normalize("NFKC", typed).translate(_DASHES).upper()
    text = re.sub(r"\s+", "", text)
    if not text:
        raise UserError("number.missing", N_("Scan the code on the reply, or type the letter's number."))
    number, plus, check = text.partition("+")
    if match := _WHOLE.fullmatch(number):
        whole = "-".join(match.groups())
        if not valid_number(whole):
            slip = N_("{number} is mistyped: its last character does not fit.")
            raise UserError("number.mistyped", slip, number=whole)
        return Wanted(whole=whole, check=check if plus else "")
    if match := _END.fullmatch(number):
        return Wanted(end=f"-{match[1]}-{match[2]}")
    raise UserError(
        "number.unreadable", N_("“{number}” is no letter number. It looks like LSA-2026-0118-3."), number=typed.strip()
    )
