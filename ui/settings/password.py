"""One's own password: the old one, a new one twice. Grants and notes stay as they are."""

from __future__ import annotations

from app.common.errors import UserError
from app.common.words import tr
from ui import notify
from ui.desk import Desk
from ui.jobs import run_job
from ui.widgets.button import SecondaryButton
from ui.widgets.card import Card
from ui.widgets.field import Field
from ui.widgets.layout import row
from ui.widgets.line_edit import LineEdit


class PasswordCard(Card):
    """Says under the field what is wrong."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(tr("My password"), tr("at least 12 characters"))
        self._desk = desk
        self.old, self.new, self.again = LineEdit(secret=True), LineEdit(secret=True), LineEdit(secret=True)
        self._old = Field(tr("Present password"), self.old)
        self._new = Field(tr("New password"), self.new)
        self._again = Field(tr("New password again"), self.again)
        self._button = SecondaryButton(tr("Change the password"), self._change, icon="key-round")
        self.again.returnPressed.connect(self._change)
        self.add(self._old, self._new, self._again, row(None, self._button))

    def errors(self) -> list[str]:
        """Under the three fields."""
        return [field.error() for field in (self._old, self._new, self._again)]

    def _change(self) -> None:
        for field in (self._old, self._new, self._again):
            field.set_error("")
        if not self.old.text():
            self._old.set_error(tr("Please fill this in."))
        elif self.new.text() != self.again.text():
            self._again.set_error(tr("The two new passwords differ."))
        else:
            self._button.setEnabled(False)
            run_job(
                self,
                self._desk.services.accounts.change_password,
                self.old.text(),
                self.new.text(),
                on_done=self._changed,
                on_error=self._refused,
                on_end=lambda: self._button.setEnabled(True),
            )

    def _changed(self, _none: object) -> None:
        for line in (self.old, self.new, self.again):
            line.clear()
        notify.say(self, tr("The password is changed. Use the new one from now on."))

    def _refused(self, error: UserError) -> None:
        wrong_old = error.code == "wrong-password"
        (self._old if wrong_old else self._new).set_error(
            tr("This is not your present password.") if wrong_old else error.text()
        )
