"""次数均衡: a bar an expert, what was carried over lighter; a list that the keyboard walks through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from app.common.words import tr
from app.rota.rules import quarter_start
from app.rota.views import LoadView, Proposal, WeekView
from ui import theme
from ui.widgets import paint
from ui.widgets.card import Card
from ui.widgets.label import Label
from ui.widgets.layout import row
from ui.widgets.segmented import SegmentedControl

Index = QModelIndex | QPersistentModelIndex
KINDS = ("duties", "weekends", "holidays")


@dataclass(frozen=True, slots=True)
class Bar:
    """`now` of this quarter, `before` carried over; `off` is how far the sum lies from everybody's mean."""

    staff_id: str
    number: str
    name: str
    now: int
    before: int
    off: float

    @property
    def total(self) -> int:
        return self.now + self.before

    def off_words(self) -> str:
        """Empty within one of the mean: nothing to even out."""
        if abs(self.off) < 1:
            return ""
        n = round(abs(self.off))
        return tr("{n} above", n=n) if self.off > 0 else tr("{n} below", n=n)

    def says(self) -> str:
        """What a screen reader says, and the tooltip."""
        words = tr(
            "{name}: {now} this quarter, {before} last quarter", name=self.name, now=self.now, before=self.before
        )
        off = tr("{off} the mean", off=self.off_words()) if self.off_words() else tr("near the mean")
        return f"{words}，{off}"


def bars(loads: Sequence[LoadView], kind: str) -> tuple[Bar, ...]:
    """The most first; `kind` is one of KINDS."""
    before = {"duties": "last_quarter", "weekends": "last_weekends", "holidays": "last_holidays"}[kind]
    pairs = [(one, int(getattr(one, kind)), int(getattr(one, before))) for one in loads]
    mean = sum(now + carried for _one, now, carried in pairs) / len(pairs) if pairs else 0.0
    found = [Bar(one.staff_id, one.number, one.name, now, carried, now + carried - mean) for one, now, carried in pairs]
    return tuple(sorted(found, key=lambda bar: (-bar.total, -bar.now, bar.number)))


def with_proposal(loads: Sequence[LoadView], proposal: Proposal, begins: date) -> tuple[LoadView, ...]:
    """What the quarter that `begins` on that day would come to. Public holidays are left as they stand: the board
    knows only those on show."""
    duties, weekends = Counter[str](), Counter[str]()
    for sign, changed in ((1, proposal.added), (-1, proposal.removed)):
        for duty in changed:
            if quarter_start(duty.slot.day) == begins:
                duties[duty.expert_id] += sign
                weekends[duty.expert_id] += sign * duty.slot.weekend
    return tuple(
        replace(one, duties=one.duties + duties[one.staff_id], weekends=one.weekends + weekends[one.staff_id])
        for one in loads
    )


class _Model(QAbstractListModel):
    BAR = Qt.ItemDataRole.UserRole + 1

    def __init__(self, parent: QListView) -> None:
        super().__init__(parent)
        self.bars: tuple[Bar, ...] = ()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.bars)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        bar = self.bars[index.row()]
        if role in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
            Qt.ItemDataRole.ToolTipRole,
        ):
            return bar.says()
        return bar if role == self.BAR else None

    def set_bars(self, wanted: tuple[Bar, ...]) -> None:
        if wanted == self.bars:
            return
        same = [bar.staff_id for bar in wanted] == [bar.staff_id for bar in self.bars]
        if same:
            self.bars = wanted
            self.dataChanged.emit(self.index(0), self.index(len(wanted) - 1))
            return
        self.beginResetModel()
        self.bars = wanted
        self.endResetModel()


class LoadList(QListView):
    """Enter or a click on a name: `chosen(staff number)`."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._model = _Model(self)
        self.setModel(self._model)
        self.setItemDelegate(_Delegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Evenness"))
        self.setMinimumHeight(paint.px(22) * 4)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.clicked.connect(lambda index: self.chosen.emit(index.data(_Model.BAR).number))

    def set_bars(self, wanted: tuple[Bar, ...]) -> None:
        self._model.set_bars(wanted)

    def bars(self) -> tuple[Bar, ...]:
        """As on show."""
        return self._model.bars

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self.chosen.emit(index.data(_Model.BAR).number)
        else:
            super().keyPressEvent(event)


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(paint.px(180), paint.px(22))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        bar = index.data(_Model.BAR)
        box, state = option.rect, option.state
        view = option.widget
        focused = isinstance(view, QListView) and view.hasFocus()
        if state & QStyle.StateFlag.State_Selected and focused:
            painter.fillRect(box, theme.colour("accent_soft"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, theme.colour("hover"))
        most = max((one.total for one in view.bars()), default=0) if isinstance(view, LoadList) else bar.total
        left, right = box.left() + paint.px(14), box.right() - paint.px(10)
        names, off, number = paint.px(62), paint.px(34), paint.px(20)
        made, small = paint.font(), paint.font(11)
        paint.text(painter, QRect(left, box.top(), names, box.height()), bar.name, made, theme.colour("text"))
        room = right - left - names - off - number - paint.px(10)
        self._bar(painter, QRectF(left + names + paint.px(4), box.center().y() - 3, room, 8), bar, most or 1)
        spot = QRect(right - off - number, box.top(), number, box.height())
        paint.text(painter, spot, str(bar.total), made, theme.colour("muted"), right=True)
        words = QRect(right - off + paint.px(2), box.top(), off, box.height())
        paint.text(painter, words, bar.off_words(), small, theme.colour("attention"), right=True)

    def _bar(self, painter: QPainter, whole: QRectF, bar: Bar, most: int) -> None:
        """Full: this quarter; lighter behind it: with what was carried over."""
        paint.rounded(painter, whole, 4, theme.colour("neutral_soft"))
        for count, token, opacity in ((bar.total, "accent", 0.35), (bar.now, "accent", 1.0)):
            if count:
                part = QRectF(whole)
                part.setWidth(max(8.0, whole.width() * count / most))
                painter.save()
                painter.setOpacity(opacity)
                paint.rounded(painter, part, 4, theme.colour(token))
                painter.restore()


class LoadCard(Card):
    """`chosen(staff number)`: show me this one."""

    def __init__(self) -> None:
        super().__init__(tr("Evenness"), "", padded=False)
        self.kind = SegmentedControl(
            [("duties", tr("All")), ("weekends", tr("Sat, Sun")), ("holidays", tr("Holidays"))],
            value="duties",
            name=tr("What is counted"),
        )
        self.kind.chosen.connect(lambda _kind: self._show())
        self.list = LoadList()
        self.chosen = self.list.chosen
        self._mean = Label("", "small", wrap=True)
        self._loads: tuple[LoadView, ...] = ()
        self.body.addLayout(row(self.kind, None, margins=(12, 10, 8, 6)))
        self.body.addLayout(row(self._mean, margins=(14, 0, 14, 6)))
        self.body.addWidget(self.list, 1)
        self.setMinimumHeight(theme.current().px(190))

    def set_loads(self, view: WeekView, proposal: Proposal | None) -> None:
        """The quarter of the first day on show, as it would be with the proposal, if there is one."""
        quarter = quarter_start(view.first)
        self._loads = with_proposal(view.loads, proposal, quarter) if proposal is not None else view.loads
        self.set_hint(tr("with the proposal") if proposal is not None else tr("dark: this quarter, light: last"))
        self._show()

    def _show(self) -> None:
        found = bars(self._loads, str(self.kind.value()))
        self.list.set_bars(found)
        if not found:
            self._mean.setText("")
            return
        totals = [bar.total for bar in found]
        mean = f"{sum(totals) / len(totals):.1f}"
        words = tr("with last quarter: mean {mean}, {least} to {most}", mean=mean, least=min(totals), most=max(totals))
        self._mean.setText(words)
