"""Fonts: every standard character is there, and what is not there is said before it is printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.common.errors import UserError
from app.printing import fonts

STANDARD = Path(__file__).parents[1] / "fixtures" / "standard-characters-8105.txt"


def test_every_standard_character_is_in_every_face() -> None:
    characters = STANDARD.read_text(encoding="utf-8").split()
    assert len(characters) == 8105
    assert fonts.missing_characters("".join(characters)) == []


def test_each_font_lies_beside_its_licence() -> None:
    for name in ("OFL-NotoSansSC.txt", "OFL-NotoSerifSC.txt"):
        assert "SIL OPEN FONT LICENSE Version 1.1" in (fonts.FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("王子琪", []),
        ("㐂䶮𬭩𠅤", []),
        ("甲\u3000乙 丙\u00a0丁\n", []),
        ("王😀子😀", ["😀"]),
        ("王\ue863", ["\ue863"]),
        ("𡚸", ["𡚸"]),
        ("王\u200b子\ufeff，\u2003\u2028好\xad", []),
        ("王\U000e0100", ["\U000e0100"]),
        ("王\x07", ["\x07"]),
    ],
)
def test_missing_characters_are_found(text: str, missing: list[str]) -> None:
    assert fonts.missing_characters(text) == missing


def test_the_error_names_the_character_and_its_code() -> None:
    with pytest.raises(UserError) as refused:
        fonts.check(["王", "子😀", "\ue863"])
    assert refused.value.code == "missing-glyph"
    assert "😀（U+1F600）、U+E863" in refused.value.text()


def test_copied_names_beyond_the_basic_plane_are_surrogates() -> None:
    made = fonts.to_unicode_map("F", [0, ord("王"), 0x20164])
    assert "<01> <738B>" in made and "<02> <D840DD64>" in made and "2 beginbfchar" in made


def test_a_map_has_at_most_a_hundred_entries_a_block() -> None:
    made = fonts.to_unicode_map("F", list(range(0x4E00, 0x4EFF)))
    assert [line for line in made.splitlines() if "beginbfchar" in line] == [
        "100 beginbfchar",
        "100 beginbfchar",
        "55 beginbfchar",
    ]
