"""Arrivals by keyboard, on a real centre: who has been here, who is new, families, what is refused."""

# ruff: noqa: F811
from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from app.common.words import tr
from app.intake.arrivals import PersonArriving
from db.models import Client, School, Visit
from db.replica.stamping import new_id
from tests.gui.intake_front import (  # noqa: F401
    BOY,
    GIRL,
    TOLD,
    Open,
    arrive,
    been_here,
    focused,
    open_intake,
)
from tests.services.conftest import Bench
from ui import notify
from ui.intake.state import ArrivalState


def test_a_returning_client_takes_two_keys_after_the_name(bench: Bench, open_intake: Open) -> None:
    been_here(bench, GIRL, BOY)
    front = open_intake()
    front.type("wzq")
    front.wait()
    front.press(Qt.Key.Key_Return)
    front.wait()
    front.press(Qt.Key.Key_F2)
    front.wait()
    (entry,) = front.entries
    assert entry.age == 13 and not entry.first_visit
    assert front.form.fields.state().empty, "the form is free for the next one"


def test_keys_faster_than_the_search_still_choose_whom_they_mean(bench: Bench, open_intake: Open) -> None:
    girl, _boy = been_here(bench, GIRL, BOY)
    front = open_intake()
    front.type("wzq")
    front.press(Qt.Key.Key_Return, Qt.Key.Key_F2)
    front.wait()
    assert [entry.client_id for entry in front.entries] == [girl]


def test_enter_too_early_with_nobody_found_registers_nobody(bench: Bench, open_intake: Open) -> None:
    front = open_intake()
    front.type("wzq")
    front.press(Qt.Key.Key_Return, Qt.Key.Key_F2)
    front.wait()
    assert not front.entries
    assert front.form.fields.name.text() == "wzq"


def test_down_chooses_another_of_those_found(bench: Bench, open_intake: Open) -> None:
    ids = been_here(bench, GIRL, BOY)
    front = open_intake()
    front.type("wz")
    front.wait()
    shown = [row.key for row in front.form.fields.name.hits()]
    assert sorted(shown) == sorted(ids)
    front.press(Qt.Key.Key_Down, Qt.Key.Key_Return)
    front.wait()
    front.register()
    assert [entry.client_id for entry in front.entries] == [shown[1]]


def test_letters_still_being_composed_are_searched(bench: Bench, open_intake: Open) -> None:
    (girl,) = been_here(bench, GIRL)
    front = open_intake()
    QApplication.sendEvent(focused(), QInputMethodEvent("w'z'q", []))
    front.wait()
    assert [row.key for row in front.form.fields.name.hits()] == [girl]


def test_the_card_fills_the_form_and_a_change_is_kept(bench: Bench, open_intake: Open) -> None:
    (girl,) = been_here(bench, GIRL)
    front = open_intake()
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


def test_someone_else_after_all(bench: Bench, open_intake: Open) -> None:
    been_here(bench, GIRL)
    front = open_intake()
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


def test_a_new_client_without_a_mouse(bench: Bench, open_intake: Open) -> None:
    office = bench.sign("desk")
    with office.ctx.db.write() as tx:
        school = School(id=new_id(tx), stream="org", name="聊城市第三中学")
        tx.add(school)
        school_id = school.id
    front = open_intake()
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


def test_a_parent_who_comes_too_has_a_visit_of_their_own(bench: Bench, open_intake: Open) -> None:
    front = open_intake()
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


def test_errors_stand_under_their_fields_and_nothing_typed_is_lost(bench: Bench, open_intake: Open) -> None:
    front = open_intake()
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


def test_a_refusal_of_the_service_keeps_the_form(bench: Bench, open_intake: Open) -> None:
    (girl,) = been_here(bench, GIRL)
    arrive(bench, PersonArriving(girl))
    front = open_intake()
    fields = front.form.fields
    front.type("wzq")
    front.press(Qt.Key.Key_Return)
    front.wait()
    front.go(fields.reason)
    front.type(TOLD)
    front.register()
    assert "A02" in fields.name_field.error() or "A01" in fields.name_field.error()
    assert fields.reason.value() == TOLD and len(front.entries) == 1


def test_a_namesake_is_pointed_out_beside_what_is_typed(bench: Bench, open_intake: Open, qtbot: QtBot) -> None:
    (girl,) = been_here(bench, GIRL)
    front = open_intake()
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


def test_the_slip_is_a_pdf_without_a_name(
    bench: Bench, open_intake: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.intake.slip.has_printer", lambda: False)
    front = open_intake()
    front.type("李小雨")
    front.register()
    front.form.print_button.click()
    front.wait()
    dialog = front.tab.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(tmp_path / "slip.pdf"))
    front.wait()
    with (tmp_path / "slip.pdf").open("rb") as file:
        assert file.read(5) == b"%PDF-"
    text = subprocess.run(["pdftotext", str(tmp_path / "slip.pdf"), "-"], capture_output=True, check=True).stdout
    assert "A01" in text.decode() and "李" not in text.decode()
