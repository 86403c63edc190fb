"""What this PC remembers about its window: language, looks, folder, who signed in last."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths

from app.common import words


class Preferences:
    """An ini file in the user's configuration folder."""

    def __init__(self) -> None:
        self._file = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "Longshan", "Desk")

    @property
    def language(self) -> str:
        """ "zh" or "en"; the system's until chosen."""
        value = self._text("language")
        return value if value in words.LANGUAGES else words.system_language()

    @language.setter
    def language(self, value: str) -> None:
        self._file.setValue("language", value)

    @property
    def appearance(self) -> str:
        """system, light or dark."""
        value = self._text("appearance")
        return value if value in ("system", "light", "dark") else "system"

    @appearance.setter
    def appearance(self, value: str) -> None:
        self._file.setValue("appearance", value)

    @property
    def scale(self) -> int:
        """Text size in percent, 100 to 200."""
        value = self._text("text-size")
        return min(200, max(100, int(value))) if value.isdigit() else 100

    @scale.setter
    def scale(self, value: int) -> None:
        self._file.setValue("text-size", str(value))

    @property
    def workspace(self) -> Path:
        """The folder opened last; at first the user's own data folder."""
        value = self._text("workspace")
        return Path(value) if value else data_folder() / "desk"

    @workspace.setter
    def workspace(self, folder: Path) -> None:
        self._file.setValue("workspace", str(folder))

    @property
    def login(self) -> str:
        """Who signed in last."""
        return self._text("login")

    @login.setter
    def login(self, value: str) -> None:
        self._file.setValue("login", value)

    def _text(self, name: str) -> str:
        value = self._file.value(name, "")
        return value if isinstance(value, str) else ""


def data_folder() -> Path:
    """Where this user's programs keep data: what a new centre is made in unless told otherwise."""
    base = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
    return Path(base) / "longshan"
