"""开具转介: the letter being written at the left, the page it will be at the right, consent in between."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from app.common.errors import UserError
from app.common.words import ntr, tr
from app.referrals.views import CaseChoice, ConsentState, LetterCard, ReferralDraft, ReferralForm
from app.referrals.wording import check_texts
from app.referrals.writing import DRAFT
from ui import ask, notify
from ui.desk import Desk
from ui.jobs import run_job
from ui.referrals.consent_panel import ConsentPanel
from ui.referrals.keeper import DraftKeeper
from ui.referrals.letter_form import LetterForm
from ui.referrals.paper import PaperView
from ui.referrals.saver import DraftSaver, once
from ui.widgets.button import PrimaryButton, QuietButton, SecondaryButton
from ui.widgets.choice import Choice
from ui.widgets.icon_button import IconButton
from ui.widgets.label import Label
from ui.widgets.layout import column, hairline, holder, row, scrolling
from ui.widgets.page_header import PageHeader

DRAW_AFTER_MS = 350


class LetterPage(QWidget):
    """`left` to go back to the board; `released(card)` once the desk can see the letter."""

    left = Signal()
    released = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("kind", "plain")
        self._desk = desk
        self.saver = DraftSaver(self)
        self._form: ReferralForm | None = None
        self._serial = 0
        self._wanted = ""
        self.case = Choice(searchable=True, placeholder=tr("Choose one of your cases"))
        self.form = LetterForm()
        self.consent = ConsentPanel(desk)
        self.paper = PaperView()
        self.problem = Label("", "error", wrap=True)
        self.saved = Label("", "hint")
        self.keep = SecondaryButton(tr("Keep in the case"), self._keep, icon="save")
        self.discard = QuietButton(tr("Throw the draft away"), self._discard)
        self.release = PrimaryButton(tr("Release for printing"), self._release, icon="send", shortcut="Ctrl+Return")
        self.saver.said.connect(self.saved.setText)
        self.draw_timer = once(self, DRAW_AFTER_MS, self._draw)
        self._compose()
        self.case.setAccessibleName(tr("Case"))
        self.case.chosen.connect(lambda value: self.open_case(str(value)) if value else None)
        self.form.changed.connect(self._changed)
        self.consent.changed.connect(self._draw)
        self._enable(False)

    @property
    def _keeper(self) -> DraftKeeper | None:
        return self.saver.keeper

    def begin(self, case_id: str = "") -> None:
        """Loads the cases to choose from, and one of them at once if it is named."""
        self._wanted = case_id
        run_job(self, self._desk.services.letters.cases, lane="read", on_done=self._show_cases)

    def open_case(self, case_id: str) -> None:
        """Shows a case's letter: what was typed last, else what is kept in the case, else a new one."""
        self.flush()
        self.saver.hold(None)
        self._enable(False)
        self._serial += 1
        run_job(
            self,
            self._load,
            case_id,
            lane="read",
            on_done=self._show_form,
            on_error=lambda e: notify.warn(self, e.text()),
        )

    def case_id(self) -> str:
        """The case being written in, or an empty text."""
        return self._form.case_id if self._form is not None and self._keeper is not None else ""

    def refresh_consent(self) -> None:
        """A consent was recorded or withdrawn somewhere."""
        if self._keeper is not None:
            self._draw()

    def flush(self) -> None:
        """Writes what is typed at once, on this thread: the screen is about to lock."""
        self.saver.flush()

    def _compose(self) -> None:
        back = IconButton("arrow-left", tr("Back to the board"), self._back)
        header = PageHeader(tr("Write a referral"), "", self.saved, self.discard, self.keep, self.release)
        inner = holder(column(self.form, None, margins=(2, 2, 12, 8)))
        area = scrolling(inner)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        left = holder(column(_case_row(self.case), area, self.consent, space=10))
        well = QFrame()
        well.setProperty("kind", "well")
        caption = Label(tr("Draft: as it will be printed"), "muted")
        column(self.paper, hairline(), row(caption, None, margins=(14, 6, 14, 8)), parent=well, space=0)
        layout = column(row(back, header, space=4), self.problem, row(left, well, space=12), parent=self, space=10)
        layout.setStretch(2, 1)
        body = layout.itemAt(2)
        inside = body.layout() if body is not None else None
        if inside is not None:
            inside.setStretch(0, 11)  # type: ignore[attr-defined]
            inside.setStretch(1, 9)  # type: ignore[attr-defined]
        self.problem.hide()

    def _enable(self, on: bool) -> None:
        for widget in (self.form, self.consent, self.discard, self.keep, self.release):
            widget.setEnabled(on)

    def _load(self, case_id: str) -> ReferralForm:
        """On the reader thread."""
        drafts = self._desk.services.drafts.list(DRAFT, case_id)
        form: ReferralForm = self._desk.services.letters.form(case_id, drafts[-1] if drafts else None)
        return form

    def _show_cases(self, cases: list[CaseChoice]) -> None:
        begun = tr("begun")
        self.case.set_options(
            [(c.case_id, " · ".join((c.client_name, c.number, *([begun] if c.has_draft else [])))) for c in cases]
        )
        if not cases:
            self._say(tr("You have no open case. Open one from the queue or from your cases first."))
        if self._wanted:
            self.case.set_value(self._wanted)
            self.open_case(self._wanted)
        elif cases:
            self.case.setFocus()

    def _show_form(self, form: ReferralForm) -> None:
        self._form = form
        self.saver.hold(DraftKeeper(self._desk.services.drafts, form.case_id, form.draft_id))
        self.consent.set_client(form.client_id, form.guardians)
        self.form.show_form(form)
        self.case.set_value(form.case_id)
        self._say("")
        self._enable(True)
        self.form.place.setFocus()
        self._draw()

    def _changed(self) -> None:
        if self._keeper is not None:
            self.saver.typed(self.form.draft().to_dict())
            self.draw_timer.start()

    def _draw(self) -> None:
        self.draw_timer.stop()
        if self._keeper is None:
            return
        self._serial += 1
        serial, draft, case_id = self._serial, self.form.draft(), self._keeper.case_id
        letters = self._desk.services.letters
        run_job(
            self,
            letters.preview_pdf,
            case_id,
            draft,
            lane="pool",
            on_done=lambda data: self._show_page(serial, data),
            on_error=lambda error: self._say(error.text()),
        )
        if draft.destination_id:
            run_job(
                self,
                letters.consent,
                case_id,
                draft,
                lane="read",
                on_done=lambda state: self._show_consent(serial, state),
                on_error=lambda error: self._say(error.text()),
            )
        else:
            self.consent.show_state(None)

    def _show_page(self, serial: int, data: bytes) -> None:
        if serial == self._serial:
            self.paper.show_pdf(data)
            self._say("")

    def _show_consent(self, serial: int, state: ConsentState) -> None:
        if serial == self._serial:
            self.consent.show_state(state)

    def _keep(self) -> None:
        if self._keeper is None or self._form is None:
            return
        run_job(
            self,
            self._desk.services.letters.keep,
            self._keeper.case_id,
            self.form.draft(),
            self._form.written_id,
            on_done=self._kept,
        )

    def _kept(self, document_id: str) -> None:
        if self._form is not None:
            self._form = _with_written(self._form, document_id)
        notify.say(self, tr("Kept in the case; only its psychologists can read it"))

    def _discard(self) -> None:
        ask.confirm(
            self,
            tr("What you typed in this letter is deleted. A version kept in the case stays."),
            title=tr("Throw the draft away?"),
            yes=tr("Throw away"),
            danger=True,
            on_yes=self._thrown_away,
        )

    def _thrown_away(self) -> None:
        keeper = self._keeper
        if keeper is None:
            return
        keeper.close()
        self.saver.hold(None)
        self._enable(False)
        again = partial(self.open_case, keeper.case_id)
        run_job(self, self._desk.services.drafts.discard, keeper.draft_id, on_done=lambda _none: again())

    def _release(self) -> None:
        if self._keeper is None:
            return
        draft = self.form.draft()
        doubtful = check_texts(draft.texts())
        if not doubtful:
            self._go(draft)
            return
        listed = "\n".join(dict.fromkeys(note.text() for note in doubtful))
        count = ntr("{n} doubtful word", "{n} doubtful words", len(doubtful))
        ask.confirm(
            self,
            f"{count}\n{listed}",
            title=tr("Look at the wording once more"),
            yes=tr("Release as it is"),
            no=tr("Go back to the text"),
            on_yes=lambda: self._go(draft),
        )

    def _go(self, draft: ReferralDraft) -> None:
        keeper, form = self._keeper, self._form
        if keeper is None or form is None:
            return
        self.flush()
        keeper.close()
        self._enable(False)
        run_job(
            self,
            self._desk.services.letters.release,
            keeper.case_id,
            draft,
            draft_id=keeper.draft_id if keeper.exists else None,
            written_id=form.written_id,
            override=self.consent.override,
            on_done=self._done,
            on_error=self._refused,
        )

    def _done(self, card: LetterCard) -> None:
        self.saver.hold(None)
        self._form = None
        self.paper.show_pdf(None)
        self.case.set_value(None)
        notify.say(self, tr("{number} released: the desk can print it now", number=card.short))
        self.released.emit(card)

    def _refused(self, error: UserError) -> None:
        if self._keeper is not None:
            self._keeper.reopen()
        self._enable(True)
        self._say(error.text())
        if error.code.startswith("consent"):
            self.consent.record.setFocus()
        elif error.code == "referral-incomplete":
            (self.form.observed.area if self.form.place.text() else self.form.place).setFocus()

    def _back(self) -> None:
        self.flush()
        self.left.emit()

    def _say(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))


def _case_row(choice: Choice) -> QHBoxLayout:
    line = row(Label(tr("Case"), "label"), choice, space=12)
    line.setStretch(1, 1)
    return line


def _with_written(form: ReferralForm, document_id: str) -> ReferralForm:
    return replace(form, written_id=document_id)
