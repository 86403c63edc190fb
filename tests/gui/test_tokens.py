"""The design tokens: every pair that is written with can be read, and the sheet names only tokens that exist."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon

from ui import icons, svg, theme
from ui.tokens import APPEARANCES, TONES, contrast, tone_pair

READ = [
    ("text", "ground"), ("text", "surface"), ("text", "raised"), ("text", "hover"), ("text", "accent_soft"),
    ("text", "neutral_soft"), ("muted", "ground"), ("muted", "surface"), ("muted", "raised"), ("muted", "hover"),
    ("muted", "accent_soft"), ("muted", "neutral_soft"), ("accent", "surface"), ("accent", "ground"),
    ("urgent", "surface"), ("urgent", "urgent_soft"), ("attention", "surface"), ("info", "surface"),
    ("on_accent", "accent"), ("on_accent", "accent_strong"), ("on_urgent", "urgent"), ("on_urgent", "urgent_strong"),
]  # fmt: skip
SEEN = [
    ("edge", "surface"),
    ("accent", "surface"),
    ("accent", "ground"),
    ("urgent", "surface"),
    ("accent", "accent_soft"),
]


@pytest.mark.parametrize("appearance", ["light", "dark"])
def test_what_is_read_has_the_contrast_of_level_aa(appearance: str) -> None:
    named = APPEARANCES[appearance].named()
    poor = {(a, b): round(contrast(named[a], named[b]), 2) for a, b in READ if contrast(named[a], named[b]) < 4.5}
    poor |= {(t, "soft"): 0.0 for t in TONES if contrast(*tone_pair(APPEARANCES[appearance], t)) < 4.5}
    assert not poor


@pytest.mark.parametrize("appearance", ["light", "dark"])
def test_what_shows_a_control_or_its_focus_has_three_to_one(appearance: str) -> None:
    named = APPEARANCES[appearance].named()
    assert not {pair: 0 for pair in SEEN if contrast(named[pair[0]], named[pair[1]]) < 3.0}


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_the_tokens_of_the_design_are_kept() -> None:
    light, dark = APPEARANCES["light"], APPEARANCES["dark"]
    assert (light.ground, light.text, light.accent, light.urgent) == ("#F6F7F9", "#1A2330", "#0B7A66", "#B42318")
    assert (dark.ground, dark.text, dark.accent, dark.urgent) == ("#14181E", "#E8ECF1", "#35B89E", "#F28B80")


@pytest.mark.parametrize("appearance", ["light", "dark"])
def test_the_sheet_is_filled_and_grows_with_the_text(appearance: str) -> None:
    plain, large = theme.sheet(appearance, 100), theme.sheet(appearance, 200)
    assert "$" not in plain.split("*/", 1)[1] and not re.search(r"px!", plain.split("*/", 1)[1])
    assert "font-size: 13px" in plain and "font-size: 26px" in large
    assert "border: 1px solid" in large


def test_the_theme_switches_live() -> None:
    theme.current().set(mode="dark", scale=150)
    assert theme.colour("accent") == QColor("#35B89E")
    assert theme.current().px(12) == 18
    theme.current().set(mode="light", scale=100)
    assert theme.colour("accent") == QColor("#0B7A66")


def test_an_icon_takes_its_colour_when_it_is_painted() -> None:
    icon = icons.icon("sun", "accent")
    light = icon.pixmap(QSize(16, 16)).toImage()
    theme.current().set(mode="dark")
    dark = icon.pixmap(QSize(16, 16)).toImage()
    assert light != dark
    off = icon.pixmap(QSize(16, 16), QIcon.Mode.Disabled).toImage()
    assert off != dark


def test_every_icon_can_be_tinted() -> None:
    names = [path.stem for path in svg.FOLDER.glob("*.svg")]
    assert names
    assert all(b"#123456" in svg.tinted(name, "#123456") for name in names)
