"""The front desk by keyboard, on a real centre: arrivals, drafts, queue, and the counsellor's own way with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.common.clock import at_centre
from app.common.words import tr
from app.intake.arrivals import PersonArriving
from app.intake.views import QueueEntry
from app.people.clients import NewClient, NewGuardian
from app.people.defaults import add_centre_defaults
from db.models import Client, School, Visit
from db.replica.stamping import new_id
from tests.services.conftest import NOON, Bench
from ui import jobs, notify
from ui.desk import Desk
from ui.intake.bookings import BookingsSheet, parse_time
from ui.intake.count import count
from ui.intake.form import ArrivalForm
from ui.intake.state import ArrivalState, ParentState
from ui.intake.tab import IntakeTab
from ui.widgets.choice import Choice

GIRL = NewClient(
    "王子琪",
    sex="female",
    birth_date=date(2013, 3, 5),
    school_name="聊城市第三中学",
    grade="初二",
    telephones=("13806351278",),
    guardians=(NewGuardian("王女士", "母亲"),),
)
BOY = NewClient("王梓棋", sex="male", birth_date=date(2015, 6, 1), grade="小五")
TOLD = "最近一个月晚上睡不着"


class Window:
    """Stands in for the shell: remembers which tab was asked for."""

    def __init__(self) -> None:
        self.opened: list[tuple[str, dict[str, object]]] = []

    def open(self, key: str, **wanted: object) -> None:
        self.opened.append((key, wanted))


@dataclass
class Front:
    """A tab of somebody signed in, and fingers."""

    bench: Bench
    login: str
    tab: IntakeTab
    window: Window
    wait: Callable[[], None]

    @property
    def form(self) -> ArrivalForm:
        assert self.tab.form is not None
        return self.tab.form

    @property
    def entries(self) -> tuple[QueueEntry, ...]:
        return self.bench.sign(self.login).services.queue.view().entries

    def press(self, *keys: Qt.Key, control: bool = False) -> None:
        modifier = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
        for key in keys:
            QTest.keyClick(focused(), key, modifier)

    def type(self, text: str) -> None:
        """Letters by key, characters as an input method commits them."""
        for letter in text:
            if letter.isascii():
                QTest.keyClicks(focused(), letter)
            else:
                event = QInputMethodEvent()
                event.setCommitString(letter)
                QApplication.sendEvent(focused(), event)

    def go(self, widget: QWidget) -> None:
        """Tab until the keyboard is there: what cannot be reached so, cannot be reached without a mouse."""
        for _ in range(60):
            here = focused()
            if here is widget or widget.isAncestorOf(here):
                return
            QTest.keyClick(here, Qt.Key.Key_Tab)
        raise AssertionError(f"Tab never reaches {widget.accessibleName()}")

    def register(self) -> None:
        self.press(Qt.Key.Key_F2)
        self.wait()


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None, "nothing has the keyboard"
    return widget


Open = Callable[..., Front]


@pytest.fixture
def open_tab(bench: Bench, shown: Callable[[QWidget], QWidget], wait_jobs: Callable[[], None], qtbot: QtBot) -> Open:
    """Opens the tab as the shell does: refreshed after what it changes."""

    def go(login: str = "desk") -> Front:
        office = bench.sign(login)
        window = Window()
        desk = Desk(office.services, office.who, clock=bench.clock, window=window)  # type: ignore[arg-type]
        tab = IntakeTab(desk)
        shown(tab)
        jobs.bus().changed.connect(lambda topics, _from: tab.refresh(topics))
        tab.refresh(None)
        wait_jobs()
        proxy = tab.focusProxy()
        assert proxy is not None
        proxy.setFocus()
        return Front(bench, login, tab, window, wait_jobs)

    return go


def been_here(bench: Bench, *clients: NewClient) -> list[str]:
    """Clients of some weeks ago; nobody is in the queue today."""
    bench.clock.at = NOON - timedelta(days=30)
    made = [bench.sign("desk").services.intake.register([PersonArriving(one)]).value.visits[0] for one in clients]
    bench.clock.at = NOON
    return [visit.client_id for visit in made]


def arrive(bench: Bench, *people: PersonArriving) -> list[str]:
    visits = bench.sign("desk").services.intake.register(people).value.visits
    return [visit.visit_id for visit in visits]


def rooms(bench: Bench) -> None:
    office = bench.sign("desk")
    with office.ctx.db.write() as tx:
        add_centre_defaults(tx, office.who.centre_id)


# --- arrivals ---


def test_a_returning_client_takes_two_keys_after_the_name(bench: Bench, open_tab: Open) -> None:
    been_here(bench, GIRL, BOY)
    front = open_tab()
    front.type("wzq")
    front.wait()
    front.press(Qt.Key.Key_Return)
    front.wait()
    front.press(Qt.Key.Key_F2)
    front.wait()
    (entry,) = front.entries
    assert entry.age == 13 and not entry.first_visit
    assert front.form.fields.state().empty, "the form is free for the next one"


def test_keys_faster_than_the_search_still_choose_whom_they_mean(bench: Bench, open_tab: Open) -> None:
    girl, _boy = been_here(bench, GIRL, BOY)
    front = open_tab()
    front.type("wzq")
    front.press(Qt.Key.Key_Return, Qt.Key.Key_F2)
    front.wait()
    assert [entry.client_id for entry in front.entries] == [girl]


def test_enter_too_early_with_nobody_found_registers_nobody(bench: Bench, open_tab: Open) -> None:
    front = open_tab()
    front.type("wzq")
    front.press(Qt.Key.Key_Return, Qt.Key.Key_F2)
    front.wait()
    assert not front.entries
    assert front.form.fields.name.text() == "wzq"


def test_down_chooses_another_of_those_found(bench: Bench, open_tab: Open) -> None:
    ids = been_here(bench, GIRL, BOY)
    front = open_tab()
    front.type("wz")
    front.wait()
    shown = [row.key for row in front.form.fields.name.hits()]
    assert sorted(shown) == sorted(ids)
    front.press(Qt.Key.Key_Down, Qt.Key.Key_Return)
    front.wait()
    front.register()
    assert [entry.client_id for entry in front.entries] == [shown[1]]


def test_letters_still_being_composed_are_searched(bench: Bench, open_tab: Open) -> None:
    (girl,) = been_here(bench, GIRL)
    front = open_tab()
    QApplication.sendEvent(focused(), QInputMethodEvent("w'z'q", []))
    front.wait()
    assert [row.key for row in front.form.fields.name.hits()] == [girl]


def test_the_card_fills_the_form_and_a_change_is_kept(bench: Bench, open_tab: Open) -> None:
    (girl,) = been_here(bench, GIRL)
    front = open_tab()
    fields = front.form.fields
    front.type("wzq")
    front.wait()
    front.press(Qt.Key.Key_Return)
    front.wait()
    state = fields.state()
    assert (state.birth, state.sex, state.grade, state.telephone) == ("2013-03-05", "female", "初二", "13806351278")
    assert (state.guardian, state.relation) == ("王女士", "母亲")
    assert front.form.under_age.text() == tr("Under 14: guardian consents")
    front.go(fields.class_name)
    front.type("3")
    front.register()
    assert bench.sign("desk").services.intake.card(girl).class_name == "3"


def test_someone_else_after_all(bench: Bench, open_tab: Open) -> None:
    been_here(bench, GIRL)
    front = open_tab()
    fields = front.form.fields
    front.type("wzq")
    front.wait()
    front.press(Qt.Key.Key_Return)
    front.wait()
    front.go(fields.reason)
    front.type(TOLD)
    fields.name.setFocus()
    front.press(Qt.Key.Key_Backspace)
    assert fields.client_id() == "" and fields.state() == ArrivalState(reason=TOLD)
    front.type("李")
    assert fields.name.text() == "李"


def test_a_new_client_without_a_mouse(bench: Bench, open_tab: Open) -> None:
    office = bench.sign("desk")
    with office.ctx.db.write() as tx:
        school = School(id=new_id(tx), stream="org", name="聊城市第三中学")
        tx.add(school)
        school_id = school.id
    front = open_tab()
    fields = front.form.fields
    front.type("李小雨")
    front.go(fields.birth)
    front.type("20130609")
    front.go(fields.sex)
    front.press(Qt.Key.Key_Down)
    front.go(fields.school)
    front.type("第三")
    front.go(fields.grade)
    front.type("初二")
    front.go(fields.who)
    front.press(Qt.Key.Key_Right, Qt.Key.Key_Space)
    front.go(fields.telephone)
    front.type("138 0635 2222")
    front.go(fields.guardian)
    front.type("李女士")
    front.go(fields.relation)
    front.type("母亲")
    front.go(fields.reason)
    front.type(TOLD)
    front.go(fields.safety.questions[1])
    front.press(Qt.Key.Key_Space)
    front.go(fields.source)
    front.press(Qt.Key.Key_Down)
    front.go(fields.concerns)
    front.press(Qt.Key.Key_Space)
    front.go(fields.more.button)
    front.press(Qt.Key.Key_Space)
    front.go(fields.more.lines["safe_times"])
    front.type("18:00")
    front.register()
    (entry,) = front.entries
    assert (entry.age, entry.sex, entry.grade, entry.companions) == (13, "female", "初二", ("mother",))
    assert entry.safety == ("unasked", "no", "unasked")
    with office.ctx.db.read() as tx:
        client, visit = tx.get_one(Client, entry.client_id), tx.get_one(Visit, entry.visit_id)
        assert client.safe_times == "18:00"
        assert (client.name, client.school_id, client.birth_date) == ("李小雨", school_id, date(2013, 6, 9))
        assert (visit.referral_source, visit.concerns) == ("self", ["情绪低落"])
    card = office.services.intake.card(entry.client_id)
    assert card.guardians == (("李女士", "母亲"),) and card.telephone.endswith("2222")
    assert notify.shown(front.tab) == [tr("Registered: {tickets}", tickets=entry.ticket)]


def test_a_parent_who_comes_too_has_a_visit_of_their_own(bench: Bench, open_tab: Open) -> None:
    front = open_tab()
    fields = front.form.fields
    front.type("李小雨")
    front.go(fields.guardian)
    front.type("李女士")
    front.go(fields.add_parent)
    front.press(Qt.Key.Key_Space)
    assert fields.parent_fields.name.text() == "李女士", "the guardian who was named is offered"
    front.go(fields.parent_fields.safety.questions[0])
    front.press(Qt.Key.Key_Space, Qt.Key.Key_Space)
    front.register()
    first, second = front.entries
    assert first.came_as == "parent" and first.priority == "urgent", "her yes is hers, not the child's"
    assert (second.came_as, second.priority) == ("student", "normal")
    assert first.arrival_id == second.arrival_id and first.client_id != second.client_id


def test_errors_stand_under_their_fields_and_nothing_typed_is_lost(bench: Bench, open_tab: Open) -> None:
    front = open_tab()
    fields = front.form.fields
    front.go(fields.birth)
    front.type("2013-2-30")
    front.go(fields.reason)
    front.type(TOLD)
    front.register()
    assert fields.name_field.error() and fields.birth_field.error()
    assert focused() is fields.name
    front.type("李小雨")
    front.register()
    assert not fields.name_field.error() and fields.birth_field.error()
    assert fields.reason.value() == TOLD and not front.entries


def test_a_refusal_of_the_service_keeps_the_form(bench: Bench, open_tab: Open) -> None:
    (girl,) = been_here(bench, GIRL)
    arrive(bench, PersonArriving(girl))
    front = open_tab()
    fields = front.form.fields
    front.type("wzq")
    front.press(Qt.Key.Key_Return)
    front.wait()
    front.go(fields.reason)
    front.type(TOLD)
    front.register()
    assert "A02" in fields.name_field.error() or "A01" in fields.name_field.error()
    assert fields.reason.value() == TOLD and len(front.entries) == 1


def test_a_namesake_is_pointed_out_beside_what_is_typed(bench: Bench, open_tab: Open, qtbot: QtBot) -> None:
    (girl,) = been_here(bench, GIRL)
    front = open_tab()
    fields = front.form.fields
    front.type("王子琪")
    front.go(fields.birth)
    front.type("2013-3-5")
    qtbot.waitUntil(lambda: "王子琪" in front.form.duplicates.text())
    front.go(fields.sex)
    front.form.duplicates.take_button.click()
    front.wait()
    assert fields.client_id() == girl and front.form.duplicates.text() == ""
    front.register()
    assert [entry.client_id for entry in front.entries] == [girl]


# --- drafts ---


def test_a_draft_is_on_the_disk_within_a_second_and_comes_back(bench: Bench, open_tab: Open, qtbot: QtBot) -> None:
    front = open_tab()
    front.type("李小雨")
    drafts = bench.sign("desk").services.drafts
    qtbot.waitUntil(lambda: [view.content["name"] for view in drafts.list("arrival")] == ["李小雨"], timeout=1000)
    front.wait()
    front.tab.close()
    again = open_tab()
    assert again.form.fields.name.text() == "李小雨"
    again.register()
    assert len(again.entries) == 1 and drafts.list("arrival") == []


def test_leaving_at_once_loses_nothing(bench: Bench, open_tab: Open) -> None:
    front = open_tab()
    front.go(front.form.fields.reason)
    front.type(TOLD)
    front.tab.flush()
    front.wait()
    assert open_tab().form.fields.reason.value() == TOLD


def test_two_drafts_at_a_time(bench: Bench, open_tab: Open) -> None:
    front = open_tab()
    form = front.form
    front.type("李小雨")
    QTest.keyClick(focused(), Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    front.wait()
    assert form.fields.state().empty and form.switch.words(0).endswith("10:42")
    front.type("赵一")
    front.register()
    assert len(front.entries) == 1
    QTest.keyClick(focused(), Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    front.wait()
    assert form.fields.name.text() == "李小雨"
    left = bench.sign("desk").services.drafts.list("arrival")
    assert [view.content["name"] for view in left] == ["李小雨"]


def test_a_client_from_the_search_box_does_not_overwrite_what_is_typed(bench: Bench, open_tab: Open) -> None:
    (girl,) = been_here(bench, GIRL)
    front = open_tab()
    front.type("李小雨")
    front.tab.show_item(client_id=girl)
    front.wait()
    assert front.form.drafts.place == 1 and front.form.fields.client_id() == girl
    front.tab.show_item(client_id=girl)
    front.wait()
    assert notify.shown(front.tab), "both are in use"


def test_what_an_older_version_kept_is_read(bench: Bench) -> None:
    state = ArrivalState(name="甲", parent=ParentState(name="乙"), concerns=("睡眠",))
    assert ArrivalState.of({**state.content(), "gone": 1}) == state
    assert ArrivalState.of({"name": "甲"}) == ArrivalState(name="甲")


# --- the queue ---


def test_one_key_between_form_and_queue(bench: Bench, open_tab: Open) -> None:
    arrive(bench, PersonArriving(GIRL))
    front = open_tab()
    front.press(Qt.Key.Key_F6, Qt.Key.Key_Space)
    front.wait()
    assert front.entries[0].status == "called"
    front.press(Qt.Key.Key_F6)
    front.type("li")
    assert front.form.fields.name.text() == "li"


def test_large_letters_show_one_side_at_a_time(bench: Bench, open_tab: Open) -> None:
    front = open_tab()
    assert front.form.isVisible() and front.tab.queue.isVisible()
    front.tab.resize(700, 716)
    assert front.form.isVisible() and not front.tab.queue.isVisible()
    front.press(Qt.Key.Key_F6)
    assert front.tab.queue.isVisible() and not front.form.isVisible()
    front.tab.resize(1218, 716)
    assert front.form.isVisible() and front.tab.queue.isVisible()


def test_a_yes_goes_on_top_in_words(bench: Bench, open_tab: Open) -> None:
    arrive(bench, PersonArriving(GIRL))
    front = open_tab()
    front.type("李小雨")
    front.go(front.form.fields.safety.questions[2])
    front.press(Qt.Key.Key_Space, Qt.Key.Key_Space)
    front.register()
    top, below = front.tab.queue.list.rows()
    assert (top.lead, top.badge, top.tone) == ("A02", tr("Priority"), "urgent")
    assert (below.lead, below.badge) == ("A01", tr("Waiting"))
    assert tr("safety not asked") in below.second


def test_no_name_is_in_the_queue_until_the_key_is_held(bench: Bench, open_tab: Open) -> None:
    arrive(bench, PersonArriving(GIRL))
    front = open_tab()
    rows = front.tab.queue.list.rows
    assert "王子琪" not in repr(rows())
    QTest.keyPress(focused(), Qt.Key.Key_F8)
    front.wait()
    assert rows()[0].title == "王子琪"
    QTest.keyRelease(focused(), Qt.Key.Key_F8)
    assert "王子琪" not in repr(rows())


def test_space_goes_on_and_ctrl_z_comes_back(bench: Bench, open_tab: Open) -> None:
    arrive(bench, PersonArriving(GIRL))
    front = open_tab()
    front.tab.queue.list.setFocus()
    seen = []
    for _ in range(3):
        front.press(Qt.Key.Key_Space)
        front.wait()
        seen += [entry.status for entry in front.entries] or ["none"]
    assert seen == ["called", "in_session", "none"]
    assert front.bench.sign("desk").services.queue.view().done == 1
    front.tab.queue.undo_button.click()
    front.wait()
    assert front.entries[0].status == "in_session"
    front.tab.queue.list.setFocus()
    front.press(Qt.Key.Key_Z, control=True)
    front.wait()
    assert front.entries[0].status == "called"


def test_ctrl_z_in_the_form_takes_back_typing_not_the_queue(bench: Bench, open_tab: Open) -> None:
    (visit,) = arrive(bench, PersonArriving(GIRL))
    bench.sign("desk").services.queue.call(visit)
    front = open_tab()
    front.type("li")
    front.press(Qt.Key.Key_Z, control=True)
    front.wait()
    assert front.entries[0].status == "called"


def test_left_can_be_undone_from_the_message(bench: Bench, open_tab: Open) -> None:
    arrive(bench, PersonArriving(GIRL), PersonArriving(BOY))
    front = open_tab()
    front.tab.queue.list.setFocus()
    front.press(Qt.Key.Key_Delete)
    front.wait()
    assert [entry.ticket for entry in front.entries] == ["A02"]
    assert notify.shown(front.tab) == [tr("{ticket} has left.", ticket="A01")]


def test_waits_grow_by_themselves(bench: Bench, open_tab: Open, qtbot: QtBot) -> None:
    arrive(bench, PersonArriving(GIRL))
    front = open_tab()
    assert front.tab.queue.list.rows()[0].trailing == tr("{n} min", n="00")
    bench.clock.at += timedelta(minutes=7)
    front.tab.ticker.timeout.emit()
    front.wait()
    assert front.tab.queue.list.rows()[0].trailing == tr("{n} min", n="07")
    assert front.tab.ticker.interval() == 30_000 and front.tab.ticker.isActive()


def test_the_rail_counts_who_waits(bench: Bench, open_tab: Open) -> None:
    arrive(bench, PersonArriving(GIRL), PersonArriving(BOY))
    (first, _second) = (entry.visit_id for entry in bench.sign("desk").services.queue.view().entries)
    services = bench.sign("desk").services
    assert count(services) == 2
    services.queue.start(first)
    assert count(services) == 1


# --- the counsellor ---


def test_a_counsellor_calls_to_her_room_which_is_remembered(bench: Bench, open_tab: Open) -> None:
    rooms(bench)
    arrive(bench, PersonArriving(GIRL))
    front = open_tab("psych")
    room = front.tab.room
    assert front.tab.form is None and isinstance(room, Choice)
    room.set_value(None)
    front.tab.queue.list.setFocus()
    front.press(Qt.Key.Key_Space)
    front.wait()
    assert notify.shown(front.tab) == [tr("Choose your room first.")] and focused() is room
    front.press(Qt.Key.Key_Down, Qt.Key.Key_Down)
    chosen = room.currentText()
    front.tab.step_button.click()
    front.wait()
    (entry,) = front.entries
    assert (entry.status, entry.room_name, entry.staff_name) == ("called", chosen, "单明霞")
    assert open_tab("psych").tab.room.currentText() == chosen  # type: ignore[union-attr]


def test_a_counsellor_opens_the_case_of_the_chosen_visit(bench: Bench, open_tab: Open) -> None:
    (visit,) = arrive(bench, PersonArriving(GIRL))
    front = open_tab("psych")
    front.press(Qt.Key.Key_Return)
    assert front.window.opened == [("notes", {"visit_id": visit})]


def test_two_who_call_at_once_are_told(bench: Bench, open_tab: Open) -> None:
    rooms(bench)
    (visit,) = arrive(bench, PersonArriving(GIRL))
    front = open_tab("psych")
    assert front.tab.room is not None
    front.tab.room.setCurrentIndex(0)
    bench.sign("psych2").services.queue.call(visit)
    front.tab.queue.list.setFocus()
    front.press(Qt.Key.Key_Space)
    front.wait()
    assert "尉迟兰" in notify.shown(front.tab)[0]
    assert front.entries[0].staff_name == "尉迟兰"


# --- bookings ---


def test_booking_for_the_client_in_the_form_and_coming(bench: Bench, open_tab: Open) -> None:
    (girl,) = been_here(bench, GIRL)
    front = open_tab()
    front.tab.show_item(client_id=girl)
    front.wait()
    front.press(Qt.Key.Key_F7)
    front.wait()
    sheet = front.tab.findChild(BookingsSheet)
    assert sheet is not None and sheet.name.text() == "王子琪"
    sheet.time.setText("14:30")
    sheet.book_button.click()
    front.wait()
    day = bench.sign("desk").services.appointments.day(date(2026, 11, 23))
    assert [(one.client_name, one.starts_at) for one in day] == [("王子琪", at_centre(date(2026, 11, 23), 14, 30))]
    assert [row.title for row in sheet.list.rows()] == ["王子琪"]
    front.form.empty()
    sheet.list.opened.emit(sheet.list.key())
    front.wait()
    assert front.form.fields.client_id() == girl
    front.form.register()
    front.wait()
    assert bench.sign("desk").services.appointments.day(date(2026, 11, 23))[0].status == "arrived"


def test_a_booking_without_client_or_time_is_said_under_the_field(bench: Bench, open_tab: Open) -> None:
    front = open_tab()
    front.tab.open_bookings()
    front.wait()
    sheet = front.tab.findChild(BookingsSheet)
    assert sheet is not None
    sheet.time.setText("25:00")
    sheet.book()
    assert sheet._name_field.error() and sheet._time_field.error()


@pytest.mark.parametrize(
    ("typed", "read"), [("9:00", (9, 0)), ("0930", (9, 30)), ("14点", (14, 0)), ("14.30", (14, 30)), ("24:00", None)]
)
def test_times_as_people_type_them(typed: str, read: tuple[int, int] | None) -> None:
    found = parse_time(typed)
    assert (None if found is None else (found.hour, found.minute)) == read
