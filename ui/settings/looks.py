"""Language, appearance and text size: of this PC, at once."""

from __future__ import annotations

from app.common import words
from app.common.words import tr
from ui import theme
from ui.desk import Desk
from ui.widgets.card import Card
from ui.widgets.field import Field
from ui.widgets.segmented import SegmentedControl


class LooksCard(Card):
    """Three rows of alternatives."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(tr("Appearance"), tr("on this PC"))
        self._desk = desk
        now = theme.current()
        self.language = SegmentedControl([("zh", "中文"), ("en", "English")], value=words.language())
        modes = [("system", tr("As the system")), ("light", tr("Light")), ("dark", tr("Dark"))]
        self.mode = SegmentedControl(modes, value=now.mode)
        self.scale = SegmentedControl([(n, f"{n}%") for n in theme.SCALES], value=now.scale)
        self.language.chosen.connect(self._speak)
        self.mode.chosen.connect(lambda mode: self._dress(mode=str(mode)))
        self.scale.chosen.connect(lambda scale: self._dress(scale=int(str(scale))))
        self.add(
            Field(tr("Language"), self.language),
            Field(tr("Colours"), self.mode),
            Field(tr("Text size"), self.scale),
        )

    def _speak(self, language: object) -> None:
        if self._desk.window is not None:
            self._desk.window.set_language(str(language))

    def _dress(self, *, mode: str | None = None, scale: int | None = None) -> None:
        if self._desk.window is not None:
            self._desk.window.set_appearance(mode=mode, scale=scale)
