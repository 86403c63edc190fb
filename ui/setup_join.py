"""A new PC joins: from its name to the sign-in with the centre's accounts. What goes wrong keeps the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.common.errors import UserError
from app.common.words import tr
from ui.doors import Doors
from ui.jobs import Job, run_job
from ui.joining.pages import AnswerPage, JoiningPage, NamePage, OfferPage, RequestPage

LOOK_MS = 3_000


class JoinFlow(QObject):
    """`show(page)` puts a page on; `left` when the person goes back to the beginning; `joined` when it is done.

    The request's keys live in this object alone: a packet that answers it opens nowhere else, and not after it."""

    left = Signal()
    joined = Signal()

    def __init__(self, doors: Doors, folder: Path, show: Callable[[QWidget], object], parent: QObject) -> None:
        super().__init__(parent)
        self._doors = doors
        self._folder = folder
        self._show = show
        self._request: Any = None
        self._offer: Any = None
        self._watched: Path | None = None
        self._shared: Path | None = None
        self._job: Job | None = None
        self._looking: Job | None = None
        self.timer = QTimer(self)
        self.timer.setInterval(LOOK_MS)
        self.timer.timeout.connect(self.look)

    def begin(self) -> None:
        """Asks for this PC's name."""
        self.timer.stop()
        page = NamePage()
        page.back.connect(self.left.emit)
        page.done.connect(lambda name: self._named(page, name))
        self._show(page)

    def look(self) -> None:
        """Whether the answer has come into the shared folder; off the UI thread, since shares can hang."""
        if self._watched is None or self._looking is not None:
            return
        self._looking = run_job(
            self,
            self._doors.look_for_packet,
            self._watched,
            self._request,
            lane="pool",
            on_done=self._found,
            on_error=lambda _error: None,  # the share may come back
            on_end=self._looked,
        )

    def _looked(self) -> None:
        self._looking = None

    def _named(self, page: NamePage, name: str) -> None:
        run_job(self, self._doors.join_request, name, lane="pool", on_done=self._requested, on_error=page.refuse)

    def _requested(self, request: Any) -> None:
        self._request = request
        self._ask_request()

    def _ask_request(self) -> None:
        self.timer.stop()
        self._watched = None
        page = RequestPage(self._request)
        page.back.connect(self.begin)
        page.done.connect(self._ask_answer)
        page.file_wanted.connect(lambda path: self._save(page, path))
        page.folder_wanted.connect(lambda path: self._share(page, path))
        self._show(page)

    def _save(self, page: RequestPage, path: Path) -> None:
        def saved(_none: object) -> None:
            self._watched = None
            page.show_saved(tr("Saved: {path}", path=path))

        run_job(self, self._doors.save_request, path, self._request, lane="pool", on_done=saved, on_error=page.refuse)

    def _share(self, page: RequestPage, folder: Path) -> None:
        def shared(_none: object) -> None:
            self._watched = self._shared = folder
            page.show_saved(tr("It lies in the shared folder. A director sees it there."))

        run_job(
            self, self._doors.share_request, folder, self._request, lane="pool", on_done=shared, on_error=page.refuse
        )

    def _ask_answer(self) -> None:
        page = AnswerPage(self._request, self._watched)
        page.back.connect(self._ask_request)
        page.file_wanted.connect(self._read)
        self._answer = page
        self._show(page)
        if self._watched is not None:
            self.timer.start()

    def _read(self, path: Path) -> None:
        run_job(
            self,
            self._doors.read_offer,
            path,
            self._request,
            lane="pool",
            on_done=self._offered,
            on_error=self._answer.refuse,
        )

    def _found(self, offer: Any) -> None:
        if offer is not None and self.timer.isActive():
            self._offered(offer)

    def _offered(self, offer: Any) -> None:
        self.timer.stop()
        self._offer = offer
        page = OfferPage(offer)
        page.back.connect(self._differs)
        page.done.connect(self._join)
        self._show(page)

    def _differs(self) -> None:
        """Nothing was joined; the answer that came is not looked at again."""
        self._watched = None
        self._ask_answer()
        self._answer.refuse_words(tr("Not joined. Call the director, and ask for a new answer."))

    def _join(self) -> None:
        page = JoiningPage(self._cancel)
        self._show(page)
        self._job = run_job(
            self,
            self._doors.join,
            self._folder,
            self._request,
            self._offer,
            self._shared,
            on_progress=page.progress.show_progress,
            on_done=lambda _none: self.joined.emit(),
            on_error=self._failed,
        )

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
        self._offered(self._offer)

    def _failed(self, error: UserError) -> None:
        """The request and the packet are still good: try again, or take another file."""
        self._ask_answer()
        self.timer.stop()
        self._answer.refuse(error)
