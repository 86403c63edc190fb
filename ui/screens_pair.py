"""Pictures that need two PCs: a copy of the demonstration in which both wrote without knowing of each other."""

from __future__ import annotations

import importlib
import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from app.common.clock import Clock
from app.sync.requests import JoinRequest, view_request
from ui.joining.pages import AnswerPage, JoiningPage, NamePage, OfferPage, RequestPage
from ui.screens import PASSWORD, Screen, Stage, enter
from ui.settings.backup import BackupCard
from ui.settings.checkup import CheckupCard
from ui.settings.pcs import PcsCard
from ui.settings.sync import SyncCard
from ui.settings.tab import SettingsTab
from ui.setup import SetupPage


def second(stage: Stage, login: str) -> Stage:
    """The same camera before the desk of the pair; close its window when done."""
    made = Stage(stage.folder, _pair(stage.workspace, stage.clock), stage.clock, stage.label)
    made.name = stage.name
    enter(made, login, (stage.window.width(), stage.window.height()))
    return made


def _pair(workspace: Path, clock: Clock) -> Path:
    """The desk of the copy, made once a run and removed when the program ends."""
    scratch = Path(_keep.name) / "pair"
    desk, room2 = scratch / "desk", scratch / "room2"
    if scratch.exists():
        return desk
    shutil.copytree(workspace.parent, scratch)
    for folder in (desk, room2):
        importlib.import_module("app.demo.pair").point_at(folder, workspace.parent / "hub", scratch / "hub")
    _disagree(desk, room2, clock)
    return desk


_keep = tempfile.TemporaryDirectory()


def _disagree(desk: Path, room2: Path, clock: Clock) -> None:
    """One client's safe contact, one room at one time, one case's risk."""
    bootstrap = importlib.import_module("app.bootstrap")

    def at(folder: Path, login: str) -> Any:
        return bootstrap.sign_in(bootstrap.open_workspace(folder), login, PASSWORD, clock)

    here, there = at(desk, "desk"), at(room2, "desk")
    found = [hit for name in ("wzq", "李", "张", "刘") for hit in here.services.search.search(name, 1)]
    arriving = importlib.import_module("app.intake.arrivals").PersonArriving
    new = importlib.import_module("app.people.clients").NewClient
    room = here.services.centre.rooms()[0].id
    tomorrow = clock.now() + timedelta(days=1)
    for office, said in (
        (here, new(found[0].name, safe_times="周末全天", emergency_name="李女士")),
        (there, new(found[0].name, safe_times="周一至周五 20:00 以后", emergency_name="李女士")),
    ):
        office.services.intake.register([arriving(found[0].id, said=said)])
        office.services.appointments.book(found[office is there].id, tomorrow, None, room)
    risk = importlib.import_module("app.cases.risk_rules").RiskLevel
    for folder, level, why in (
        (desk, risk.FOCUS, "想过伤害自己，无计划。"),
        (room2, risk.URGENT, "有计划，已通知监护人。"),
    ):
        psych = at(folder, "psych")
        case = next(one for one in psych.services.cases.my_cases() if one.risk in (None, risk.NONE, risk.ATTENTION))
        psych.services.risk.record(case.id, level, why)
        psych.close()
    for office in (here, there, here):
        office.services.sync.sync("night")
    here.close()
    there.close()


def _on_pair(login: str, drive: Callable[[Stage], None]) -> Callable[[Stage], None]:
    def run(stage: Stage) -> None:
        pair = second(stage, login)
        stage.window.hide()  # else it stands in the picture
        try:
            drive(pair)
            pair.close_dialogs()
        finally:
            pair.window.close()
            pair.window.deleteLater()
            stage.window.show()

    return run


def _review(kind: str) -> Callable[[Stage], None]:
    def drive(stage: Stage) -> None:
        tab = stage.tab("reviews")
        wanted = next(row.key for row in tab.list.rows() if row.key.startswith(kind))
        tab.list.choose(wanted)
        stage.shot()

    return drive


def _settings(stage: Stage) -> SettingsTab:
    tab: SettingsTab = stage.tab("settings")
    tab.show_item(section="sync")
    stage.wait()
    return tab


def _history(stage: Stage) -> None:
    _settings(stage)
    stage.shot()


def _running(stage: Stage) -> None:
    card = _settings(stage).findChildren(SyncCard)[0]
    card.progress.begin(card.running_words())
    card.progress.show_progress(12, 31)
    stage.shot()
    card.progress.end()


def _backup(stage: Stage) -> None:
    tab = _settings(stage)
    tab.findChildren(BackupCard)[0].make(None)
    stage.wait()
    tab.findChildren(CheckupCard)[0].examine()
    stage.wait()
    stage.close_dialogs()
    stage.shot()
    tab.findChildren(CheckupCard)[0].show_all()
    stage.shot("check-up")


def _pcs(stage: Stage) -> None:
    sheet = _settings(stage).findChildren(PcsCard)[0].ask_admit()
    stage.shot("1")
    sheet.show_request(view_request(JoinRequest.new("咨询室二").data))
    stage.shot("2")
    sheet.admit()
    stage.wait()
    stage.shot("3")


def _today(stage: Stage) -> None:
    stage.tab("today")
    stage.shot()


def join(stage: Stage) -> None:
    """Page after page; nothing is made."""
    page = SetupPage(stage.window.doors, Path("/nowhere"))
    stage.window.show_page(page)
    request = JoinRequest.new("二号机")
    offer = _Offer()
    working = JoiningPage(lambda: None)
    working.progress.show_progress(12, 31)
    hub = Path("/mnt/share/longshan")
    steps = (NamePage(), RequestPage(request), AnswerPage(request, hub), OfferPage(offer), working)
    for number, step in enumerate(steps, start=1):
        page.show_step(step)
        stage.wait()
        stage.shot(str(number))


class _Offer:
    """What a packet says, for a picture."""

    organisation = centre_name = "聊城市学生心理健康发展服务中心"
    letter = "B"
    root_fingerprint = "20431 77105 93862 10044 58217 36690"


SCREENS = [
    Screen("join", "", join),
    Screen("pcs", "", _on_pair("director", _pcs)),
    Screen("sync-history", "", _on_pair("desk", _history), main=True),
    Screen("sync-running", "", _on_pair("director", _running)),
    Screen("backup", "", _on_pair("director", _backup)),
    Screen("review-edit", "", _on_pair("desk", _review("edit")), main=True),
    Screen("review-booking", "", _on_pair("desk", _review("booking"))),
    Screen("review-risk", "", _on_pair("psych", _review("risk"))),
    Screen("today-sync", "", _on_pair("desk", _today)),
]
