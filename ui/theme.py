"""Dresses the application in the design tokens: palette, style sheet and fonts, switched live.

There is one QApplication and so one Theme; `theme.current()` is for what paints itself.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from ui import fonts, qss_icons, steady
from ui.tokens import APPEARANCES, Colours

SHEET = Path(__file__).resolve().parents[1] / "resources" / "styles" / "desk.qss"
MODES = ("system", "light", "dark")
SCALES = (100, 125, 150, 175, 200)


class Theme(QObject):
    """Which appearance is on, and how large the text is."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.mode = "system"
        self.scale = 100
        self.colours: Colours = APPEARANCES["light"]

    @property
    def dark(self) -> bool:
        return self.colours is APPEARANCES["dark"]

    def set(self, *, mode: str | None = None, scale: int | None = None) -> None:
        """Switches at once. `mode` is one of MODES, `scale` a percentage from 100 to 200."""
        if mode is not None:
            if mode not in MODES:
                raise ValueError(mode)
            self.mode = mode
        if scale is not None:
            self.scale = min(200, max(100, scale))
        self._apply()

    def px(self, length: float) -> int:
        """A length of the design in pixels at the present text size."""
        return round(length * self.scale / 100)

    def follow_system(self) -> None:
        """Takes the system's appearance over when it changes; called by Qt."""
        if self.mode == "system":
            self._apply()

    def _apply(self) -> None:
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            raise RuntimeError("a QApplication comes first")
        name = self.mode if self.mode != "system" else _system_appearance()
        self.colours = APPEARANCES[name]
        app.setFont(fonts.font(self.px(13)))
        app.setPalette(_palette(self.colours))
        app.setStyleSheet(sheet(name, self.scale))
        self.changed.emit()


_theme: Theme | None = None


def current() -> Theme:
    """The application's theme; before `start` an undressed light one, so that painting code needs no case."""
    global _theme
    if _theme is None:
        _theme = Theme()
    return _theme


def start(app: QApplication, *, mode: str = "system", scale: int = 100) -> Theme:
    """Dresses a fresh application: one base style on every system, our fonts, our sheet."""
    QTimer.singleShot(0, app, steady.hold_true)
    fonts.load()
    qss_icons.register()
    app.setStyle("Fusion")
    theme = current()
    app.styleHints().colorSchemeChanged.connect(theme.follow_system)
    theme.set(mode=mode, scale=scale)
    return theme


def colour(token: str) -> QColor:
    """The present colour of a token."""
    return QColor(getattr(current().colours, token))


def restyle(widget: QWidget, **properties: object) -> None:
    """Sets properties that the sheet selects by, and has the widget polished again."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


@lru_cache(maxsize=12)
def sheet(appearance: str, scale: int) -> str:
    """The style sheet: `$token` becomes a colour, `13px` is scaled unless written `13px!`."""
    text = SHEET.read_text(encoding="utf-8")
    named = {**APPEARANCES[appearance].named(), "icons": f"{qss_icons.ROOT}/{appearance}", "family": fonts.FAMILY}
    text = re.sub(r"\$([a-z_]+)", lambda match: named[match[1]], text)
    return re.sub(r"\b(\d+)px(!?)", lambda m: f"{m[1]}px" if m[2] else f"{round(int(m[1]) * scale / 100)}px", text)


def _system_appearance() -> str:
    scheme = QGuiApplication.styleHints().colorScheme()
    return "dark" if scheme == Qt.ColorScheme.Dark else "light"


def _palette(colours: Colours) -> QPalette:
    role = QPalette.ColorRole
    wanted = {
        role.Window: colours.ground,
        role.WindowText: colours.text,
        role.Base: colours.surface,
        role.AlternateBase: colours.raised,
        role.Text: colours.text,
        role.Button: colours.surface,
        role.ButtonText: colours.text,
        role.BrightText: colours.urgent,
        role.PlaceholderText: colours.muted,
        role.Highlight: colours.accent,
        role.HighlightedText: colours.on_accent,
        role.Accent: colours.accent,
        role.Link: colours.accent,
        role.LinkVisited: colours.accent,
        role.ToolTipBase: colours.surface,
        role.ToolTipText: colours.text,
        role.Light: colours.surface,
        role.Midlight: colours.hover,
        role.Mid: colours.line,
        role.Dark: colours.edge,
        role.Shadow: colours.line,
    }
    palette = QPalette()
    for key, value in wanted.items():
        palette.setColor(key, QColor(value))
    for key in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, key, QColor(colours.disabled))
    return palette
