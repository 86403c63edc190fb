"""待核对 by keyboard alone: arrows move, 1 or 2 decides, Enter opens the client or the case."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QStackedWidget, QWidget

from app.common.changes import Topic
from app.common.errors import UserError
from app.common.words import ntr, tr
from app.security.permissions import May
from app.sync.views import ReviewView
from ui import notify
from ui.desk import Desk
from ui.jobs import run_job
from ui.reviews.side import ONE, VERSION, SideCard
from ui.reviews.words import CHOICES, LEAVE, STORIES, differing, review_row, written_words
from ui.widgets.button import SecondaryButton
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyState
from ui.widgets.label import Label
from ui.widgets.layout import clear, column, row, scrolling
from ui.widgets.page_header import PageHeader
from ui.widgets.row_list import RowList

LIST_WIDTH, NARROW_BELOW = 340, 960


class ReviewsTab(QWidget):
    """Left what waits, right the versions beside each other."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._views: dict[str, ReviewView] = {}
        self._deciding = False
        self.sides: list[SideCard] = []
        self._head = PageHeader(tr("To review"), tr("Where two PCs wrote different things; nothing was lost"))
        self.list = RowList(tr("To review"))
        self.list.chosen.connect(self._show_one)
        self.list.opened.connect(lambda _key: self.open_subject())
        self._left = Card(padded=False).add(self.list)
        self._title = Label("", "title", wrap=True)
        self._story = Label("", "muted", wrap=True)
        self._beside = row(space=12)
        self.way = SecondaryButton("", self.open_subject, icon="folder-open", hint="Enter")
        inside = QWidget()
        self.leave = SecondaryButton(tr("Leave it so"), self.leave_it, shortcut="0")
        ways = row(self.way, self.leave, None)
        column(self._title, self._story, ways, self._beside, None, parent=inside, space=12)
        self._one = QWidget()
        line = row(self._left, parent=self._one, space=16)
        self.area = scrolling(inside)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        line.addWidget(self.area, 1)
        hint = tr("If two PCs change the same thing at once, both versions wait here.")
        self._empty = EmptyState("circle-check", tr("Nothing to review"), hint)
        self.pages = QStackedWidget()
        for page in (self._empty, self._one):
            self.pages.addWidget(page)
        column(self._head, self.pages, parent=self, space=12)
        self.setFocusProxy(self.list)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Large text on a small screen: the list gives way, and the versions stand below each other."""
        super().resizeEvent(event)
        scale = self._desk.theme.px
        narrow = self.width() < scale(NARROW_BELOW)
        self._left.setFixedWidth(scale(230 if narrow else LIST_WIDTH))
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._beside.setDirection(down if narrow else across)

    # --- what the shell calls

    def refresh(self, topics: frozenset[Topic] | None = None) -> None:
        """The list anew; what was chosen stays chosen."""
        run_job(self, self._desk.services.reviews.open, lane="read", on_done=self._show)

    def flush(self) -> None:
        """Nothing is typed here."""

    # --- showing

    def chosen(self) -> ReviewView | None:
        """What is shown at the right."""
        return self._views.get(self.list.key())

    def _show(self, views: Sequence[ReviewView]) -> None:
        self._deciding = False
        at = [row.key for row in self.list.rows()].index(self.list.key()) if self.list.key() else 0
        before = self.chosen()
        self._views = {view.id: view for view in views}
        now = self._desk.clock.now()
        self.list.set_rows([review_row(view, now) for view in views])
        self._desk.set_count("reviews", len(views))
        waiting = ntr("{n} waits", "{n} wait", len(views)) if views else ""
        self._head.set_subtitle(waiting or tr("Where two PCs wrote different things; nothing was lost"))
        self.pages.setCurrentWidget(self._one if views else self._empty)
        if not views:
            return
        if self.list.key() not in self._views or not self.list.key():
            self.list.choose(views[min(at, len(views) - 1)].id)
        if self.chosen() != before:
            self._show_one(self.list.key())

    def _show_one(self, key: str) -> None:
        view = self._views.get(key)
        if view is None:
            return
        self._title.setText(" · ".join(part for part in (view.subject, view.what) if part))
        self._story.setText(tr(STORIES.get(view.kind, "")))
        words = self._way_words(view)
        self.way.setVisible(bool(words))
        self.way.set_text(words)
        clear(self._beside)
        self.leave.setVisible(view.kind == "booking")
        marks = differing(view) if view.kind in ("edit", "number", "risk") else frozenset()
        choice = CHOICES.get(view.kind, "")
        self.sides = []
        all_show = all(side.shows for side in view.sides)
        for number, side in enumerate(view.sides, start=1):
            choose = partial(self.decide, number) if choice else None
            card = SideCard(
                side,
                number,
                marks,
                choose,
                tr(choice),
                title=VERSION if view.kind == "edit" else ONE,
                all_show=all_show,
            )
            self.sides.append(card)
            self._beside.addWidget(self.sides[-1], 1)
            self.sides[-1].show()  # at once: its key may be pressed before the layout comes round to it

    def _way_words(self, view: ReviewView) -> str:
        """Where it is dealt with; empty if this person cannot go there."""
        may = self._desk.who.may
        if view.case_id and May.READ_CASES in may:
            return tr("Open the case")
        if view.kind == "risk":
            return ""
        if view.client_id and May.SEE_QUEUE in may:
            return tr("Open the client")
        if view.kind == "booking" and May.SEE_ROTA in may:
            return tr("Open the rota")
        return ""

    # --- acts

    def open_subject(self) -> None:
        """Goes to where the thing is."""
        view = self.chosen()
        words = self._way_words(view) if view is not None else ""
        if view is None or not words:
            return
        if words == tr("Open the case"):
            self._desk.open_tab("notes", case_id=view.case_id)
        elif words == tr("Open the client"):
            self._desk.open_tab("intake", client_id=view.client_id)
        else:
            self._desk.open_tab("rota")

    def decide(self, number: int) -> None:
        """1 or 2: that side holds from now on, on every PC."""
        view = self.chosen()
        if view is None or view.kind not in CHOICES or number > len(view.sides):
            return
        side = view.sides[number - 1]
        who = written_words(side)
        words = {
            "edit": tr("{subject}: version {n} holds ({who}).", subject=view.subject, n=number, who=who),
            "number": tr("{number} stays with version {n}.", number=view.subject, n=number),
        }
        self._decide(view, side.key, words.get(view.kind, tr("{subject}: decided.", subject=view.subject)))

    def leave_it(self) -> None:
        """0: both bookings stay as they are, and nobody is asked again."""
        view = self.chosen()
        if view is not None and view.kind == "booking":
            self._decide(view, LEAVE, tr("{subject}: left as it is.", subject=view.subject))

    def _decide(self, view: ReviewView, key: str, said: str) -> None:
        """One at a time, until the list is there anew: a key pressed twice must not decide the next one unseen."""
        if self._deciding:
            return
        self._deciding = True
        run_job(
            self,
            self._desk.services.reviews.decide,
            view.id,
            key,
            on_done=lambda _none: self._decided(said),
            on_error=self._refused,
        )

    def _decided(self, said: str) -> None:
        self.refresh()
        self.list.setFocus()
        notify.say(self, said)

    def _refused(self, error: UserError) -> None:
        """Somebody else was quicker, or the record changed: the list as it is now."""
        notify.warn(self, error.text())
        self.refresh()
