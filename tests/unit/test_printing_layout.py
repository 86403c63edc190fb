"""Pages: rows in order, no lone lines, the foot never alone when it need not be."""

from __future__ import annotations

import io
import subprocess

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from app.printing.layout import Row, draw_rows, height, kept, paginate, paragraph
from app.printing.pen import A4, Pen, Style


def _nothing(pen: Pen, x: float, top: float) -> None:
    """Draws nothing."""


ROWS = st.lists(
    st.builds(Row, st.floats(5, 60), st.just(_nothing), st.floats(0, 10), st.booleans()), min_size=0, max_size=60
)


@given(ROWS, st.floats(100, 300), st.floats(100, 300), st.floats(0, 90))
def test_every_row_is_on_one_page_in_order_and_fits(rows: list[Row], first: float, other: float, foot: float) -> None:
    pages = paginate(rows, first, other, foot)
    assert [id(row) for page in pages for row in page] == [id(row) for row in rows]
    for number, page in enumerate(pages):
        room = first if number == 0 else other
        need = height(page) + (foot if number == len(pages) - 1 else 0)
        assert need <= room + 1e-6
        assert page or len(pages) == 1 or number == len(pages) - 1


def test_a_paragraph_leaves_no_lone_line_behind() -> None:
    style = Style(size=10, leading=20)
    rows = paragraph("学" * 40, style, 100)
    assert len(rows) == 4
    assert [len(page) for page in paginate(rows, 60, 200)] == [2, 2]


def test_the_foot_brings_the_last_rows_with_it() -> None:
    rows = [Row(20, _nothing) for _ in range(5)]
    assert [len(page) for page in paginate(rows, 100, 100, 30)] == [4, 1]


def test_kept_rows_move_together() -> None:
    rows = [Row(20, _nothing) for _ in range(3)] + kept([Row(20, _nothing) for _ in range(3)])
    assert [len(page) for page in paginate(rows, 100, 100)] == [3, 3]


def test_line_breaks_typed_by_hand_are_kept_and_blank_ones_dropped() -> None:
    assert len(paragraph("一\n\n　二\r\n三 ", Style(), 300)) == 3


def _page(rows: list[Row]) -> bytes:
    pen = Pen(A4, "", "")
    draw_rows(pen, rows, 60, 780)
    pen.next_page()
    return pen.finish()


def _tool(pdf: bytes, *command: str) -> bytes:
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout


def test_full_lines_end_at_the_same_edge_whatever_marks_they_hold() -> None:
    """Measured in a picture with 72 pixels to an em."""
    style, room = Style(size=12, leading=24), 20.3 * 12
    edges = []
    for start in ("学学学学学", "学（（学））。，学", "“学”，（学）。“学", "PHQ-9，12学", "学——……学"):
        pdf = _page(paragraph(start + "学" * 40, style, room)[:1])
        image = Image.open(io.BytesIO(_tool(pdf, "pdftoppm", "-r", "432", "-gray", "-singlefile", "-")))
        box = ImageOps.invert(image).getbbox()
        assert box
        edges.append(box[2])
    assert max(edges) - min(edges) <= 3


def test_a_loose_line_is_copied_without_spaces() -> None:
    rows = paragraph("甲乙丙丁戊己PHQ-9-GAD-7-SDS甲乙丙丁戊己", Style(size=12, leading=20), 12.5 * 12)
    assert _tool(_page(rows), "pdftotext", "-", "-").decode().splitlines()[0] == "甲乙丙丁戊己"
