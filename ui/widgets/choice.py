"""One of several values, by its words; with many, typing finds it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QListView, QStyledItemDelegate, QWidget

from ui import theme


class Choice(QComboBox):
    """`options` are (value, words). `searchable` finds any part of the words; `free` also takes words of one's own."""

    chosen = Signal(object)

    def __init__(
        self,
        options: Iterable[tuple[object, str]] = (),
        *,
        searchable: bool = False,
        free: bool = False,
        placeholder: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._values: list[object] = []
        self._free = free
        view = QListView()
        view.setProperty("kind", "popup")
        self.setView(view)
        self.setItemDelegate(QStyledItemDelegate(self))
        self.setMaxVisibleItems(12)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.setPlaceholderText(placeholder)
        if searchable or free:
            self._make_searchable(placeholder)
        self.set_options(options)
        self.activated.connect(lambda _index: self.chosen.emit(self.value()))

    def set_options(self, options: Iterable[tuple[object, str]]) -> None:
        """Replaces the options and keeps the value if it is still among them. The same ones again change nothing, also
        not what is being typed or composed."""
        options = list(options)
        if self.holds(options):
            return
        kept = self.value() if self._values else None
        self._values = []
        self.blockSignals(True)
        self.clear()
        for value, words in options:
            self._values.append(value)
            self.addItem(words)
        self.setCurrentIndex(self._values.index(kept) if kept in self._values else -1)
        self.blockSignals(False)

    def holds(self, options: Sequence[tuple[object, str]]) -> bool:
        """Whether these are its options already."""
        shown = [self.itemText(at) for at in range(self.count())]
        return [value for value, _words in options] == self._values and [words for _value, words in options] == shown

    def value(self) -> object:
        """The chosen value; None when nothing is; with `free`, the typed words if they are no option."""
        if self.isEditable():
            typed = self.currentText().strip()
            index = self.findText(typed, Qt.MatchFlag.MatchFixedString)
            if index < 0:
                return typed if self._free and typed else None
            return self._values[index]
        index = self.currentIndex()
        return self._values[index] if 0 <= index < len(self._values) else None

    def text(self) -> str:
        """The chosen value as a text, "" when nothing is chosen."""
        value = self.value()
        return "" if value is None else str(value)

    def set_value(self, value: object) -> None:
        """Chooses by value; None or an unknown one chooses nothing (with `free`, it is written as it is)."""
        if value in self._values:
            self.setCurrentIndex(self._values.index(value))
        else:
            self.setCurrentIndex(-1)
            if self.isEditable():
                self.setEditText(str(value) if self._free and value is not None else "")

    def set_wrong(self, wrong: bool) -> None:
        """A red border; the words go beneath, in the Field."""
        theme.restyle(self, wrong="true" if wrong else "false")

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolling a form must not change what was chosen."""
        event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if self.isEditable() and not self._free and event.reason() != Qt.FocusReason.PopupFocusReason:
            self._settle()
        super().focusOutEvent(event)

    def _make_searchable(self, placeholder: str) -> None:
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        completer = QCompleter(self.model(), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        popup = completer.popup()  # Qt's own: one handed in would be deleted by Qt and by Python
        if popup is not None:
            popup.setProperty("kind", "popup")
            popup.setItemDelegate(QStyledItemDelegate(popup))
        completer.activated.connect(lambda _text: self.chosen.emit(self.value()))
        self.setCompleter(completer)
        line = self.lineEdit()
        if line is not None:
            line.setPlaceholderText(placeholder)

    def _settle(self) -> None:
        """Words that are no option: take the only option that contains them, else nothing."""
        typed = self.currentText().strip()
        if not typed or self.value() is not None:
            return
        index = self.findText(typed, Qt.MatchFlag.MatchContains)
        if index >= 0:
            self.setCurrentIndex(index)
        else:
            self.setCurrentIndex(-1)
            self.setEditText("")
