"""登记到访: fields that scroll, what must stay in sight at the foot, two drafts, one key to register."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from app.common.changes import Done
from app.common.clock import local, today
from app.common.errors import UserError
from app.common.words import tr
from app.intake.rules import needs_guardian
from app.intake.views import ClientCard, Registered
from app.people.search import FoundClient
from ui import notify
from ui.desk import Desk
from ui.intake import slip
from ui.intake.draft_switch import DraftSwitch
from ui.intake.drafts import SLOTS, ArrivalDrafts, Slot
from ui.intake.duplicates import DuplicateStrip
from ui.intake.fields import ArrivalFields
from ui.intake.state import ArrivalState, companions_of, people_of
from ui.intake.words import listed
from ui.jobs import run_job
from ui.widgets.badge import Badge
from ui.widgets.button import PrimaryButton, SecondaryButton
from ui.widgets.card import Card
from ui.widgets.icon_button import IconButton
from ui.widgets.layout import column, holder, row, scrolling

NAME_ERRORS = frozenset({"name-missing", "already-here", "same-person-twice", "no-client"})


class ArrivalForm(Card):
    """`registered(Registered)` after the commit."""

    registered = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__(tr("New arrival"), padded=False)
        self._desk = desk
        self._intake = desk.services.intake
        self._last: Registered | None = None
        self._school = self._card_wanted = ""
        self._register_after = False
        self._registering = False
        self.fields = ArrivalFields(desk.services.search.search, lambda: today(desk.clock))
        self.drafts = ArrivalDrafts(self, desk.services.drafts, self.fields.state)
        self.switch = DraftSwitch(SLOTS)
        self.duplicates = DuplicateStrip(self._intake.possible_duplicates)
        self.under_age = Badge("", "attention", icon="file-warning")
        self.print_button = SecondaryButton(tr("Print slip"), self.print_slips, hint=tr("Of the last arrival"))
        self.register_button = PrimaryButton(tr("Check in"), self.register, shortcut="F2")
        self.clear_button = IconButton("trash-2", tr("Empty this draft"), self.empty)
        self._build()
        self._wire()
        self._show_standing(None, False)

    def begin(self) -> None:
        """Lists and what was being typed when the program ended."""
        self.load_lists()
        self.drafts.load(self._show_drafts)

    def load_lists(self) -> None:
        """Experts on duty, and the school directory."""
        self._load_experts(self._school)
        run_job(self, self._desk.services.centre.schools, lane="read", on_done=self.fields.set_schools)

    def _load_experts(self, school_id: str) -> None:
        """Nobody who works at the client's own school."""
        self._school = school_id
        run_job(self, self._intake.experts, school_id or None, lane="read", on_done=self.fields.set_experts)

    def bring(self, client_id: str) -> None:
        """A known client from elsewhere (search box, booking) goes into a draft in which nothing is typed."""
        place = self.drafts.free_place()
        if place is None:
            notify.warn(self, tr("Both drafts are in use. Register or empty one first."))
            return
        self.show_draft(place)
        self._load_card(client_id, focus=True)

    def register(self) -> None:
        """Everybody in the form, at once; if somebody is just being looked up, as soon as that is known."""
        if self._registering:
            return
        if self.fields.name.waiting() or self.fields.parent_fields.name.waiting() or self._card_wanted:
            self._register_after = True
            return
        self.fields.find_school()
        state = self.fields.state()
        if not self.fields.check():
            return
        self._registering = True
        self.drafts.hold_back()
        slot = self.drafts.current
        run_job(
            self,
            self._write,
            slot,
            state,
            on_done=lambda made: self._registered(slot, made),
            on_error=self._refused,
            on_end=self._ended,
        )

    def print_slips(self) -> None:
        """The numbered slips of the arrival registered last."""
        if self._last is not None:
            slip.print_slips(self, self._intake.slip, [visit.visit_id for visit in self._last.visits])

    def show_draft(self, place: int) -> None:
        """Puts one of the two on screen."""
        if place != self.drafts.place:
            self._show_state(self.drafts.switch(place))
        self.switch.show_place(place)
        self._note_drafts()
        self.fields.name.setFocus()

    def empty(self) -> None:
        """Clears the draft on screen; the message takes it back."""
        before = self.fields.state()
        if before.empty:
            return
        self._show_state(ArrivalState())
        self.drafts.touched()
        self.fields.name.setFocus()
        notify.say(self, tr("The draft is empty."), undo=(tr("Undo"), lambda: self._put_back(before)))

    # --- building ---

    def _build(self) -> None:
        self.add_beside_title(self.switch)
        self.add_to_head(self.clear_button)
        self.area = scrolling(self.fields)
        self.fields.reveal = self.area.ensureWidgetVisible
        self.area.verticalScrollBar().rangeChanged.connect(lambda _least, most: self.fields.make_room(most > 0))
        foot = QFrame()
        foot.setProperty("kind", "cardfoot")
        row(self.under_age, None, self.print_button, self.register_button, parent=foot, margins=(14, 8, 14, 8))
        self.print_button.setEnabled(False)
        self.body.addWidget(self.area, 1)
        self.add(holder(column(self.duplicates, margins=(14, 0, 14, 0))), foot)
        self.setFocusProxy(self.fields.name)

    def _wire(self) -> None:
        self.fields.changed.connect(self._changed)
        self.fields.name.taken.connect(self._taken)
        self.fields.name.released.connect(self._released)
        for box in (self.fields.name, self.fields.parent_fields.name):
            box.settled.connect(self._settled)
            self.area.verticalScrollBar().valueChanged.connect(lambda _value, one=box: one.close_hits())
        self.switch.chosen.connect(self.show_draft)
        self.drafts.told.connect(self._show_standing)
        self.duplicates.wanted.connect(lambda client_id: self._load_card(client_id, focus=True))

    # --- showing ---

    def _show_drafts(self) -> None:
        current = self.drafts.current
        if self.fields.state().empty and not current.state.empty:
            self._show_state(current.state)
            self._show_standing(current.saved_at, False)
        self._note_drafts()

    def _show_state(self, state: ArrivalState) -> None:
        self._card_wanted = ""
        self.fields.show_state(state)
        self.area.verticalScrollBar().setValue(0)
        self._after_change()
        if state.client_id:
            self._load_card(state.client_id, fill=False)

    def _note_drafts(self) -> None:
        """Of a draft that waits: since when."""
        for place, slot in enumerate(self.drafts.slots):
            waits = place != self.drafts.place and not slot.state.empty and slot.saved_at is not None
            self.switch.set_note(place, f"{local(slot.saved_at):%H:%M}" if waits and slot.saved_at else "")

    def _show_standing(self, at: datetime | None, failed: bool) -> None:
        if failed:
            self.set_hint(tr("not saved yet, still here"))
            notify.warn(self, tr("The draft could not be saved yet. It is still here and is tried again."))
        else:
            self.set_hint(tr("kept {time}", time=f"{local(at):%H:%M:%S}") if at is not None else "")
        self._note_drafts()

    def _changed(self) -> None:
        self.drafts.touched()
        self.fields.clear_errors()
        self._after_change()

    def _after_change(self) -> None:
        state = self.fields.state()
        self.duplicates.look(state)
        self.clear_button.setVisible(not state.empty)
        if state.school_id != self._school:
            self._load_experts(state.school_id)
        young = needs_guardian(self.fields.birth.value(), today(self._desk.clock))
        self.under_age.set(tr("Under 14: guardian consents") if young else "", "attention", icon="file-warning")

    # --- somebody who has been here ---

    def _taken(self, hit: FoundClient) -> None:
        self.fields.hold(hit.id, hit.name)
        self._load_card(hit.id, focus=True)

    def _load_card(self, client_id: str, *, fill: bool = True, focus: bool = False) -> None:
        self._card_wanted = client_id
        run_job(
            self,
            self._intake.card,
            client_id,
            lane="read",
            on_done=lambda card: self._show_card(card, fill=fill, focus=focus),
            on_error=self._no_card,
        )

    def _show_card(self, card: ClientCard, *, fill: bool, focus: bool) -> None:
        if card.id != self._card_wanted:
            return
        self._card_wanted = ""
        self.fields.hold(card.id, card.name)
        self.fields.show_card(card, fill=fill)
        if fill:
            self._changed()
        else:
            self._after_change()
        if focus:
            self.fields.who.enter()
        self._go_on()

    def _no_card(self, error: UserError) -> None:
        self._card_wanted, self._register_after = "", False
        notify.warn(self, error.text())

    def _released(self) -> None:
        self._card_wanted, self._register_after = "", False
        self.fields.release()
        self._changed()

    def _settled(self) -> None:
        """The search has answered: nobody found means nobody registered by an Enter typed too early."""
        if not self._card_wanted and not self.fields.client_id():
            self._register_after = False
        self._go_on()

    def _go_on(self) -> None:
        if self._register_after and not self._card_wanted:
            self._register_after = False
            self.register()

    # --- registering ---

    def _write(self, slot: Slot, state: ArrivalState) -> Done[Registered]:
        """On the writer thread, behind every save of this draft."""
        done: Done[Registered] = self._intake.register(
            people_of(state), companions_of(state), state.source or None, draft_id=slot.draft_id
        )
        slot.draft_id = None
        return done

    def _registered(self, slot: Slot, made: Registered) -> None:
        self._last = made
        self.print_button.setEnabled(True)
        self.drafts.spend(slot)
        if slot is self.drafts.current:
            self._show_state(ArrivalState())
            self.fields.name.setFocus()
        self._note_drafts()
        tickets = listed(visit.ticket for visit in made.visits)
        urgent = any(visit.priority == "urgent" for visit in made.visits)
        on_top = tr("Registered: {tickets}, on top of the queue", tickets=tickets)
        said = on_top if urgent else tr("Registered: {tickets}", tickets=tickets)
        notify.say(self, said, undo=(tr("Print slip"), self.print_slips))
        self.registered.emit(made)

    def _refused(self, error: UserError) -> None:
        """Nothing typed is lost; what names a field is said beneath it."""
        self.drafts.touched()
        if error.code in NAME_ERRORS:
            self.fields.refuse_name(error.text())
        else:
            notify.warn(self, error.text())

    def _ended(self) -> None:
        self._registering = False

    def _put_back(self, before: ArrivalState) -> None:
        """Unless something else was typed meanwhile."""
        if self.fields.state().empty:
            self._show_state(before)
            self.drafts.touched()
