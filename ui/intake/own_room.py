"""The room that a counsellor calls to, remembered on this PC for the next morning."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSettings

from app.people.centres import RoomView
from ui.widgets.choice import Choice


class OwnRoom(Choice):
    """`room_id()` or None while none was ever chosen."""

    def __init__(self, login: str, placeholder: str) -> None:
        super().__init__(placeholder=placeholder)
        self._file = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "Longshan", "Desk")
        self._key = f"room-{login}"
        self.chosen.connect(lambda room_id: self._file.setValue(self._key, str(room_id)))

    def set_rooms(self, rooms: Sequence[RoomView]) -> None:
        kept = self.value() or self._file.value(self._key, "")
        self.set_options([(room.id, room.name) for room in rooms])
        self.set_value(kept)

    def room_id(self) -> str | None:
        value = self.value()
        return str(value) if value else None
