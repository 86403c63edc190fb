"""A button that is only an icon; its name is spoken and shown as a tooltip."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from ui.widgets.button import QuietButton, SecondaryButton, key_text


class IconButton(QuietButton):
    """Icon, spoken name, and a key that is told in the tooltip."""

    ink = "neutral"
    over = "hover"

    def __init__(
        self,
        icon: str,
        name: str,
        on_click: Callable[[], object] | None = None,
        *,
        shortcut: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", on_click, icon=icon, shortcut=shortcut, parent=parent)
        self._keys = ""
        self.set_name(name, shortcut)

    def set_name(self, name: str, shortcut: str = "") -> None:
        """Changes what is spoken."""
        self.setAccessibleName(name)
        self.setToolTip(f"{name}  {key_text(shortcut)}" if shortcut else name)


class FramedIconButton(SecondaryButton):
    """As IconButton, with the border of a secondary button; for arrows beside other buttons."""

    def __init__(
        self,
        icon: str,
        name: str,
        on_click: Callable[[], object] | None = None,
        *,
        shortcut: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", on_click, icon=icon, shortcut=shortcut, parent=parent)
        self._keys = ""
        self.setAccessibleName(name)
        self.setToolTip(f"{name}  {key_text(shortcut)}" if shortcut else name)
