"""The pages of the set-up assistant: what to begin with, the centre, the director's account, a share of the root."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QWidget

from app.common.errors import UserError
from app.common.words import tr
from ui import theme
from ui.doors import Doors
from ui.jobs import run_job
from ui.widgets.button import PrimaryButton, SecondaryButton
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.layout import column, hairline, holder, row
from ui.widgets.line_edit import LineEdit
from ui.widgets.page import Page

CENTRE = "聊城市学生心理健康发展服务中心"
ADDRESS = "东昌府区龙山西街33号"
HOTLINE = "0635-8311095"


class StartPage(Page):
    """Begin for real, join what there is, or look around first."""

    new_wanted = Signal()
    join_wanted = Signal()
    demo_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(tr("Welcome"), tr("This PC holds no centre yet. What would you like to begin with?"))
        new = PrimaryButton(tr("New organisation"), self.new_wanted.emit, icon="building-2")
        join = SecondaryButton(tr("Join an organisation"), self.join_wanted.emit, icon="link-2")
        demo = SecondaryButton(tr("Demonstration centre"), self.demo_wanted.emit, icon="play")
        self._choice(
            new, tr("For the city centre's first PC: its name, the director's account, and three sealed sheets.")
        )
        self.box.addWidget(hairline())
        self._choice(join, tr("For a second or third PC: a director lets it in, and the centre's data come over."))
        self.box.addWidget(hairline())
        self._choice(demo, tr("A centre with invented people, to look around. It can be thrown away afterwards."))
        self.setFocusProxy(new)

    def _choice(self, button: QWidget, sentence: str) -> None:
        line = row(space=16)
        words = Label(sentence, "muted", wrap=True)
        line.addWidget(words, 1)
        line.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.box.addLayout(line)


class CentrePage(Page):
    """Names and what stands on every letter. `done(organisation, centre, address, hotline)`."""

    done = Signal(str, str, str, str)

    def __init__(self) -> None:
        super().__init__(
            tr("The centre"), tr("As it stands at the head of every letter. It can be changed in Settings.")
        )
        self._organisation = Field(tr("Organisation"), LineEdit())
        self._centre = Field(tr("Name of the centre"), LineEdit())
        self._address = Field(tr("Address"), LineEdit())
        self._hotline = Field(tr("Hotline"), LineEdit())
        fields = (self._organisation, self._centre, self._address, self._hotline)
        for field, value in zip(fields, (CENTRE, CENTRE, ADDRESS, HOTLINE), strict=True):
            _line(field).setText(value)
            self.box.addWidget(field)
        go = PrimaryButton(tr("Continue"), self._go)
        self.finish(SecondaryButton(tr("Back"), self.back.emit), go)
        for field in fields:
            _line(field).returnPressed.connect(self._go)
        self.setFocusProxy(_line(self._organisation))

    def _go(self) -> None:
        if _filled(self._organisation, self._centre):
            fields = (self._organisation, self._centre, self._address, self._hotline)
            self.done.emit(*(_line(field).value() for field in fields))


class AccountPage(Page):
    """The first director, with a passphrase made for them. `done(name, login, passphrase)`."""

    done = Signal(str, str, str)

    def __init__(self, doors: Doors) -> None:
        super().__init__(
            tr("The director's account"),
            tr("The director signs every other account and PC. Write the passphrase down now; it is shown only here."),
        )
        self._name = Field(tr("Name"), LineEdit())
        self._login = Field(tr("Login"), LineEdit())
        _line(self._login).setText("director")
        self._words = Label("…", "mono", selectable=True, wrap=True)
        self._words.setAccessibleName(tr("Passphrase"))
        self._passphrase = ""
        self._again = Field(tr("Type the passphrase once, to be sure that it was written down"), LineEdit())
        self._busy = Label(tr("Making the organisation… The keys take some seconds."), "hint")
        self._busy.hide()
        for item in (
            self._name,
            self._login,
            Label(tr("Passphrase"), "label"),
            self._words,
            self._again,
            self._busy,
        ):
            self.box.addWidget(item)
        self._go = PrimaryButton(tr("Make the organisation"), self._check)
        self._back = SecondaryButton(tr("Back"), self.back.emit)
        self.finish(self._back, self._go)
        for field in (self._name, self._login, self._again):
            _line(field).returnPressed.connect(self._check)
        self.setFocusProxy(_line(self._name))
        run_job(self, doors.passphrase, lane="pool", on_done=self._made)

    def passphrase(self) -> str:
        """As shown."""
        return self._passphrase

    def set_busy(self, busy: bool) -> None:
        """While the keys are made."""
        self._go.setEnabled(not busy)
        self._back.setEnabled(not busy)
        self._busy.setVisible(busy)

    def refuse(self, error: UserError) -> None:
        """Says why nothing was made."""
        self._again.set_error(error.text())

    def _made(self, passphrase: str) -> None:
        self._passphrase = passphrase
        self._words.setText(passphrase)

    def _check(self) -> None:
        if not _filled(self._name, self._login):
            return
        typed = "".join(_line(self._again).value().split())
        if typed != self._passphrase or not typed:
            self._again.set_error(tr("This is not the passphrase above. Please type it as it is written."))
            _line(self._again).setFocus()
            return
        self._again.set_error("")
        self.done.emit(_line(self._name).value(), _line(self._login).value(), self._passphrase)


class SharePage(Page):
    """One sheet of the root's secret, hidden until its holder alone stands before the screen. `done()`."""

    done = Signal()

    def __init__(self, number: int, total: int, holder_name: str, share: str) -> None:
        super().__init__(
            tr("Sealed sheet {n} of {total}", n=number + 1, total=total),
            tr(
                "Two of the three sheets together can restore the organisation. "
                "Only the {holder} may read this one: please let them alone at the screen.",
                holder=holder_name,
            ),
        )
        self._ticked = QCheckBox(tr("I have written the words down and checked them"))
        self._shown = holder(column(_grid(share), self._ticked, space=12))
        self._shown.hide()
        self._show = SecondaryButton(tr("I am alone: show the words"), self.reveal, icon="eye-off")
        self._go = PrimaryButton(tr("Continue"), self.done.emit)
        self._go.setEnabled(False)
        self._ticked.toggled.connect(self._go.setEnabled)
        self.box.addWidget(self._shown)
        self.finish(self._show, self._go)
        self.setFocusProxy(self._show)

    def reveal(self) -> None:
        """The holder is alone."""
        self._shown.show()
        self._show.hide()
        self._ticked.setFocus()


def _grid(share: str) -> QWidget:
    """The words with their numbers, four a line, as they are written on the sheet."""
    made = QFrame()
    made.setProperty("kind", "well")
    made.setAccessibleName(tr("Words of the sheet"))
    lines = QGridLayout(made)
    lines.setContentsMargins(*(theme.current().px(16),) * 4)
    lines.setVerticalSpacing(theme.current().px(6))
    for at, word in enumerate(share.split()):
        lines.addLayout(row(Label(str(at + 1), "small"), Label(word, "strong"), None, space=6), at // 4, at % 4)
    return made


def _line(field: Field) -> LineEdit:
    control = field.control
    assert isinstance(control, LineEdit)
    return control


def _filled(*fields: Field) -> bool:
    """Says so under each field that is empty; goes to the first."""
    empty = [field for field in fields if not _line(field).value()]
    for field in fields:
        field.set_error(tr("Please fill this in.") if field in empty else "")
    if empty:
        _line(empty[0]).setFocus()
    return not empty
