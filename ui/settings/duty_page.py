"""The page of Settings about duty: which half days are staffed, which days differ, the limits, the holidays."""

from __future__ import annotations

from ui.desk import Desk
from ui.settings.duty_days import DutyDaysCard
from ui.settings.duty_limits import DutyLimitsCard
from ui.settings.holidays import HolidaysCard
from ui.settings.pattern import PatternCard
from ui.settings.piles import Piles


def duty_page(desk: Desk) -> Piles:
    """Three columns: the weekly pattern is the widest, seven days have to fit."""
    return Piles([[PatternCard(desk)], [DutyDaysCard(desk), DutyLimitsCard(desk)], [HolidaysCard(desk)]], (15, 11, 11))
