"""Pictures of Settings: its general page, and the page of the duty rota with its sheets."""

from __future__ import annotations

from datetime import timedelta

from app.common import recurrence
from app.common.clock import today
from app.rota.pattern import Pattern
from ui.screens import Screen, Stage
from ui.settings.duty_days import DutyDaysCard
from ui.settings.holidays import HolidaysCard
from ui.settings.pattern import PatternCard
from ui.settings.tab import SettingsTab


def _general(stage: Stage) -> None:
    tab: SettingsTab = stage.tab("settings")
    tab.show_item(section="general")
    stage.shot()


def _duty(stage: Stage) -> SettingsTab:
    """With what a centre comes to have in time: a pattern of every second week, a closed day and an extra one."""
    tab: SettingsTab = stage.tab("settings")
    calendar, day = tab.desk.services.calendar, today(stage.clock)
    if not any(line.pattern.rule for line in calendar.patterns()):
        rooms = list(calendar.rooms())[:2]
        calendar.save(Pattern(1, "pm", 2, "13:30", "16:30", day, None, recurrence.every(2), tuple(rooms), ("亲子",)))
        calendar.save(Pattern(3, "am", 1, valid_from=day + timedelta(days=30), rule=recurrence.monthly(1, 3)))
        calendar.save_day(day + timedelta(days=11), ["am", "pm"], 0, "外出培训")
        calendar.save_day(day + timedelta(days=15), ["pm"], 2, "期末减压日")
    tab.show_item(section="duty")
    stage.wait()
    return tab


def _page(stage: Stage) -> None:
    _duty(stage)
    stage.shot()


def _pattern(stage: Stage) -> None:
    card = _duty(stage).findChildren(PatternCard)[0]
    card.open_details((1, "pm"))
    stage.wait()
    stage.shot()


def _day(stage: Stage) -> None:
    _duty(stage).findChildren(DutyDaysCard)[0].edit(None)
    stage.shot()


def _year(stage: Stage) -> None:
    card = _duty(stage).findChildren(HolidaysCard)[0]
    card.go_to(2028)
    stage.shot()
    card.go_to(today(stage.clock).year)


def _holiday(stage: Stage) -> None:
    tab = _duty(stage)
    card = tab.findChildren(HolidaysCard)[0]
    line = tab.desk.services.holidays.year(today(stage.clock).year).lines[1]
    card.edit(line)
    stage.shot()


SCREENS = [
    Screen("settings", "director", _general, main=True),
    Screen("settings-duty", "director", _page, main=True),
    Screen("settings-duty-pattern", "director", _pattern, main=True),
    Screen("settings-duty-day", "director", _day),
    Screen("settings-duty-2028", "director", _year),
    Screen("settings-duty-holiday", "director", _holiday),
]
