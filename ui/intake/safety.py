"""The three safety questions as they are asked: not asked until asked."""

from __future__ import annotations

from PySide6.QtCore import Signal

from app.common.words import tr
from app.intake.rules import SAFETY_QUESTIONS
from ui.intake.flow import FlowHolder
from ui.intake.state import Safety
from ui.widgets.tri_state import TriState

_WORDS: dict[bool | None, str] = {None: "unasked", False: "no", True: "yes"}
_VALUES = {word: value for value, word in _WORDS.items()}


class SafetyRow(FlowHolder):
    """`value()` in the order of the questions."""

    changed = Signal()

    def __init__(self) -> None:
        self.questions = [TriState(tr(question)) for question in SAFETY_QUESTIONS]
        super().__init__(self.questions, space=8)
        for question in self.questions:
            question.changed.connect(self._answered)

    def value(self) -> Safety:
        harm, plan, danger = (_WORDS[question.value()] for question in self.questions)
        return harm, plan, danger

    def set_value(self, answers: Safety) -> None:
        for question, answer in zip(self.questions, answers, strict=True):
            question.set_value(_VALUES.get(answer))

    def _answered(self, _value: object) -> None:
        self.fit()
        self.changed.emit()
