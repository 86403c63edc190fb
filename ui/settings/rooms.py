"""The counselling rooms: added, renamed, taken out of use; never deleted, since sessions name them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from app.common.words import tr
from app.people.centres import RoomView
from ui import ask
from ui.desk import Desk
from ui.jobs import run_job
from ui.settings.keeping import show_rows
from ui.widgets.button import QuietButton
from ui.widgets.card import Card
from ui.widgets.row import Row


class RoomsCard(Card):
    """A row a room; a click renames it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(tr("Rooms"), padded=False)
        self._desk = desk
        self.add_to_head(QuietButton(tr("Add a room"), self.ask_new, icon="plus"))

    def load(self) -> None:
        run_job(self, self._desk.services.centre.rooms, include_inactive=True, lane="read", on_done=self._show)

    def ask_new(self) -> None:
        """Asks for its name."""
        ask.text(self, tr("New room"), tr("Name"), on_text=self._add)

    def _add(self, name: str) -> None:
        run_job(self, self._desk.services.centre.save_room, name)

    def _show(self, rooms: Sequence[RoomView]) -> None:
        show_rows(self, [(self._row(room), partial(self._ask, room)) for room in rooms])

    def _row(self, room: RoomView) -> Row:
        return Row(room.id, room.name, badge="" if room.active else tr("not in use"), faded=not room.active)

    def _ask(self, room: RoomView) -> None:
        use = tr("Take out of use") if room.active else tr("Use again")
        ask.choose(
            self,
            room.name,
            tr("What is to be done with this room?"),
            [("name", tr("Rename")), ("use", use)],
            on_choice=lambda choice: self._chosen(room, choice),
        )

    def _chosen(self, room: RoomView, choice: object) -> None:
        save = self._desk.services.centre.save_room
        if choice == "use":
            run_job(self, save, room.name, room.id, not room.active)
        else:
            ask.text(
                self,
                tr("Rename"),
                tr("Name"),
                value=room.name,
                on_text=lambda name: run_job(self, save, name, room.id, room.active),
            )
