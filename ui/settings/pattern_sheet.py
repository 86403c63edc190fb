"""One duty pattern in detail, with what the next weeks look like under it before it is saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from PySide6.QtWidgets import QCheckBox, QWidget

from app.common import recurrence
from app.common.clock import today
from app.common.errors import UserError
from app.common.words import tr
from app.people.rows import split_list
from app.rota.calendar_views import PreviewDay, Saved
from app.rota.expert_views import day_words
from app.rota.pattern import Pattern
from app.rota.pattern_change import half_day_words
from app.rota.rules import HALF_WORDS
from ui import ask, theme
from ui.desk import Desk
from ui.jobs import run_job
from ui.topbar import WEEKDAYS
from ui.widgets.choice import Choice
from ui.widgets.date_field import DateField
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.layout import column, holder, row, scrolling
from ui.widgets.line_edit import LineEdit
from ui.widgets.row import Columns, Row
from ui.widgets.row_list import RowList
from ui.widgets.segmented import SegmentedControl
from ui.widgets.sheet import Sheet

_MOST = 20
WEEKS = (4, 13)


class PatternSheet(Sheet):
    """`pattern_id` None: a new one. `on_saved(Saved)` once it is kept."""

    def __init__(
        self,
        desk: Desk,
        pattern: Pattern,
        pattern_id: str | None,
        on_saved: Callable[[Saved], object],
        parent: QWidget,
    ) -> None:
        super().__init__(half_day_words(pattern.weekday, pattern.half), parent, width=820)
        self._desk, self._id, self._on_saved = desk, pattern_id, on_saved
        self._pattern = pattern
        self._room_order: list[str] = list(pattern.room_ids)
        self._specialities: tuple[str, ...] = ()
        self._rule_words = ""
        self._fields(pattern)
        self._preview()
        self._lay_out()
        self._fill(pattern)
        self.add_button(tr("Cancel"), self.reject)
        if pattern_id is not None:
            self.add_button(tr("Remove"), self.remove, kind="danger")
        self._save = self.add_button(tr("Save"), self.keep, kind="primary")
        calendar = desk.services.calendar
        run_job(self, calendar.rooms, lane="read", on_done=self._show_rooms)
        run_job(self, calendar.specialities, lane="read", on_done=self._know)
        run_job(self, calendar.hours, lane="read", on_done=self._show_hours)

    def _fields(self, pattern: Pattern) -> None:
        self.weekday = Choice([(day, tr(name)) for day, name in enumerate(WEEKDAYS)])
        self.half = SegmentedControl([(half, tr(words)) for half, words in HALF_WORDS.items()], name=tr("Half day"))
        self.needed = Choice([(n, str(n)) for n in range(1, _MOST + 1)])
        self.rule = Choice(free=True)  # also takes a recurrence of RFC 5545, which is read back in words
        self.starts, self.ends = LineEdit(limit=5), LineEdit(limit=5)
        self.first, self.last = DateField(placeholder=tr("always")), DateField(placeholder=tr("no end"))
        self.specialities = LineEdit(tr("such as 亲子、情绪"))
        self.rooms: dict[str, QCheckBox] = {}
        self._rooms = row(space=16)
        self.since = SegmentedControl(
            [("from", tr("From a day on")), ("all", tr("All its days (a correction)"))], name=tr("The change holds")
        )
        self.from_day = DateField()
        self.error = Label("", "error", wrap=True)
        self.weekday.chosen.connect(lambda _day: self._weekday_changed())
        for choice in (self.needed, self.rule):
            choice.chosen.connect(lambda _value: self.look())
        typed = self.rule.lineEdit()
        if typed is not None:
            typed.editingFinished.connect(self.look)
        self.half.chosen.connect(lambda _half: self._half_changed())
        self.since.chosen.connect(lambda _since: self._since_changed())
        for line in (self.starts, self.ends, self.specialities):
            line.editingFinished.connect(self.look)
        for day in (self.first, self.last, self.from_day):
            day.changed.connect(lambda _day: self.look())

    def _preview(self) -> None:
        self.weeks = SegmentedControl([(n, tr("{n} weeks", n=n)) for n in WEEKS], name=tr("Preview"), value=13)
        self.weeks.chosen.connect(lambda _weeks: self.look())
        self.list = RowList(tr("Preview"), Columns())

    def _lay_out(self) -> None:
        when = row(Field(tr("Weekday"), self.weekday), Field(tr("Half day"), self.half), space=12)
        hours = row(Field(tr("Begins"), self.starts), Field(tr("Ends"), self.ends), space=12)
        valid = row(Field(tr("First day"), self.first), Field(tr("Last day"), self.last), space=12)
        self._rule_field = Field(tr("Repeats"), self.rule)
        self._first_hint = Label(tr("Alternate weeks are counted from the first day."), "hint", wrap=True)
        self._skill_field = Field(tr("Specialities that must be covered"), self.specialities)
        self._rooms_field = Field(tr("Rooms in their order"), holder(self._rooms))
        change = holder(column(Label(tr("The change holds"), "label"), row(self.since, self.from_day, None), space=2))
        change.setVisible(self._id is not None)
        left = column(
            row(when, Field(tr("Experts"), self.needed), space=12),
            self._rule_field,
            valid,
            self._first_hint,
            hours,
            self._rooms_field,
            self._skill_field,
            change,
            self.error,
            None,
            space=8,
        )
        left_side = scrolling(holder(left))
        left_side.setFixedWidth(theme.current().px(446))
        self._fit(left_side, theme.current().px(490))
        right = column(row(Label(tr("Preview"), "heading"), None, self.weeks), self.list, space=8)
        self.body.addLayout(row(left_side, right, space=20))

    def _fit(self, area: QWidget, wanted: int) -> None:
        """With large letters the fields scroll, so that the buttons stay in sight."""
        window = self.parentWidget()
        room = window.window().height() - theme.current().px(180) if window is not None else wanted
        area.setFixedHeight(min(wanted, room))

    def _fill(self, pattern: Pattern) -> None:
        self.weekday.set_value(pattern.weekday)
        self.half.set_value(pattern.half)
        self.needed.set_value(pattern.needed)
        self._offer_rules(pattern.rule)
        self.starts.setText(pattern.starts)
        self.ends.setText(pattern.ends)
        self.first.set_value(pattern.valid_from or (None if self._id else today(self._desk.clock)))
        self.last.set_value(pattern.valid_to)
        self.specialities.setText("、".join(pattern.specialities))
        self.from_day.set_value(today(self._desk.clock))

    # --- what is typed ---

    def pattern(self) -> Pattern:
        """As it stands in the fields."""
        return replace(
            self._pattern,
            weekday=int(str(self.weekday.value() or 0)),
            half=str(self.half.value()),
            needed=int(str(self.needed.value() or 1)),
            rule=self.rule.text(),
            starts=self.starts.value(),
            ends=self.ends.value(),
            valid_from=self.first.value(),
            valid_to=self.last.value(),
            room_ids=tuple(self._room_order),
            specialities=split_list(self.specialities.value()),
        )

    def said(self) -> str:
        """A recurrence of one's own in words."""
        return self._rule_words

    def since_day(self) -> date | None:
        """From when a change holds; None for all days, or for a new pattern."""
        if self._id is None or self.since.value() == "all":
            return None
        return self.from_day.value() or today(self._desk.clock)

    def _wrong_day(self) -> bool:
        return any(field.is_wrong() for field in (self.first, self.last, self.from_day))

    def _offer_rules(self, rule: str) -> None:
        weekday = int(str(self.weekday.value() or 0))
        rules = recurrence.usual(weekday)
        self.rule.set_options([(one, recurrence.said(one)) for one in (*rules, *([rule] if rule not in rules else []))])
        self.rule.set_value(rule)

    def _weekday_changed(self) -> None:
        """The first Monday of a month becomes the first Tuesday."""
        at = self.rule.currentIndex()
        usual = recurrence.usual(int(str(self.weekday.value() or 0)))
        self._offer_rules(usual[at] if 0 <= at < len(usual) else "")
        self.look()

    def _half_changed(self) -> None:
        run_job(self, self._desk.services.calendar.hours, lane="read", on_done=self._show_hours)
        self.look()

    def _since_changed(self) -> None:
        self.from_day.setVisible(self.since.value() == "from")
        self.look()

    def _show_rooms(self, rooms: dict[str, str]) -> None:
        for room_id, name in rooms.items():
            box = QCheckBox(name)
            box.setChecked(room_id in self._room_order)
            box.toggled.connect(lambda on, room_id=room_id: self._room_toggled(room_id, on))
            self.rooms[room_id] = box
            self._rooms.addWidget(box)
        self._rooms.addStretch(1)
        self._say_rooms()
        self.look()

    def _room_toggled(self, room_id: str, on: bool) -> None:
        self._room_order = [one for one in self._room_order if one != room_id] + ([room_id] if on else [])
        self._say_rooms()
        self.look()

    def _say_rooms(self) -> None:
        names = [self.rooms[one].text() for one in self._room_order if one in self.rooms]
        self._rooms_field.set_hint(" → ".join(names) if names else tr("as in Settings"))

    def _know(self, specialities: tuple[str, ...]) -> None:
        self._specialities = specialities

    def _show_hours(self, hours: dict[str, tuple[str, str]]) -> None:
        usual = hours[str(self.half.value())]
        self.starts.setPlaceholderText(usual[0])
        self.ends.setPlaceholderText(usual[1])

    # --- looking and keeping ---

    def look(self) -> None:
        """Draws the preview again, or says what cannot be."""
        wanted = self.pattern()
        own = wanted.rule not in recurrence.usual(wanted.weekday)
        self._rule_words = recurrence.said(wanted.rule) if own else ""
        self._rule_field.set_hint(self._rule_words)
        unknown = [one for one in wanted.specialities if self._specialities and one not in self._specialities]
        self._skill_field.set_hint(
            tr("nobody has {specialities} yet", specialities="、".join(unknown)) if unknown else ""
        )
        if self._wrong_day():
            self.error.setText(tr("Please write a date as 2027-01-04."))
            return
        weeks = int(str(self.weeks.value()))
        preview = self._desk.services.calendar.preview
        run_job(self, preview, wanted, self._id, self.since_day(), weeks, lane="read", on_done=self._show_preview,
                on_error=self._refuse)  # fmt: skip

    def _show_preview(self, days: Sequence[PreviewDay]) -> None:
        self.error.setText("")
        self.list.set_rows([_row(one, self.pattern()) for one in days])

    def _refuse(self, error: UserError) -> None:
        self.error.setText(error.text())
        self.list.set_rows([])

    def keep(self) -> None:
        """Saves and closes, or says what is wrong."""
        if self._wrong_day():
            self.look()
            return
        save = self._desk.services.calendar.save
        run_job(self, save, self.pattern(), self._id, self.since_day(), on_done=self._kept, on_error=self._refuse)

    def remove(self) -> None:
        """From today on it holds no more, after a question."""
        question = tr("From today on this half day is no longer on the rota by this pattern. Earlier days stay.")
        ask.confirm(self, question, yes=tr("Remove"), danger=True, on_yes=self._remove)

    def _remove(self) -> None:
        run_job(self, self._desk.services.calendar.remove, self._id, on_done=self._kept, on_error=self._refuse)

    def _kept(self, saved: Saved) -> None:
        self.accept()
        self._on_saved(saved)


def _row(one: PreviewDay, pattern: Pattern) -> Row:
    same = (one.slot.day.weekday(), one.slot.half) == (pattern.weekday, pattern.half)
    words = day_words(one.slot.day) if same else f"{day_words(one.slot.day)} {tr(HALF_WORDS[one.slot.half])}"
    count = str(one.after) if one.after else tr("closed")
    trailing = count if one.before == one.after else f"{one.before or '–'} → {one.after or '–'}"
    tone = "accent" if one.before != one.after else "neutral"
    return Row(words, words, detail=one.why, badge=trailing, tone=tone, faded=not one.after)
