"""The form of a session note: the sections of the paper, in its order, each under Alt and its number."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QWidget

from app.cases.risk_rules import RISK_WORDS, RiskLevel
from app.common.words import tr
from app.people.centres import RoomView
from app.sessions.content import FIELD_WORDS, FORM_WORDS, MORE, SECTIONS, Missing
from ui import clipboard, theme
from ui.widgets.choice import Choice
from ui.widgets.date_field import DateField, parse_date
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.layout import column, row
from ui.widgets.line_edit import LineEdit
from ui.widgets.segmented import SegmentedControl
from ui.widgets.text_area import TextArea

_LINES = {"presenting": 3, "observed": 3, "intervention": 2, "risk": 2, "plan": 2}


class NoteForm(QWidget):
    """`content()` and `set_content()` in the shape that is saved; `changed` at each change by the person."""

    changed = Signal()

    def __init__(self, *, amending: bool = False) -> None:
        super().__init__()
        self.setProperty("kind", "plain")
        self._silent = False
        self.areas = {name: TextArea(lines=_LINES[name]) for name, _ in SECTIONS}
        self.lines = {name: LineEdit() for name in ("start", "end", "onset", "homework")}
        self.days = {name: DateField(placeholder=" ") for name in ("day", "next_date")}
        self.room = Choice()
        self.way = Choice([(value, tr(words)) for value, words in FORM_WORDS.items()])
        levels: list[tuple[object, str]] = [("", tr("Not assessed"))]
        levels += [(level.value, tr(RISK_WORDS[level])) for level in RiskLevel]
        self.level = SegmentedControl(levels, value="", name=tr("Risk level"))
        self.reason = LineEdit(tr("What was wrong or missing"))
        self.fields = self._make_fields()
        box = column(parent=self, space=6)
        if amending:
            box.addWidget(self.fields["reason"])
        box.addLayout(self._head())
        for number, (name, _) in enumerate(SECTIONS, 1):
            box.addWidget(self.fields[name])
            keys = QShortcut(QKeySequence(f"Alt+{number}"), self)
            keys.setContext(Qt.ShortcutContext.WindowShortcut)
            keys.activated.connect(lambda name=name: self.go_to(name))
        more = row(space=12)
        for (name, _), share in zip(MORE, (4, 5, 3), strict=True):
            more.addWidget(self.fields[name], share)
        box.addLayout(more)
        box.addStretch(1)
        self._listen()

    def _make_fields(self) -> dict[str, Field]:
        controls: dict[str, QWidget] = {**self.areas, **self.lines, **self.days}
        controls |= {"room_id": self.room, "form": self.way, "reason": self.reason}
        fields = {name: Field(tr(FIELD_WORDS[name]), control) for name, control in controls.items() if name != "risk"}
        for number, (name, _) in enumerate(SECTIONS, 1):
            if name == "risk":
                fields[name] = self._risk_field(f"Alt+{number}")
            else:
                fields[name].set_hint(f"Alt+{number}")
            label = fields[name].findChild(Label)
            if label is not None:
                label.set_role("strong")
        return fields

    def _risk_field(self, keys: str) -> Field:
        """The level beside the words it rests on, under one name."""
        both = QWidget()
        both.setProperty("kind", "plain")
        self.previous = ""
        column(row(self.level, None), self.areas["risk"], parent=both, space=4)
        words = FIELD_WORDS["risk"]
        field = Field(tr(words), both, hint=keys)
        both.setFocusProxy(self.areas["risk"])
        self.areas["risk"].setAccessibleName(tr(words))
        return field

    def _head(self) -> QHBoxLayout:
        head = row(space=12)
        for name, share in (("day", 4), ("start", 2), ("end", 2), ("room_id", 3), ("form", 3)):
            head.addWidget(self.fields[name], share)
            self.fields[name].control.setMinimumWidth(theme.current().px(48))
        return head

    def _listen(self) -> None:
        for area in self.areas.values():
            area.textChanged.connect(self._touched)
            clipboard.guard(area)
        for line in (*self.lines.values(), *self.days.values(), self.reason):
            line.textChanged.connect(self._touched)
        for choice in (self.room, self.way):
            choice.chosen.connect(self._touched)
        self.level.chosen.connect(self._touched)

    def _touched(self, *_: object) -> None:
        if not self._silent:
            self.changed.emit()

    def set_rooms(self, rooms: Iterable[RoomView]) -> None:
        """The rooms of the centre, and "elsewhere"."""
        self.room.set_options([("", tr("Elsewhere")), *((room.id, room.name) for room in rooms)])

    def set_previous(self, level: str) -> None:
        """The level of the last note, to compare with."""
        self.previous = tr("Last time: {level}", level=tr(RISK_WORDS[RiskLevel(level)])) if level else ""
        keys = f"Alt+{[name for name, _ in SECTIONS].index('risk') + 1}"
        self.fields["risk"].set_hint(" · ".join(part for part in (self.previous, keys) if part))

    def content(self) -> dict[str, str]:
        """Field -> text, as typed."""
        said = {name: area.value() for name, area in self.areas.items()}
        said |= {name: line.value() for name, line in self.lines.items()}
        for name, edit in self.days.items():
            day = parse_date(edit.text())
            said[name] = day.isoformat() if day else edit.text().strip()
        said |= {"room_id": self.room.text(), "form": self.way.text(), "risk_level": str(self.level.value())}
        if self.reason.value():
            said["reason"] = self.reason.value()
        return said

    def set_content(self, said: dict[str, str]) -> None:
        """Shows what was saved; sends no `changed`."""
        self._silent = True
        for name, area in self.areas.items():
            area.set_value(said.get(name, ""))
        for name, line in self.lines.items():
            line.setText(said.get(name, ""))
        for name, edit in self.days.items():
            edit.setText(said.get(name, ""))
        self.room.set_value(said.get("room_id", ""))
        self.way.set_value(said.get("form", "face"))
        self.level.set_value(said.get("risk_level", ""))
        self.reason.setText(said.get("reason", ""))
        self._silent = False
        self.show_missing(())

    def show_missing(self, lacking: Iterable[Missing]) -> None:
        """A sentence under each field that keeps the note from being signed; none takes them back."""
        wrong = {("risk" if item.field == "risk_level" else item.field): item.text() for item in lacking}
        for name, field in self.fields.items():
            if field.error() != wrong.get(name, ""):
                field.set_error(wrong.get(name, ""))

    def go_to(self, name: str) -> None:
        """Puts the cursor at the end of a section, and the section on screen."""
        if name == "risk_level":
            self.level.setFocus()
            return
        area = self.areas.get(name)
        if area is None:
            self.fields[name].control.setFocus()
            return
        area.setFocus(Qt.FocusReason.ShortcutFocusReason)
        cursor = area.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        area.setTextCursor(cursor)
        scroll = self._scroll()
        if scroll is not None:
            scroll.ensureWidgetVisible(self.fields[name])

    def _scroll(self) -> QScrollArea | None:
        above = self.parentWidget()
        while above is not None and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        return above
