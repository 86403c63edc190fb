"""A referral letter, warm, against the PDF library drawing the same strings at the same places without our layout."""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from unittest import mock

from reportlab.pdfgen.canvas import Canvas

from app.printing import fonts
from app.printing.letter import render_letter
from app.printing.pen import A4, Pen, Style
from app.printing.specimen import SAMPLE

LETTER = replace(SAMPLE, student="王子琪", watermark="")
Drawn = tuple[int, float, float, str, str, float]
"""Page, x, y, text, face, size."""


def _strings() -> list[Drawn]:
    """All that the letter draws, gathered once by listening to the pen; the reply twice, as it is seen."""
    drawn: list[Drawn] = []
    page = 0
    draw, turn = Pen._runs, Pen.next_page

    def runs(
        pen: Pen, parts: list[tuple[float, str]], y: float, style: Style, spacing: float, spelled: str | None = None
    ) -> None:
        drawn.extend((page, x, y, text, style.face, style.size) for x, text in parts)
        draw(pen, parts, y, style, spacing, spelled)

    def next_page(pen: Pen) -> None:
        nonlocal page
        page += 1
        turn(pen)

    def stamp(pen: Pen, name: str, inner: Callable[[], None]) -> None:
        inner()

    with mock.patch.multiple(Pen, _runs=runs, next_page=next_page, stamp=stamp):
        render_letter(LETTER)
    return drawn


def _reference(strings: list[Drawn]) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=1, invariant=1)
    shown = 0
    for page, x, y, text, face, size in strings:
        if page != shown:
            canvas.showPage()
            shown = page
        canvas.setFont(face, size)
        canvas.drawString(x, y, text)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _seconds(work: Callable[[], bytes]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def run(rounds: int = 9) -> dict[str, object]:
    """Medians of `rounds` taken in turn, in seconds."""
    fonts.use()
    strings = _strings()
    ours, reference = [], []
    for _ in range(rounds):
        ours.append(_seconds(lambda: render_letter(LETTER)))
        reference.append(_seconds(lambda: _reference(strings)))
    mine, theirs = statistics.median(ours), statistics.median(reference)
    return {"name": "a referral letter, warm", "ours": mine, "reference": theirs, "ratio": mine / theirs, "goal": 1.5}


if __name__ == "__main__":
    print(run())
