"""The Intake tab's pictures: the desk at work, a returning client, bookings, and the counsellor's view."""

from __future__ import annotations

from ui.intake.tab import IntakeTab
from ui.screens import Screen, Stage

REASON = "最近一个月晚上睡不着，不想去学校。"


def _desk(stage: Stage) -> IntakeTab:
    tab: IntakeTab = stage.tab("intake")
    return tab


def _found(stage: Stage) -> None:
    tab = _desk(stage)
    assert tab.form is not None
    tab.form.fields.name.setFocus()
    tab.form.fields.name.look_for("wz")
    stage.shot()
    tab.form.fields.name.free()


def _returning(stage: Stage) -> None:
    tab = _desk(stage)
    form = tab.form
    assert form is not None
    found = stage.shell.desk.services.search.search("wzq", 1)
    if found:
        form.bring(found[0].id)
        stage.wait()
    form.fields.who.set_values(("student", "mother"))
    form.fields.reason.set_value(REASON)
    form.fields.safety.set_value(("yes", "no", "unasked"))
    form.drafts.touched()
    form.drafts.flush()
    stage.shot()
    form.empty()
    form.drafts.flush()
    stage.wait()


def _bookings(stage: Stage) -> None:
    _desk(stage).open_bookings()
    stage.shot()


def _counsellor(stage: Stage) -> None:
    tab = _desk(stage)
    if tab.room is not None and tab.room.room_id() is None and tab.room.count():
        tab.room.setCurrentIndex(min(1, tab.room.count() - 1))
    stage.shot()


SCREENS = [
    Screen("intake-found", "desk", _found),
    Screen("intake-bookings", "desk", _bookings),
    Screen("intake", "desk", _returning, main=True),
    Screen("intake-counsellor", "psych", _counsellor),
]
