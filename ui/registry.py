"""The tabs: a feature adds a line here and a folder of its own."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from PySide6.QtWidgets import QWidget

from app.common.changes import Topic
from app.common.words import N_
from app.security.permissions import May
from ui.desk import Desk


@dataclass(frozen=True, slots=True)
class TabSpec:
    """`area` is the folder below ui/: its `tab.py` has the class `made`, its `count.py` (if any) `count(services)`.
    `only_waiting`: on the rail only while something waits there, and without a key of its own."""

    key: str
    title: str
    icon: str
    needs: May
    area: str
    made: str
    topics: frozenset[Topic]
    only_waiting: bool = False

    def exists(self) -> bool:
        """Whether the tab is built: there are no placeholders on the rail."""
        return _there(f"ui.{self.area}", "tab")

    def make(self, desk: Desk) -> QWidget:
        """Imports the tab's module and builds it."""
        module = importlib.import_module(f"ui.{self.area}.tab")
        return cast(QWidget, getattr(module, self.made)(desk))

    def counter(self) -> Callable[[Any], int] | None:
        """What counts the waiting things for the rail, if the tab has it."""
        if not _there(f"ui.{self.area}", "count"):
            return None
        return cast(Callable[[Any], int], importlib.import_module(f"ui.{self.area}.count").count)


def _there(package: str, module: str) -> bool:
    """Whether a module can be imported, found without importing it."""
    if importlib.util.find_spec(package) is None:
        return False
    return importlib.util.find_spec(f"{package}.{module}") is not None


T = Topic
TABS: tuple[TabSpec, ...] = (
    TabSpec("today", N_("Today"), "sun", May.SEE_TODAY, "today", "TodayTab", frozenset(Topic)),
    TabSpec(
        "rota", N_("Rota"), "calendar-days", May.SEE_ROTA, "rota", "RotaTab", frozenset({T.ROTA, T.STAFF, T.SETTINGS})
    ),
    TabSpec(
        "intake",
        N_("Intake"),
        "user-plus",
        May.SEE_QUEUE,
        "intake",
        "IntakeTab",
        frozenset({T.QUEUE, T.CLIENTS, T.APPOINTMENTS, T.ROTA, T.CASES}),
    ),
    TabSpec(
        "notes",
        N_("Session notes"),
        "notebook-pen",
        May.READ_CASES,
        "sessions",
        "NotesTab",
        frozenset({T.NOTES, T.CASES, T.QUEUE, T.REFERRALS}),
    ),
    TabSpec(
        "referrals",
        N_("Referrals"),
        "send",
        May.SEE_RELEASED,
        "referrals",
        "ReferralsTab",
        frozenset({T.REFERRALS, T.CASES, T.SETTINGS}),
    ),
    TabSpec(
        "reviews",
        N_("To review"),
        "columns-2",
        May.SYNC,
        "reviews",
        "ReviewsTab",
        frozenset(Topic),
        only_waiting=True,
    ),
    TabSpec(
        "settings",
        N_("Settings"),
        "settings",
        May.OWN_SETTINGS,
        "settings",
        "SettingsTab",
        frozenset({T.SETTINGS, T.STAFF}),
    ),
)


def tabs_for(may: frozenset[May]) -> list[TabSpec]:
    """What a person sees on the rail, in its order."""
    return [spec for spec in TABS if spec.needs in may and spec.exists()]
