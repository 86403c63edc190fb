"""接待. The desk: left the queue, right the arrival form. A counsellor: the queue, and calling to her room."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

from app.common.changes import Topic
from app.common.errors import UserError
from app.common.words import tr
from app.intake import rules
from app.intake.views import QueueEntry, QueueView
from app.security.permissions import May
from ui import notify
from ui.desk import Desk
from ui.intake import slip
from ui.intake.bookings import BookingsSheet
from ui.intake.call_screen import CallScreen
from ui.intake.form import ArrivalForm
from ui.intake.own_room import OwnRoom
from ui.intake.queue import QueueCard, next_words
from ui.intake.safety_sheet import SafetySheet
from ui.jobs import run_job
from ui.widgets.button import PrimaryButton, SecondaryButton
from ui.widgets.label import Label
from ui.widgets.layout import column, row
from ui.widgets.page_header import PageHeader
from ui.widgets.segmented import SegmentedControl

REFRESH_MS = 30_000
FORM_WIDTH = 440
COUNSELLOR_LEAST = 560
NARROW_BELOW = 930
QWIDGETSIZE_MAX = 16777215
LISTS = frozenset({Topic.ROTA, Topic.STAFF, Topic.SETTINGS})


class IntakeTab(QWidget):
    """What is on it depends on what the person may do: see, call, register, open cases."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._services = desk.services
        may = desk.who.may
        self._may_register = May.REGISTER_VISITS in may
        self._may_call = May.CALL_FROM_QUEUE in may
        self._may_open = May.READ_CASES in may
        self._begun = False
        self._held = ""
        self.call_screen: CallScreen | None = None
        self.queue = QueueCard(can_print=self._may_register, can_open=self._may_open)
        self.queue.wanted.connect(self._act)
        self.queue.chosen.connect(self._chosen)
        self.form: ArrivalForm | None = ArrivalForm(desk) if self._may_register else None
        self.room: OwnRoom | None = None
        self.header = PageHeader(tr("Intake"), tr("Register, wait, appointments"))
        self.sides = SegmentedControl([("form", tr("New arrival")), ("queue", tr("Queue"))], name=tr("Shown"))
        self.sides.chosen.connect(lambda _side: self._fit())
        self.header.add_action(self.sides)
        self._actions()
        main = row(space=12)
        main.addWidget(self.queue, 1)
        if self.form is not None:
            self.form.registered.connect(lambda made: self._wish(made.visits[0].visit_id))
            main.addWidget(self.form)
        self.setFocusProxy(self.form or self.queue)
        column(self.header, main, parent=self, space=12)
        self.setMinimumWidth(desk.theme.px(FORM_WIDTH if self.form is not None else COUNSELLOR_LEAST))
        if self.form is not None:
            QShortcut(QKeySequence("F6"), self, self._other_side)
        self._wished = ""
        self.ticker = QTimer(self, interval=REFRESH_MS)
        self.ticker.timeout.connect(self._tick)
        self.ticker.start()

    def _actions(self) -> None:
        self._screen_button = SecondaryButton(tr("Call screen"), self.open_call_screen, icon="monitor")
        self.header.add_action(self._screen_button)
        if May.BOOK in self._desk.who.may:
            self.header.add_action(
                SecondaryButton(tr("Bookings"), self.open_bookings, icon="calendar-plus", shortcut="F7")
            )
        if not self._may_open:
            return
        self.room = OwnRoom(self._desk.who.login, tr("My room"))
        self.room.setAccessibleName(tr("My room"))
        self.room.setMinimumWidth(self._desk.theme.px(110))
        self.open_button = SecondaryButton(tr("Open case"), lambda: self._on_chosen("open"), icon="folder-open")
        self.step_button = PrimaryButton(tr("Call ticket"), lambda: self._on_chosen("step"), icon="megaphone")
        self._room_label = Label(tr("My room"), "muted")
        for widget in (self._room_label, self.room, self.open_button, self.step_button):
            self.header.add_action(widget)

    # --- contract ---

    def refresh(self, topics: frozenset[Topic] | None = None) -> None:
        """The queue; at the first show, and after changes there, the lists and drafts."""
        run_job(self, self._services.queue.view, lane="read", on_done=self._show)
        if not self._begun or topics is None or topics & LISTS:
            self._load_lists()
        self._begun = True

    def flush(self) -> None:
        """What is typed goes to the disk now."""
        if self.form is not None:
            self.form.drafts.flush()

    def _other_side(self) -> None:
        """F6: the keyboard goes from the form to the queue and back."""
        if self.form is not None:
            in_queue = self.queue.isAncestorOf(QApplication.focusWidget() or self)
            self._turn_to("form" if in_queue else "queue")
            (self.form if in_queue else self.queue).setFocus()

    def _turn_to(self, side: str) -> None:
        """Where only one of the two is shown, this one."""
        self.sides.set_value(side)
        self._fit()

    def show_item(self, client_id: str = "", visit_id: str = "") -> None:
        """A client to be registered, or a visit in the queue."""
        if visit_id:
            self._wish(visit_id)
            self._turn_to("queue")
            self.queue.list.setFocus()
        elif client_id and self.form is not None:
            self._turn_to("form")
            self.form.bring(client_id)

    # --- showing ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Side by side; where large letters leave no room for both, one at a time."""
        px = self._desk.theme.px
        narrow = self.width() < px(NARROW_BELOW)
        self.header.set_subtitle("" if narrow else tr("Register, wait, appointments"))
        self.sides.setVisible(narrow and self.form is not None)
        if self._may_open:
            self._room_label.setVisible(not narrow)
            self._screen_button.setVisible(not narrow)
        if self.form is None:
            return
        self.form.setMinimumWidth(px(FORM_WIDTH))
        self.form.setMaximumWidth(QWIDGETSIZE_MAX if narrow else px(FORM_WIDTH))
        self.form.setVisible(not narrow or self.sides.value() == "form")
        self.queue.setVisible(not narrow or self.sides.value() == "queue")

    def _load_lists(self) -> None:
        if self.form is not None:
            self.form.load_lists() if self._begun else self.form.begin()
        if self.room is not None:
            run_job(self, self._services.centre.rooms, lane="read", on_done=self.room.set_rooms)

    def _tick(self) -> None:
        """Waits grow while nobody touches anything."""
        if self.isVisible():
            run_job(self, self._services.queue.view, lane="read", on_done=self._show, on_error=lambda _error: None)

    def _show(self, view: QueueView) -> None:
        self.queue.show_view(view)
        if self._wished and self.queue.list.choose(self._wished):
            self._wished = ""
        self._desk.set_count("intake", view.waiting)
        if self.call_screen is not None:
            self.call_screen.show_view(view)

    def _wish(self, visit_id: str) -> None:
        """Chooses a visit now or as soon as the queue shows it."""
        self._wished = "" if self.queue.list.choose(visit_id) else visit_id

    def _chosen(self, _visit_id: str) -> None:
        self._drop_name()
        entry = self.queue.entry()
        if self._may_open:
            self.step_button.setEnabled(entry is not None)
            self.open_button.setEnabled(entry is not None)
            self.step_button.set_text(next_words(entry.status) if entry else tr("Call ticket"))

    # --- acts ---

    def _on_chosen(self, act: str) -> None:
        entry = self.queue.entry()
        if entry is not None:
            self._act(act, entry.visit_id)
            self.queue.list.setFocus()

    def _act(self, act: str, visit_id: str) -> None:
        queue = self._services.queue
        if act == "open":
            self._desk.open_tab("notes", visit_id=visit_id)
        elif act == "safety":
            self._ask_safety()
        elif act == "slip":
            slip.print_slips(self, self._services.intake.slip, [visit_id])
        elif not self._may_call:
            notify.warn(self, tr("Your role does not allow this."))
        elif act == "undo":
            run_job(self, queue.undo, visit_id, on_done=lambda entry: self._wish(entry.visit_id))
        elif act == "leave":
            run_job(self, queue.leave, visit_id, on_done=self._left)
        else:
            self._step(visit_id)

    def _step(self, visit_id: str) -> None:
        """A counsellor calls to her room; the desk calls, and the room follows when the session begins."""
        entry = self.queue.entry()
        status = entry.status if entry is not None and entry.visit_id == visit_id else ""
        queue, room = self._services.queue, self.room.room_id() if self.room is not None else None
        if self.room is not None and status == rules.WAITING and room is None:
            notify.warn(self, tr("Choose your room first."))
            self.room.setFocus()
        elif room is not None and status == rules.WAITING:
            run_job(self, queue.call, visit_id, room, on_error=self._late)
        elif room is not None and status == rules.CALLED:
            run_job(self, queue.start, visit_id, room, on_error=self._late)
        else:
            run_job(self, queue.advance, visit_id, status or None, on_error=self._late)

    def _late(self, error: UserError) -> None:
        """Somebody was quicker: who, in words, and the queue as it is now."""
        notify.warn(self, error.text())
        run_job(self, self._services.queue.view, lane="read", on_done=self._show)

    def _left(self, entry: QueueEntry) -> None:
        said = tr("{ticket} has left.", ticket=entry.ticket)
        notify.say(self, said, undo=(tr("Undo"), partial(self._act, "undo", entry.visit_id)))

    def _ask_safety(self) -> None:
        entry = self.queue.entry()
        if entry is not None:
            SafetySheet(self, entry, self._services.queue.answer).open()

    def open_call_screen(self) -> None:
        """叫号屏, a window for the waiting room; it follows the queue."""
        if self.call_screen is None:
            self.call_screen = CallScreen(self._desk, self)
        run_job(self, self._services.queue.view, lane="read", on_done=self._show)
        self.call_screen.show()
        self.call_screen.raise_()

    def open_bookings(self) -> None:
        """今日预约, and booking one for the client in the form."""
        fields = self.form.fields if self.form is not None else None
        sheet = BookingsSheet(self._desk, self, fields.client_id() if fields is not None else "")
        if self.form is not None:
            sheet.came.connect(self.form.bring)
        sheet.open()

    # --- the held key ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F8:
            if not event.isAutoRepeat():
                self._hold_name()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F8 and not event.isAutoRepeat():
            self._drop_name()
        else:
            super().keyReleaseEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Whoever lets go of the key in another window is not seen here."""
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self._drop_name()
        super().changeEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._drop_name()
        super().hideEvent(event)

    def _hold_name(self) -> None:
        visit_id = self._held = self.queue.list.key()
        if visit_id:
            run_job(
                self,
                self._services.queue.name_of,
                visit_id,
                lane="read",
                on_done=lambda name: self.queue.show_name(visit_id, name) if self._held == visit_id else None,
            )

    def _drop_name(self) -> None:
        self._held = ""
        self.queue.hide_name()
