"""The fields of an arrival in the order in which the receptionist asks; no rule and no service call is in here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app.common.words import tr
from app.intake.rules import CONCERN_WORDS, SOURCE_WORDS
from app.intake.views import ClientCard
from app.people.centres import SchoolView
from ui import clipboard, theme
from ui.intake.chips import Chips
from ui.intake.more import MoreFields
from ui.intake.name_box import NameBox, Search
from ui.intake.parent import ParentFields
from ui.intake.safety import SafetyRow
from ui.intake.state import ArrivalState, who_of
from ui.intake.words import RELATIONS, SEXES, STUDENT, WHO, card_words, grade_options, options
from ui.widgets.badge import Badge
from ui.widgets.button import QuietButton
from ui.widgets.choice import Choice
from ui.widgets.date_field import DateField
from ui.widgets.field import Field
from ui.widgets.layout import column, holder, row
from ui.widgets.line_edit import LineEdit
from ui.widgets.text_area import TextArea

OF_TODAY = ("who", "reason", "medication", "safety", "safety_words", "source", "concerns", "wanted", "parent")

SCROLL_BAR = 10


class ArrivalFields(QWidget):
    """`state()` is what is typed; `changed` at each change by hand."""

    changed = Signal()

    def __init__(self, search: Search, today: Callable[[], date]) -> None:
        super().__init__()
        self._today = today
        self.reveal: Callable[[QWidget], object] = lambda _widget: None
        self._client_id = self._wished = ""
        self._schools: dict[str, str] = {}
        self.name = NameBox(search, today, tr("Name, alias, pinyin or telephone"))
        self.birth = DateField(age_today=today)
        self.sex = Choice(options(SEXES))
        self.school = Choice(free=True, searchable=True)
        self.grade = Choice(grade_options(), free=True, searchable=True)
        self.class_name = LineEdit(limit=20)
        self.who = Chips(options(WHO))
        self.telephone = LineEdit(limit=40)
        self.guardian = LineEdit(limit=40)
        self.relation = Choice(options(RELATIONS), free=True, searchable=True)
        self.reason = TextArea(lines=2, most=8)
        self.medication = LineEdit(limit=500)
        self.safety = SafetyRow()
        self.safety_words = LineEdit(tr("In their own words, in confidence"), limit=500)
        self.safety_words.setAccessibleName(tr("To the safety questions, in their own words"))
        self.source = Choice([(code, tr(said)) for code, said in SOURCE_WORDS.items()])
        self.wanted = Choice()
        self.concerns = Chips(options(CONCERN_WORDS))
        self.more = MoreFields()
        self.parent_fields = ParentFields(search, today)
        self.add_parent = QuietButton(tr("The parent also comes for themselves"), self._add_parent, icon="plus")
        self.visit = Badge("", "accent", icon="user-check")
        self.give_back = QuietButton(tr("Someone else"), self.name.released.emit, hint="Esc")
        self._build()
        self._watch()
        self.show_state(ArrivalState())

    # --- what is typed ---

    def state(self) -> ArrivalState:
        """Everything in the form."""
        school = self.school.value()
        is_listed = school in self._schools
        return ArrivalState(
            name=self.name.value(),
            client_id=self._client_id,
            birth=self.birth.text().strip(),
            sex=self.sex.text(),
            school_id="" if not is_listed else str(school),
            school="" if is_listed else self.school.text(),
            grade=self.grade.text(),
            class_name=self.class_name.value(),
            who=self.who.values(),
            telephone=self.telephone.value(),
            guardian=self.guardian.value(),
            relation=self.relation.text(),
            reason=self.reason.value(),
            medication=self.medication.value(),
            safety=self.safety.value(),
            safety_words=self.safety_words.value(),
            source=self.source.text(),
            concerns=self.concerns.values(),
            wanted=self._wished if self.wanted.value() is None else self.wanted.text(),
            more=self.more.values(),
            parent=self.parent_fields.state() if self.has_parent() else None,
        )

    def show_state(self, state: ArrivalState) -> None:
        """Puts a draft, or an empty form, on screen; no `changed`. A known client's card follows by `show_card`."""
        self.blockSignals(True)
        self._banner.hide()
        self._client_id = state.client_id
        if state.client_id:
            self.name.hold(state.name)
        else:
            self.name.free(state.name)
        self.birth.setText(state.birth)
        self.sex.set_value(state.sex or None)
        self.school.set_value(state.school_id or state.school or None)
        self.grade.set_value(state.grade or None)
        self.class_name.setText(state.class_name)
        self.who.set_values(state.who)
        self.telephone.setText(state.telephone)
        self.guardian.setText(state.guardian)
        self.relation.set_value(state.relation or None)
        self.reason.set_value(state.reason)
        self.medication.setText(state.medication)
        self.safety.set_value(state.safety)
        self.safety_words.setText(state.safety_words)
        self._show_safety_words()
        self.source.set_value(state.source or None)
        self.concerns.set_values(state.concerns)
        self._wished = state.wanted
        self.wanted.set_value(state.wanted)
        self.more.set_values(state.more)
        self._show_parent(state)
        self.clear_errors()
        self.blockSignals(False)

    def client_id(self) -> str:
        """The one chosen from the search, or ""."""
        return self._client_id

    def hold(self, client_id: str, name: str) -> None:
        """Somebody who has been here was chosen."""
        self._client_id = client_id
        self.name.hold(name)
        self.name_field.set_error("")

    def show_card(self, card: ClientCard, *, fill: bool) -> None:
        """Who it is; with `fill` also contact data from the card, which may be corrected: what is changed is kept."""
        self.visit.set(card_words(card, self._today()), "accent", icon="user-check")
        self._banner.show()
        if not fill:
            return
        guardian, relation = card.guardians[0] if card.guardians else ("", "")
        self.birth.set_value(card.birth_date)
        self.sex.set_value(card.sex)
        self.school.set_value(card.school_id if card.school_id in self._schools else card.school or None)
        self.grade.set_value(card.grade or None)
        self.class_name.setText(card.class_name)
        self.telephone.setText(card.telephone)
        self.guardian.setText(guardian)
        self.relation.set_value(relation or None)
        if self.who.values() in ((), (STUDENT,)):
            self.who.set_values(who_of(card.kind, card.sex))

    def release(self) -> None:
        """Nobody is chosen any more: their contact data goes, what was told today stays."""
        kept = self.state()
        today_ = replace(ArrivalState(), **{name: getattr(kept, name) for name in OF_TODAY})
        self.show_state(today_)
        self.name.setFocus()

    def has_parent(self) -> bool:
        return not self.parent_fields.isHidden()

    def make_room(self, scrolls: bool) -> None:
        """The scroll bar stands in the margin, so that the fields end where everything else does."""
        layout = self.layout()
        if layout is not None:
            sides = layout.contentsMargins()
            sides.setRight(theme.current().px(14) - (SCROLL_BAR if scrolls else 0))
            layout.setContentsMargins(sides)

    # --- lists and errors ---

    def set_schools(self, schools: Sequence[SchoolView]) -> None:
        """What is typed stays, and nothing counts as typed."""
        options = [(school.id, school.name) for school in schools]
        if self.school.holds(options):
            return
        typed = self.school.value()
        self._schools = {school.id: school.name for school in schools}
        self.blockSignals(True)
        self.school.set_options(options)
        self.school.set_value(typed)
        self.blockSignals(False)

    def set_experts(self, experts: Sequence[tuple[str, str]]) -> None:
        """A wish that a draft brought before the list was there is kept."""
        options = [("", tr("anyone")), *experts]
        if self.wanted.holds(options):
            return
        wanted = self.state().wanted
        self.blockSignals(True)
        self.wanted.set_options(options)
        self.wanted.set_value(wanted)
        if self.wanted.value() is None:
            self.wanted.set_value("")
        self.blockSignals(False)

    def clear_errors(self) -> None:
        for field in (self.name_field, self.birth_field, self.parent_fields.name_field):
            if field.error():
                field.set_error("")

    def check(self) -> bool:
        """Says what is wrong under its field and puts the keyboard there; False if anything is."""
        self.clear_errors()
        state, born = self.state(), self.birth.value()
        wrong: list[QWidget] = []
        if not state.name:
            self.name_field.set_error(tr("Enter a name; an alias will do."))
            wrong.append(self.name)
        if not state.client_id and (self.birth.is_wrong() or (born is not None and born > self._today())):
            self.birth_field.set_error(tr("This is no birth date. Type it like 2013-3-5, or leave it empty."))
            wrong.append(self.birth)
        if state.parent is not None and not state.parent.name:
            self.parent_fields.name_field.set_error(tr("Enter a name; an alias will do."))
            wrong.append(self.parent_fields.name)
        if wrong:
            wrong[0].setFocus()
            self.reveal(wrong[0])
        return not wrong

    def refuse_name(self, sentence: str) -> None:
        """The service refused the person."""
        self.name_field.set_error(sentence)
        self.name.setFocus()
        self.reveal(self.name)

    # --- building ---

    def _build(self) -> None:
        clipboard.guard(self.reason)
        self._banner = holder(row(self.visit, None, self.give_back, space=8))
        self._banner.hide()
        self.name_field = Field(tr("Name (an alias will do)"), self.name)
        self.birth_field = Field(tr("Birth date"), self.birth)
        where = tr("on their own card or in the side room, never aloud")
        told = tr("their own words; after saving the desk cannot read it")
        place = _line(
            (Field(tr("School"), self.school), 4),
            (Field(tr("Grade"), self.grade), 2),
            (Field(tr("Class"), self.class_name), 2),
        )
        reach = _line(
            (Field(tr("Telephone"), self.telephone), 4),
            (Field(tr("Guardian"), self.guardian), 3),
            (Field(tr("Relation"), self.relation), 3),
        )
        column(
            column(self.name_field, self._banner, space=2),
            _line((self.birth_field, 1), (Field(tr("Sex"), self.sex), 1)),
            place,
            Field(tr("Who came"), self.who),
            reach,
            Field(tr("Reason for coming"), self.reason, hint=told),
            Field(tr("Medication, as told"), self.medication),
            column(Field(tr("Three safety questions"), self.safety, hint=where), self.safety_words, space=4),
            _line((Field(tr("Sent by"), self.source), 1), (Field(tr("Expert wanted"), self.wanted), 1)),
            Field(tr("Concerns"), self.concerns),
            row(self.more.button, self.add_parent, None),
            self.more,
            self.parent_fields,
            None,
            parent=self,
            space=8,
            margins=(14, 10, 14, 12),
        )

    def _watch(self) -> None:
        edits: list[QLineEdit] = [
            self.name,
            self.birth,
            self.class_name,
            self.telephone,
            self.guardian,
            self.medication,
        ]
        for line in edits:
            line.textChanged.connect(lambda _text: self.changed.emit())
        for choice in (self.sex, self.school, self.grade, self.relation, self.source, self.wanted):
            choice.currentTextChanged.connect(lambda _text: self.changed.emit())
        self.reason.textChanged.connect(self.changed.emit)
        for part in (self.who, self.safety, self.concerns, self.more, self.parent_fields):
            part.changed.connect(self.changed.emit)
        self.parent_fields.removed.connect(self._remove_parent)
        self.school.installEventFilter(self)
        self.safety.changed.connect(self._show_safety_words)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keyboard leaves the school."""
        if watched is self.school and event.type() == QEvent.Type.FocusOut:
            self.find_school()
        return super().eventFilter(watched, event)

    def find_school(self) -> None:
        """第三 is the one school that has it in its name; another one's words stay as they were told."""
        typed = self.school.text()
        found = [school_id for school_id, name in self._schools.items() if typed and typed in name]
        if typed not in self._schools and len(found) == 1:
            self.school.set_value(found[0])

    def _show_safety_words(self) -> None:
        """There is room for words once one of the three is a yes."""
        self.safety_words.setVisible("yes" in self.safety.value() or bool(self.safety_words.value()))

    def _show_parent(self, state: ArrivalState) -> None:
        self.parent_fields.setVisible(state.parent is not None)
        self.add_parent.setVisible(state.parent is None)
        self.parent_fields.show_state(state.parent)

    def _add_parent(self) -> None:
        """The guardian who was named is most likely the one."""
        self.parent_fields.show()
        self.add_parent.hide()
        self.parent_fields.suggest(name=self.guardian.value(), telephone=self.telephone.value())
        self.parent_fields.name.setFocus()
        self.changed.emit()

    def _remove_parent(self) -> None:
        self.parent_fields.hide()
        self.parent_fields.show_state(None)
        self.add_parent.show()
        self.add_parent.setFocus()
        self.changed.emit()


def _line(*parts: tuple[QWidget, int]) -> QWidget:
    """Fields side by side, their widths in these shares."""
    made = row(space=12)
    for widget, share in parts:
        made.addWidget(widget, share)
    for place, (_widget, share) in enumerate(parts):
        made.setStretch(place, share)
    return holder(made)
