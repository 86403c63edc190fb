"""The kit's controls, by keyboard: dates as typed, three answers, choices, lists that keep their place."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QCalendarWidget, QLabel, QWidget
from pytestqt.qtbot import QtBot

from ui import theme
from ui.widgets.badge import Badge
from ui.widgets.button import PrimaryButton, SecondaryButton
from ui.widgets.card import Card
from ui.widgets.choice import Choice
from ui.widgets.date_field import DateField, parse_date
from ui.widgets.field import Field
from ui.widgets.icon_button import IconButton
from ui.widgets.label import Label
from ui.widgets.layout import column
from ui.widgets.line_edit import LineEdit
from ui.widgets.list_row import ListRow
from ui.widgets.row import Columns, Row
from ui.widgets.row_list import RowList
from ui.widgets.segmented import SegmentedControl
from ui.widgets.stat_tile import StatTile
from ui.widgets.text_area import TextArea
from ui.widgets.tri_state import TriState

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "typed",
    ["2013-3-5", "2013-03-05", "2013/3/5", "2013.3.5", "20130305", "2013年3月5日", "２０１３－３－５", " 2013 3 5 "],
)
def test_a_date_is_taken_as_people_type_it(typed: str) -> None:
    assert parse_date(typed) == date(2013, 3, 5)


@pytest.mark.parametrize("typed", ["", "2013", "2013-13-1", "2013-2-30", "13-3-5", "2013-3", "abc", "201303051"])
def test_what_is_no_date_is_none(typed: str) -> None:
    assert parse_date(typed) is None


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_day_reads_back(day: date) -> None:
    assert parse_date(day.isoformat()) == parse_date(f"{day:%Y%m%d}") == day
    assert parse_date(f"{day.year}年{day.month}月{day.day}日") == day


def test_the_age_stands_behind_a_birth_date(qtbot: QtBot) -> None:
    field = DateField(age_today=lambda: MONDAY)
    qtbot.addWidget(field)
    field.show()
    heard: list[object] = []
    field.changed.connect(heard.append)
    qtbot.keyClicks(field, "2013/11/24")
    assert field.value() == date(2013, 11, 24) and field.age_text() == "12岁" and heard[-1] == date(2013, 11, 24)
    field.clearFocus()
    field.setText("2013-2-30")
    assert field.is_wrong() and field.value() is None and field.age_text() == ""


def test_a_day_is_taken_from_the_calendar(qtbot: QtBot) -> None:
    field = DateField(age_today=lambda: MONDAY)
    qtbot.addWidget(field)
    field.show()
    qtbot.keyClick(field, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    calendar = field.findChildren(QCalendarWidget)[0]
    calendar.clicked.emit(calendar.selectedDate())
    assert field.value() == MONDAY


def test_not_asked_is_an_answer_of_its_own(qtbot: QtBot) -> None:
    question = TriState("想过伤害自己")
    qtbot.addWidget(question)
    question.show()
    heard: list[object] = []
    question.changed.connect(heard.append)
    assert question.value() is None and question.words() == "想过伤害自己：未问" == question.accessibleName()
    qtbot.keyClick(question, Qt.Key.Key_Space)
    qtbot.keyClick(question, Qt.Key.Key_Space)
    assert question.value() is True and question.accessibleName() == "想过伤害自己：是"
    qtbot.keyClick(question, Qt.Key.Key_Left)
    qtbot.keyClick(question, Qt.Key.Key_Delete)
    assert heard == [False, True, False, None]


def test_a_long_choice_is_found_by_any_part_of_its_words(qtbot: QtBot) -> None:
    holder, other = QWidget(), LineEdit()
    choice = Choice([("a", "第三中学"), ("b", "实验小学")], searchable=True)
    column(choice, other, parent=holder)
    qtbot.addWidget(holder)
    holder.show()
    holder.activateWindow()
    line = choice.lineEdit()
    assert line is not None
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)
    line.setText("实验")
    assert choice.value() is None
    other.setFocus()
    assert choice.value() == "b"
    choice.set_value("a")
    choice.set_options([("a", "第三中学（东校区）"), ("c", "其他")])
    assert choice.value() == "a" and choice.currentText() == "第三中学（东校区）"
    choice.set_value("gone")
    assert choice.value() is None and choice.text() == ""


def test_a_free_choice_takes_words_of_its_own() -> None:
    choice = Choice([("a", "第三中学")], free=True)
    choice.setEditText("外地学校")
    assert choice.value() == "外地学校"
    choice.setEditText("第三中学")
    assert choice.value() == "a"


def test_a_field_speaks_its_label_and_what_is_wrong(qtbot: QtBot) -> None:
    line = LineEdit()
    field = Field("姓名", line, hint="可用化名")
    qtbot.addWidget(field)
    assert line.accessibleName() == "姓名" and line.accessibleDescription() == "可用化名"
    assert any(label.buddy() is line for label in field.findChildren(QLabel))
    field.set_error("请填写此项。")
    assert line.accessibleDescription() == "请填写此项。" and line.property("wrong") == "true"
    field.set_error("")
    assert line.accessibleDescription() == "可用化名" and field.error() == ""


def test_a_text_area_grows_takes_plain_text_and_leaves_a_composition_alone(qtbot: QtBot) -> None:
    holder = QWidget()
    area = TextArea(lines=2, most=6)
    column(area, None, parent=holder)
    qtbot.addWidget(holder)
    holder.resize(300, 400)
    holder.show()
    small = area.height()
    area.setPlainText("\n".join("一二三" for _ in range(5)))
    grown = area.height()
    assert grown > small
    area.setPlainText("\n".join("一" for _ in range(50)))
    assert area.height() < grown * 2
    area.clear()
    rich = QMimeData()
    rich.setHtml("<b>粗</b>")
    rich.setText("粗")
    area.insertFromMimeData(rich)
    assert area.toPlainText() == "粗"
    QApplication.sendEvent(area, QInputMethodEvent("wang", []))
    area.set_value("粗")
    commit = QInputMethodEvent()
    commit.setCommitString("王")
    QApplication.sendEvent(area, commit)
    assert "王" in area.toPlainText()


def test_a_list_keeps_what_was_chosen_through_a_refresh(qtbot: QtBot) -> None:
    rows = RowList("队列", Columns(lead=48))
    qtbot.addWidget(rows)
    rows.show()
    chosen: list[str] = []
    opened: list[str] = []
    rows.chosen.connect(chosen.append)
    rows.opened.connect(opened.append)
    rows.set_rows([Row(key, f"来访者 {key}", lead=key) for key in "abc"])
    rows.choose("b")
    rows.set_rows([Row(key, f"来访者 {key}", lead=key) for key in "cxb"])
    assert rows.key() == "b" and chosen == ["b"]
    qtbot.keyClick(rows, Qt.Key.Key_Up)
    qtbot.keyClick(rows, Qt.Key.Key_Return)
    assert opened == ["x"]
    rows.set_rows([])
    assert rows.key() == "" and rows.row() is None


def test_a_row_says_all_of_itself() -> None:
    row = Row("k", "来访者", "13岁 女", lead="A03", second="母亲同来", badge="优先", note="2 室", trailing="06 分")
    assert row.says() == "A03，来访者，13岁 女，母亲同来，优先，2 室，06 分"


def test_a_button_shows_its_key_and_is_pressed_by_it(qtbot: QtBot) -> None:
    holder = QWidget()
    pressed: list[str] = []
    first = PrimaryButton("登记排队", lambda: pressed.append("F2"), shortcut="F2")
    sign = SecondaryButton("签名", lambda: pressed.append("sign"), shortcut="Ctrl+Return")
    line = LineEdit()
    column(line, first, sign, parent=holder)
    qtbot.addWidget(holder)
    holder.show()
    holder.activateWindow()
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)
    plain = PrimaryButton("登记排队")
    qtbot.addWidget(plain)
    assert first.sizeHint().width() > plain.sizeHint().width()
    qtbot.keyClick(line, Qt.Key.Key_F2)
    qtbot.keyClick(line, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(line, Qt.Key.Key_Enter, Qt.KeyboardModifier.ControlModifier)
    assert pressed == ["F2", "sign", "sign"]
    sign.set_text("再次签名")
    qtbot.keyClick(line, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert pressed[-1] == "sign" and len(pressed) == 4


def test_segments_are_moved_by_arrows(qtbot: QtBot) -> None:
    choice = SegmentedControl([("week", "周"), ("month", "月")], value="week", name="范围")
    qtbot.addWidget(choice)
    choice.show()
    heard: list[object] = []
    choice.chosen.connect(heard.append)
    qtbot.keyClick(choice, Qt.Key.Key_Right)
    qtbot.keyClick(choice, Qt.Key.Key_Right)
    assert heard == ["month", "week"] and choice.accessibleName() == "范围 周"
    choice.set_value("month")
    assert heard == ["month", "week"] and choice.value() == "month"


def test_what_was_not_counted_is_no_nought(qtbot: QtBot) -> None:
    opened: list[int] = []
    tile = StatTile("未签记录", lambda: opened.append(1))
    qtbot.addWidget(tile)
    tile.show()
    tile.set(None, "未统计")
    assert tile.number() == "–" and tile.accessibleName() == "未签记录 – 未统计"
    tile.set(0)
    assert tile.number() == "0"
    qtbot.keyClick(tile, Qt.Key.Key_Return)
    assert opened == [1]


def test_a_row_that_opens_does_so_by_key_and_click(qtbot: QtBot) -> None:
    opened: list[str] = []
    row = ListRow(Row("k", "同意书待签"), lambda: opened.append("k"))
    qtbot.addWidget(row)
    row.show()
    qtbot.keyClick(row, Qt.Key.Key_Space)
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    assert opened == ["k", "k"]


def test_names_are_never_read_as_markup(qtbot: QtBot) -> None:
    label = Label("<b>王</b>&amp;")
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText and label.text() == "<b>王</b>&amp;"


def test_everything_grows_with_the_text(qtbot: QtBot) -> None:
    made = [PrimaryButton("好"), Badge("未签", "attention"), IconButton("x", "关闭"), TriState("有打算")]
    for widget in made:
        qtbot.addWidget(widget)
    before = [widget.sizeHint() for widget in made]
    theme.current().set(scale=200)
    for widget, small in zip(made, before, strict=True):
        assert widget.sizeHint().height() == 2 * small.height() and widget.sizeHint().width() > 1.6 * small.width()


def test_a_card_has_no_head_without_a_title_and_gets_one(qtbot: QtBot) -> None:
    card = Card("", padded=False).add(Label("正文"))
    qtbot.addWidget(card)
    card.show()
    bare = card.minimumSizeHint().height()
    card.set_title("今天的预约")
    assert card.minimumSizeHint().height() > bare and card.accessibleName() == "今天的预约"
