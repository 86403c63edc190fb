"""Our own fonts, so that every standard character shows on any PC: the wheel of Qt brings none."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "fonts"
FAMILY = "Noto Sans SC"
_FILES = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf")
_loaded = False


def load() -> None:
    """Registers the screen's two weights once; mapped from the file, about 4 ms each."""
    global _loaded
    if _loaded:
        return
    for name in _FILES:
        if QFontDatabase.addApplicationFont(str(FOLDER / name)) < 0:
            raise FileNotFoundError(FOLDER / name)
    _loaded = True


def font(pixels: float, *, bold: bool = False) -> QFont:
    """The screen font at a height in pixels."""
    made = QFont(FAMILY)
    made.setPixelSize(max(1, round(pixels)))
    if bold:
        made.setWeight(QFont.Weight.Bold)
    return made
