"""The design tokens: every colour and size on screen is one of these, so that light and dark stay one design.

Plain data without Qt, so that the contrast of each pair can be computed in a test.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Colours:
    """One appearance. A `*_soft` is the ground its namesake is written on."""

    ground: str
    surface: str
    line: str
    text: str
    muted: str
    accent: str
    accent_soft: str
    urgent: str
    urgent_soft: str
    attention: str
    attention_soft: str
    info: str
    info_soft: str
    neutral: str
    neutral_soft: str
    edge: str
    """The border of what is typed into or ticked: 3:1 against the surface (WCAG 1.4.11)."""
    raised: str
    """The ground of suggestions and wells, a breath away from the surface."""
    hover: str
    on_accent: str
    accent_strong: str
    """The accent under the pointer."""
    on_urgent: str
    urgent_strong: str
    disabled: str
    thumb: str
    scrim: str

    def named(self) -> dict[str, str]:
        """Token name to colour, for the style sheet."""
        return asdict(self)


LIGHT = Colours(
    ground="#F6F7F9",
    surface="#FFFFFF",
    line="#E4E7EC",
    text="#1A2330",
    muted="#5D6979",
    accent="#0B7A66",
    accent_soft="#E3F4F0",
    urgent="#B42318",
    urgent_soft="#FDECEA",
    attention="#A15C07",
    attention_soft="#FDF3DC",
    info="#1D5FBF",
    info_soft="#E6F0FD",
    neutral="#4B5768",
    neutral_soft="#EEF1F5",
    edge="#8B95A4",
    raised="#FAFBFC",
    hover="#F1F3F6",
    on_accent="#FFFFFF",
    accent_strong="#086554",
    on_urgent="#FFFFFF",
    urgent_strong="#951C13",
    disabled="#98A2B0",
    thumb="#C9D0DA",
    scrim="#59101820",
)

DARK = Colours(
    ground="#14181E",
    surface="#1C222A",
    line="#2E3642",
    text="#E8ECF1",
    muted="#9AA6B5",
    accent="#35B89E",
    accent_soft="#173A35",
    urgent="#F28B80",
    urgent_soft="#42201E",
    attention="#EDB35A",
    attention_soft="#3E3017",
    info="#7FB2F5",
    info_soft="#1C3047",
    neutral="#A9B4C2",
    neutral_soft="#2A323D",
    edge="#667487",
    raised="#202731",
    hover="#252D37",
    on_accent="#0B2620",
    accent_strong="#4CC9B0",
    on_urgent="#2B0F0C",
    urgent_strong="#F7A69D",
    disabled="#5E6B7B",
    thumb="#3D4858",
    scrim="#8C05080C",
)

APPEARANCES = {"light": LIGHT, "dark": DARK}

SPACE = (4, 8, 12, 16, 24)
"""Distances. Text is 11, 12, 13 or 18 px; a number 22."""
RADIUS_CONTROL = 6
RADIUS_CARD = 8
CONTROL_HEIGHT = 32
ROW_HEIGHT = 40

TONES = ("neutral", "accent", "urgent", "attention", "info")
"""What a badge may mean: the four states and the accent; each is always written out in words as well."""


def tone_pair(colours: Colours, tone: str) -> tuple[str, str]:
    """(foreground, ground) of a tone; an unknown tone is a KeyError."""
    if tone not in TONES:
        raise KeyError(tone)
    named = colours.named()
    return named[tone], named[f"{tone}_soft"]


def contrast(one: str, other: str) -> float:
    """The WCAG 2.2 contrast ratio of two `#RRGGBB` colours, 1 to 21."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
