"""Who may sign in: the list, and new accounts with a passphrase that is shown once."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox

from app.common.errors import UserError
from app.common.words import tr
from app.security.accounts import AccountView, MadeAccount, NewAccount
from app.security.permissions import ROLE_NAMES, Role
from ui.desk import Desk
from ui.jobs import run_job
from ui.settings.keeping import show_rows
from ui.widgets.button import QuietButton
from ui.widgets.card import Card
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.layout import row
from ui.widgets.line_edit import LineEdit
from ui.widgets.row import Row
from ui.widgets.sheet import Sheet


def role_words(roles: frozenset[Role]) -> str:
    """In the table's order."""
    return "、".join(tr(ROLE_NAMES[role]) for role in Role if role in roles)


class AccountsCard(Card):
    """Name, login, roles; whether the account opens this PC yet."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(tr("Accounts"), padded=False)
        self._desk = desk
        self.add_to_head(QuietButton(tr("Add an account"), self.ask_new, icon="user-plus"))

    def load(self) -> None:
        run_job(self, self._desk.services.accounts.list, lane="read", on_done=self._show)

    def ask_new(self) -> NewAccountSheet:
        """Opens the sheet for a new account."""
        sheet = NewAccountSheet(self._desk, self)
        sheet.open()
        return sheet

    def _show(self, accounts: Sequence[AccountView]) -> None:
        show_rows(self, [(self._row(account), None) for account in accounts])

    def _row(self, account: AccountView) -> Row:
        here = account.opens_here
        return Row(
            account.user_id,
            account.name,
            account.login,
            badge=role_words(account.roles),
            tone="neutral" if here else "attention",
            tip="" if here else tr("Cannot sign in on this PC yet"),
        )


class NewAccountSheet(Sheet):
    """Name, login, roles; then the passphrase, once."""

    def __init__(self, desk: Desk, card: AccountsCard) -> None:
        super().__init__(tr("New account"), card.window())
        self._desk = desk
        self._card = card
        self.name, self.login = LineEdit(), LineEdit()
        self._login = Field(tr("Login"), self.login)
        self.roles = {role: QCheckBox(tr(ROLE_NAMES[role])) for role in Role}
        self.body.addWidget(Field(tr("Name"), self.name))
        self.body.addWidget(self._login)
        self.body.addWidget(Label(tr("Roles"), "label"))
        self.body.addLayout(row(*self.roles.values(), None, space=16))
        self.body.addWidget(Label(tr("A passphrase is made and shown once."), "hint"))
        self.add_button(tr("Cancel"), self.reject)
        self._make = self.add_button(tr("Make the account"), self.make, kind="primary")

    def make(self) -> None:
        """Takes some seconds: the key is derived slowly on purpose."""
        chosen = frozenset(role for role, box in self.roles.items() if box.isChecked())
        self._make.setEnabled(False)
        run_job(
            self,
            self._desk.services.accounts.add,
            NewAccount(self.login.value(), self.name.value(), chosen),
            on_done=self._made,
            on_error=self._refuse,
            on_end=lambda: self._make.setEnabled(True),
        )

    def error(self) -> str:
        return self._login.error()

    def _refuse(self, error: UserError) -> None:
        self._login.set_error(error.text())

    def _made(self, made: MadeAccount) -> None:
        self.accept()
        PassphraseSheet(made.entry.name, made.passphrase, self._card).open()


class PassphraseSheet(Sheet):
    """Shown once; closing it needs a tick."""

    def __init__(self, name: str, passphrase: str, card: Card) -> None:
        super().__init__(tr("Passphrase of {name}", name=name), card.window())
        words = Label(passphrase, "mono", selectable=True)
        words.setAccessibleName(tr("Passphrase"))
        ticked = QCheckBox(tr("I have handed it over in writing"))
        self.body.addWidget(words)
        self.body.addWidget(Label(tr("It is shown only here. They can change it in Settings."), "hint", wrap=True))
        self.body.addWidget(ticked)
        close = self.add_button(tr("Close"), self.accept, kind="primary")
        close.setEnabled(False)
        ticked.toggled.connect(close.setEnabled)

    def reject(self) -> None:
        """Escape would lose it."""
