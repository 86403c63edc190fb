"""What is said of synchronisation, and when it runs by itself: pure rules, at set times."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from pytestqt.qtbot import QtBot

from app.common import words as language
from app.common.clock import at_centre
from app.sync.views import PeerView, RunView, SyncResult, SyncStatus
from tests.services.conftest import NOON
from ui.sync import when, words
from ui.sync.state_button import StateButton

PEER = PeerView("p", "二号机", "B", "本中心", NOON)
GOOD = SyncStatus("folder:/hub", 60, NOON - timedelta(minutes=9), "", 0, 0, (), (PEER,))


def said(status: SyncStatus | None, *, running: bool = False, away: bool = False) -> tuple[str, str]:
    found = words.state(status, NOON, running=running, away=away)
    return found.text, found.tone


def run(at: datetime, by: str = "interval", pushed: int = 0, pulled: int = 0, **more: object) -> RunView:
    return replace(RunView(at, by, pushed, pulled, pulled, 0, 0, 0, 0, (), ""), **more)  # type: ignore[arg-type]


def test_the_top_bar_says_in_a_few_words_how_it_stands() -> None:
    assert said(GOOD) == ("10:33 已同步", "muted")
    assert said(replace(GOOD, last_success=NOON - timedelta(hours=20))) == ("昨天 14:42 已同步", "muted")
    assert said(replace(GOOD, last_success=NOON - timedelta(days=3, hours=1))) == ("3 天未同步", "attention")
    assert said(replace(GOOD, last_success=None)) == ("从未同步", "attention")
    assert said(GOOD, running=True) == ("正在同步…", "accent")
    failing = replace(GOOD, last_error="中转站不可达。")
    assert said(failing, away=True) == ("同步中转站不可达", "attention")
    assert said(failing) == ("上次同步未成功", "attention")
    assert words.state(GOOD, NOON, failed="程序出错。").text == "上次同步未成功"
    assert said(replace(failing, last_success=NOON - timedelta(days=9)), away=True) == ("9 天未同步", "attention")
    assert said(replace(GOOD, hub=None, peers=())) == ("未设置同步", "muted")
    assert said(replace(GOOD, hub=None)) == ("未设中转站", "attention")
    assert said(replace(GOOD, alarms=("有人动过中转站。",))) == ("同步需要查看", "urgent")


def test_the_button_says_the_whole_story_to_ear_and_pointer(qtbot: QtBot) -> None:
    went: list[int] = []
    button = StateButton(lambda: went.append(1))
    qtbot.addWidget(button)
    button.show_state(words.state(replace(GOOD, last_error="中转站不可达。"), NOON, away=True))
    assert button.text() == "同步中转站不可达"
    wide = [button.sizeHint().width()]
    for state in (words.state(GOOD, NOON), words.state(GOOD, NOON, running=True)):
        button.show_state(state)
        wide.append(button.sizeHint().width())
    assert wide[0] > wide[1] == wide[2], "the search box beside it stays where it is"
    button.show_state(words.state(replace(GOOD, last_error="中转站不可达。"), NOON, away=True))
    for told in (button.accessibleName(), button.toolTip()):
        assert "同步：同步中转站不可达" in told and "10:33 已同步" in told and "中转站不可达。" in told
    button.set_narrow(True)
    assert button.text() == "" and "同步中转站不可达" in button.accessibleName()
    button.click()
    assert went == [1]


def test_one_line_a_run_and_runs_that_say_the_same_share_it() -> None:
    away = "中转站不可达。"
    runs = [
        run(NOON, pushed=3, pulled=5, conflicts=2),
        *[run(NOON - timedelta(minutes=n)) for n in range(1, 31)],
        run(NOON - timedelta(minutes=40), error=away),
        run(NOON - timedelta(minutes=41), error=away),
        run(at_centre(NOON.date() - timedelta(days=1), 2, 3), "night", pulled=1, alarms=("有数据包被换过。",)),
    ]
    rows = [row for row, _run in words.history_rows(runs, NOON)]
    assert [(row.lead, row.title, row.detail, row.badge) for row in rows] == [
        ("10:42", "已同步：发出 3 个数据包，收到 5 个", "", "2 处两边不同，都已保留"),
        ("10:41", "没有新内容", "30 次，10:12 起", ""),
        ("10:02", "中转站不可达。", "2 次，10:01 起", "未成功"),
        ("11-22 02:03", "已同步：发出 0 个数据包，收到 1 个", "", "请查看"),
    ]
    assert [row.tone for row in rows] == ["info", "neutral", "attention", "urgent"]
    assert "有数据包被换过。" in rows[3].tip and "未成功" in rows[2].says()
    assert len(words.history_rows(runs * 40, NOON)) == 50


def test_the_result_of_a_run_by_hand_in_one_sentence() -> None:
    assert words.result_words(SyncResult(3, 5, 5, 0, 9, 9, (), 2)) == (
        "已同步：发出 3 个数据包，收到 5 个。 2 处两边不同，都已保留"
    )
    assert words.result_words(SyncResult(0, 0, 0, 0, 0, 0, ())) == "已同步：双方都没有新内容。"


def test_ages_are_told_in_the_unit_in_which_people_count() -> None:
    ages = [timedelta(seconds=5), timedelta(minutes=90), timedelta(hours=47), timedelta(days=4), -timedelta(hours=1)]
    assert [words.age_words(NOON - age, NOON) for age in ages] == ["刚刚", "90 分钟前", "47 小时前", "4 天前", "刚刚"]
    assert words.age_words(None, NOON) == "从未"
    language.set_language("en")
    assert words.age_words(NOON - timedelta(days=1, hours=20), NOON) == "44 hours ago"


NIGHT = at_centre(NOON.date(), 2, 17)


@pytest.mark.parametrize(
    ("done", "now", "interval", "expected"),
    [
        (when.Round(), NOON, None, "interval"),  # right after the sign-in
        (when.Round(last=NOON), NOON + timedelta(hours=5), None, ""),  # at night only
        (when.Round(last=NOON), NOON + timedelta(seconds=29), 30, ""),
        (when.Round(last=NOON), NOON + timedelta(seconds=30), 30, "interval"),
        (when.Round(last=NOON), NOON - timedelta(days=300), 60, "interval"),  # the clock was put back
        (when.Round(last=NIGHT - timedelta(hours=9)), NIGHT, None, "night"),
        (when.Round(last=NIGHT, night=NOON.date()), NIGHT + timedelta(hours=1), None, ""),  # once
        (when.Round(last=NIGHT - timedelta(days=1), night=NOON.date() - timedelta(days=1)), NIGHT, 300, "night"),
        (when.Round(last=NIGHT), at_centre(NOON.date(), 5, 0), None, ""),  # the night is over
    ],
)
def test_when_a_run_is_due(done: when.Round, now: datetime, interval: int | None, expected: str) -> None:
    assert when.due(done, now, interval) == expected


def test_a_run_in_the_night_is_the_nights_run_whoever_asked() -> None:
    done = when.Round().began(NIGHT)
    assert done.night == NOON.date() and when.due(done, NIGHT + timedelta(minutes=30), None) == ""
    assert when.Round().began(NOON).night is None


def test_a_backup_is_due_once_a_day() -> None:
    done = when.Round()
    assert when.backup_due(done, NOON)
    done = done.backed_up(NOON)
    assert not when.backup_due(done, NOON + timedelta(hours=8)) and when.backup_due(done, NOON + timedelta(days=1))
