"""One door for questions. Nothing waits in a nested event loop: the answer comes to a callable.

Tests answer without a window: `with ask.scripted(yes=True): ...` or `ask.scripted(answers=["words", False])`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from app.common.words import tr
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.line_edit import LineEdit
from ui.widgets.sheet import Sheet
from ui.widgets.text_area import TextArea

_script: deque[Any] | None = None
_asked: list[str] = []


@contextmanager
def scripted(*answers: Any) -> Iterator[list[str]]:
    """Answers the next questions in turn: True or False for `confirm`, a text or None for `text`, a path or None for
    `open_file`, `save_file` and `folder`. Gives what was asked.

    A question without an answer left is an AssertionError.
    """
    global _script
    before, _script = _script, deque(answers)
    _asked.clear()
    try:
        yield _asked
    finally:
        _script = before


def confirm(
    owner: QObject,
    question: str,
    *,
    title: str = "",
    yes: str = "",
    no: str = "",
    danger: bool = False,
    on_yes: Callable[[], object],
    on_no: Callable[[], object] | None = None,
) -> Sheet | None:
    """Asks one question with two buttons; Enter is yes unless it is dangerous, Escape is no."""
    if _script is not None:
        if _answer(question):
            on_yes()
        elif on_no is not None:
            on_no()
        return None
    sheet = Sheet(title or tr("Please confirm"), _anchor(owner))
    sheet.body.addWidget(Label(question, wrap=True))
    sheet.add_button(no or tr("Cancel"), sheet.reject)
    sheet.add_button(yes or tr("OK"), sheet.accept, kind="danger" if danger else "primary")
    sheet.accepted.connect(lambda: on_yes())
    if on_no is not None:
        sheet.rejected.connect(lambda: on_no())
    sheet.open()
    return sheet


def tell(owner: QObject, text: str, *, title: str = "", on_read: Callable[[], object] | None = None) -> Sheet | None:
    """Something that must be read before going on."""
    if _script is not None:
        _asked.append(text)
        if on_read is not None:
            on_read()
        return None
    sheet = Sheet(title or tr("Please note"), _anchor(owner))
    sheet.body.addWidget(Label(text, wrap=True, selectable=True))
    sheet.add_button(tr("OK"), sheet.accept, kind="primary")
    if on_read is not None:
        sheet.finished.connect(lambda _code: on_read())
    sheet.open()
    return sheet


def text(
    owner: QObject,
    title: str,
    label: str,
    *,
    value: str = "",
    secret: bool = False,
    lines: int = 1,
    needed: bool = True,
    yes: str = "",
    on_text: Callable[[str], object],
    on_cancel: Callable[[], object] | None = None,
) -> Sheet | None:
    """Asks for words: a line, several lines, or a secret. `needed`: an empty answer is not taken."""
    if _script is not None:
        answer = _answer(title)
        if answer is not None and answer is not False:
            on_text(str(answer))
        elif on_cancel is not None:
            on_cancel()
        return None
    sheet = Sheet(title, _anchor(owner))
    control = TextArea(lines=lines) if lines > 1 else LineEdit(secret=secret)
    control.set_value(value) if isinstance(control, TextArea) else control.setText(value)
    field = Field(label, control)
    sheet.body.addWidget(field)

    def take() -> None:
        if needed and not control.value():
            field.set_error(tr("Please fill this in."))
            control.setFocus()
        else:
            sheet.accept()

    sheet.add_button(tr("Cancel"), sheet.reject)
    sheet.add_button(yes or tr("OK"), take, kind="primary")
    sheet.accepted.connect(lambda: on_text(control.value()))
    if on_cancel is not None:
        sheet.rejected.connect(lambda: on_cancel())
    sheet.open()
    control.setFocus()
    return sheet


def choose(
    owner: QObject,
    title: str,
    question: str,
    options: Iterable[tuple[object, str]],
    *,
    on_choice: Callable[[object], object],
) -> Sheet | None:
    """Asks which of a few; each is a button. The script answers with the value, or None for none."""
    if _script is not None:
        answer = _answer(question)
        if answer is not None:
            on_choice(answer)
        return None
    sheet = Sheet(title, _anchor(owner))
    sheet.body.addWidget(Label(question, wrap=True))
    for value, words in options:
        sheet.add_wide_button(words, partial(_chosen, sheet, on_choice, value))
    sheet.add_button(tr("Cancel"), sheet.reject)
    sheet.open()
    return sheet


def open_file(owner: QObject, title: str, kinds: str, *, on_path: Callable[[Path], object]) -> QFileDialog | None:
    """Asks for a file that is there; `kinds` as "Words (*.ending)"."""
    return _ask_path(owner, title, on_path, QFileDialog.FileMode.ExistingFile, kinds)


def save_file(
    owner: QObject, title: str, name: str, kinds: str, *, on_path: Callable[[Path], object]
) -> QFileDialog | None:
    """Asks where to save, and under which name; asks again before it replaces a file."""
    return _ask_path(owner, title, on_path, QFileDialog.FileMode.AnyFile, kinds, name)


def folder(owner: QObject, title: str, *, on_path: Callable[[Path], object]) -> QFileDialog | None:
    """Asks for a folder; one can be made in the dialog."""
    return _ask_path(owner, title, on_path, QFileDialog.FileMode.Directory)


def _ask_path(
    owner: QObject,
    title: str,
    on_path: Callable[[Path], object],
    mode: QFileDialog.FileMode,
    kinds: str = "",
    name: str = "",
) -> QFileDialog | None:
    if _script is not None:
        answer = _answer(title)
        if answer is not None:
            on_path(Path(answer))
        return None
    dialog = QFileDialog(_anchor(owner), title, "", kinds)
    dialog.setFileMode(mode)
    dialog.setViewMode(QFileDialog.ViewMode.List)
    dialog.setLabelText(QFileDialog.DialogLabel.LookIn, tr("In:"))
    dialog.setLabelText(QFileDialog.DialogLabel.FileType, tr("Kind:"))
    if name:
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(Path(name).suffix.lstrip("."))
        dialog.selectFile(name)
    if mode == QFileDialog.FileMode.Directory:
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.fileSelected.connect(lambda path: on_path(Path(path)))
    dialog.finished.connect(lambda _code: dialog.deleteLater())
    dialog.open()
    return dialog


def _chosen(sheet: Sheet, on_choice: Callable[[object], object], value: object) -> None:
    sheet.accept()
    on_choice(value)


def _answer(question: str) -> Any:
    if not _script:
        raise AssertionError("a question without an answer in the script")
    _asked.append(question)
    return _script.popleft()


def _anchor(owner: QObject) -> QWidget | None:
    found: QObject | None = owner
    while found is not None and not isinstance(found, QWidget):
        found = found.parent()
    return found.window() if isinstance(found, QWidget) else None
