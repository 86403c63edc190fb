"""What a new centre begins with: rooms, the programme's duty pattern, three destinations, the public holidays."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from db.engine import Tx
from db.models import Destination, DutyPattern, Holiday, Room

DUTY_WEEKDAYS = (0, 2, 4, 5, 6)
HALVES = ("am", "pm")
PER_SESSION = 3
HOSPITAL = "聊城市第四人民医院"
CLINICS = ("抑郁症门诊", "儿童精神科病房", "青少年心理咨询门诊")
_HOLIDAYS = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
}
HOLIDAY_NAMES = tuple(_HOLIDAYS.values())
"""The statutory holidays of a year, in its order."""


def add_centre_defaults(tx: Tx, centre_id: str, rooms: int = 3) -> None:
    """Rooms and the weekly duty pattern of one centre."""
    tx.add_all(
        Room(stream="org", centre_id=centre_id, name=f"{n}室", position=n, active=True) for n in range(1, rooms + 1)
    )
    tx.add_all(
        DutyPattern(stream="org", centre_id=centre_id, weekday=day, half=half, needed=PER_SESSION, active=True)
        for day in DUTY_WEEKDAYS
        for half in HALVES
    )


def add_destinations(tx: Tx) -> None:
    """The Fourth People's Hospital's three services."""
    tx.add_all(
        Destination(stream="org", institution=HOSPITAL, clinic=clinic, kind="hospital", position=n, active=True)
        for n, clinic in enumerate(CLINICS, 1)
    )


def add_holidays(tx: Tx, first: int, last: int) -> int:
    """Public holidays and make-up workdays of the announced years; gives how many days were added. An unannounced year
    gets none, so that the screen can say that it is not published. A day that the table has, or had, is left alone."""
    from chinese_calendar.constants import holidays, workdays

    known = set(tx.execute(select(Holiday.day)).scalars())
    count = 0
    for table, makeup in ((holidays, False), (workdays, True)):
        for day, name in table.items():
            if first <= day.year <= last and day not in known:
                words = _HOLIDAYS.get(str(name), str(name))
                tx.add(Holiday(stream="org", day=day, name=words, workday=makeup))
                count += 1
    return count


def holidays_known(year: int) -> frozenset[date]:
    """The holidays and make-up workdays of that year, as far as this program knows them announced."""
    from chinese_calendar.constants import holidays, workdays

    return frozenset(day for table in (holidays, workdays) for day in table if day.year == year)
