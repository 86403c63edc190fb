"""What can be done with the open case besides writing: consent, scales, granting it, taking a session back."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from PySide6.QtWidgets import QMenu, QWidget

from app.cases.consent import MeterLine, NewConsent
from app.cases.consent_rules import ConsentAct, Party, Purpose
from app.cases.scales import NewAssessment
from app.cases.views import AssessmentView
from app.common.words import tr
from app.security.permissions import May
from ui import ask, notify
from ui.jobs import run_job
from ui.sessions.consent_sheet import ConsentSheet
from ui.sessions.load import CaseDesk
from ui.sessions.scale_sheet import ScaleSheet


class CaseActions:
    """Each asks, calls the service and says the result; the shell's announcement redraws the case."""

    def __init__(self, owner: QWidget, services: Any, may: frozenset[May]) -> None:
        self._owner = owner
        self._services = services
        self._may = may

    def menu(self, found: CaseDesk) -> QMenu:
        """What is rarely needed."""
        menu = QMenu(self._owner)
        if found.session is not None:
            menu.addAction(tr("Take back this session…")).triggered.connect(partial(self._take_back, found))
        if May.GRANT_CASES in self._may:
            menu.addAction(tr("Grant this case to a colleague…")).triggered.connect(partial(self._grant, found))
        for name in found.case.holders:
            menu.addAction(tr("Key: {name}", name=name)).setEnabled(False)
        return menu

    def consent(self, found: CaseDesk, line: MeterLine) -> None:
        """The sheet of one line of the meter."""
        record = partial(self._record_consent, found.case.client_id)
        may_override = May.WRITE_NOTES in self._may
        ConsentSheet(self._owner, found.case.consent, line, record, may_override=may_override).open()

    def scale(self, found: CaseDesk, day: date) -> None:
        """The sheet to enter a scale."""
        ScaleSheet(self._owner, day, partial(self._record_scale, found.case.id)).open()

    def _record_consent(self, client_id: str, new: NewConsent) -> None:
        consent = self._services.consent
        said: dict[str, Any] = {"recipient": new.recipient}
        if new.act is ConsentAct.WITHDRAWN:
            call = partial(consent.withdraw, client_id, new.purpose, Party(new.by), reason=new.reason)
        else:
            said["scope"] = new.scope if new.purpose is Purpose.SHARE else ()
            call = partial(consent.give, client_id, new.purpose, _party(new), signer_name=new.signer_name)
            if new.act is ConsentAct.OVERRIDDEN:
                call = partial(consent.override, client_id, new.purpose, new.by, new.reason)
        run_job(self._owner, call, on_done=lambda _id: notify.say(self._owner, tr("Recorded.")), **said)

    def _record_scale(self, case_id: str, new: NewAssessment) -> None:
        run_job(self._owner, self._services.assessments.record, case_id, new, on_done=self._scored)

    def _scored(self, result: AssessmentView) -> None:
        if result.flagged:
            words = tr("Item 9 is above zero: do the safety check now and write it under Risk.")
            notify.warn(self._owner, words)
        else:
            notify.say(self._owner, tr("{scale}: total {n}, saved.", scale=result.name, n=result.total))

    def _take_back(self, found: CaseDesk, *_: object) -> None:
        session = found.session
        if session is None:
            return
        ask.confirm(
            self._owner,
            tr("Session {n} was begun by mistake? What was typed in it is deleted.", n=session.number),
            title=tr("Take back this session"),
            yes=tr("Take back"),
            danger=True,
            on_yes=lambda: run_job(
                self._owner,
                self._services.notes.withdraw,
                session.id,
                on_done=lambda _none: notify.say(self._owner, tr("Taken back.")),
            ),
        )

    def _grant(self, found: CaseDesk, *_: object) -> None:
        run_job(
            self._owner,
            self._services.cases.candidates,
            found.case.id,
            lane="read",
            on_done=partial(self._choose_colleague, found),
        )

    def _choose_colleague(self, found: CaseDesk, candidates: tuple[tuple[str, str], ...]) -> None:
        if not candidates:
            notify.say(self._owner, tr("Every psychologist of this centre holds this case already."))
            return
        ask.choose(
            self._owner,
            tr("Grant this case"),
            tr("Who may open case {number} from now on, earlier notes included?", number=found.case.number),
            candidates,
            on_choice=lambda user_id: run_job(
                self._owner,
                self._services.cases.grant,
                found.case.id,
                user_id,
                on_done=lambda _none: notify.say(self._owner, tr("Granted.")),
            ),
        )


def _party(new: NewConsent) -> Party:
    return Party(new.by) if new.act is ConsentAct.GIVEN else Party.GUARDIAN
