"""Duty patterns: on which days they hold, what a change from a day on leaves as it was, and recurrences in words."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.common import recurrence, words
from app.common.errors import UserError
from app.rota.pattern import Exceptional, Pattern, occurrences, sessions
from app.rota.pattern_change import check, clash, has_held, split
from app.rota.rules import Slot

HOURS = {"am": ("08:30", "11:30"), "pm": ("14:00", "17:00")}
MONDAY = date(2027, 1, 4)
FIRST, LAST = date(2026, 12, 1), date(2027, 12, 31)

days = st.dates(FIRST, LAST)
weekdays = st.integers(0, 6)
rules = st.builds(lambda weekday, at: (weekday, recurrence.usual(weekday)[at]), weekdays, st.integers(0, 8))


@st.composite
def patterns(draw: st.DrawFn) -> Pattern:
    weekday, rule = draw(rules)
    begins = draw(st.none() | days)
    ends = draw(st.none() | days)
    if begins and ends and ends < begins:
        begins, ends = ends, begins
    half = draw(st.sampled_from(["am", "pm"]))
    return Pattern(weekday, half, draw(st.integers(1, 4)), valid_from=begins, valid_to=ends, rule=rule)


@given(patterns(), days, days)
def test_a_pattern_holds_on_its_weekday_within_its_validity(pattern: Pattern, first: date, last: date) -> None:
    found = occurrences(pattern, first, last)
    assert found == sorted(set(found))
    for day in found:
        assert first <= day <= last and day.weekday() == pattern.weekday
        assert (pattern.valid_from or day) <= day <= (pattern.valid_to or day)
    if not pattern.rule:
        every = (first + timedelta(days=n) for n in range(max(0, (last - first).days + 1)))
        wanted = [day for day in every if day.weekday() == pattern.weekday]
        assert found == [d for d in wanted if (pattern.valid_from or d) <= d <= (pattern.valid_to or d)]


@given(patterns(), days, days, days)
def test_a_stretch_is_the_sum_of_its_parts(pattern: Pattern, first: date, middle: date, last: date) -> None:
    first, middle, last = sorted((first, middle, last))
    parts = occurrences(pattern, first, middle) + occurrences(pattern, middle + timedelta(days=1), last)
    assert occurrences(pattern, first, last) == parts


@given(weekdays, st.integers(2, 4), days)
def test_alternate_weeks_keep_their_distance(weekday: int, weeks: int, begins: date) -> None:
    found = occurrences(Pattern(weekday, "am", 1, valid_from=begins, rule=recurrence.every(weeks)), FIRST, LAST)
    assert {(b - a).days for a, b in itertools.pairwise(found)} <= {7 * weeks}
    assert not found or 0 <= (found[0] - begins).days < 7


@given(weekdays, st.sampled_from([1, 2, 3, 4, -1]))
def test_the_nth_weekday_of_each_month(weekday: int, nth: int) -> None:
    found = occurrences(Pattern(weekday, "am", 1, rule=recurrence.monthly(nth, weekday)), date(2027, 1, 1), LAST)
    assert [day.month for day in found] == list(range(1, 13))
    for day in found:
        if nth > 0:
            assert (day.day - 1) // 7 + 1 == nth
        else:
            assert (day + timedelta(days=7)).month != day.month


@given(patterns(), patterns(), days)
def test_a_change_from_a_day_on_leaves_what_was_before(old: Pattern, new: Pattern, day: date) -> None:
    new = replace(new, valid_from=old.valid_from, valid_to=None)
    stays, then = split(old, new, day)
    before = occurrences(old, FIRST, day - timedelta(days=1))
    after = ([*occurrences(stays, FIRST, LAST)] if stays else []) + occurrences(then, FIRST, LAST)
    if stays is not None:
        assert [d for d in after if d < day] == before
        assert occurrences(stays, day, LAST) == []
        assert then.valid_from is not None and then.valid_from >= day
    else:
        assert not has_held(old, day) and then == new


@given(patterns(), st.integers(1, 4), days)
def test_needing_more_from_a_day_on_changes_no_days(old: Pattern, needed: int, day: date) -> None:
    """Every second week stays the same second week."""
    old = replace(old, valid_to=None)
    stays, then = split(old, replace(old, needed=needed), day)
    both = (occurrences(stays, FIRST, LAST) if stays else []) + occurrences(then, FIRST, LAST)
    assert both == occurrences(old, FIRST, LAST)


def test_a_correction_is_for_all_days() -> None:
    old = Pattern(0, "am", 3)
    assert split(old, replace(old, needed=2), None) == (None, replace(old, needed=2))


def test_holidays_close_exceptions_open_and_the_larger_number_counts() -> None:
    weekly, monthly = Pattern(0, "am", 3), Pattern(0, "am", 5, specialities=("亲子",), rule=recurrence.monthly(1, 0))
    closed = {MONDAY + timedelta(days=7)}
    extra = [
        Exceptional(MONDAY + timedelta(days=7), "am", 1, reason="假期值守"),
        Exceptional(MONDAY + timedelta(days=14), "am", 0, reason="停电"),
        Exceptional(MONDAY + timedelta(days=15), "pm", 2, "13:00", "16:00", "开学季加班"),
    ]
    found = sessions([weekly, monthly], extra, closed, HOURS, MONDAY, MONDAY + timedelta(days=27))
    assert [(slot.day.day, slot.half, one.needed, one.reason) for slot, one in found.items()] == [
        (4, "am", 5, ""),
        (11, "am", 1, "假期值守"),
        (18, "am", 0, "停电"),
        (19, "pm", 2, "开学季加班"),
        (25, "am", 3, ""),
    ]
    assert found[Slot(MONDAY, "am")].specialities == ("亲子",)
    assert found[Slot(date(2027, 1, 19), "pm")].hours == ("13:00", "16:00")


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        (Pattern(0, "am", 3, starts="11:00", ends="09:00"), "hours-backwards"),
        (Pattern(0, "am", 3, starts="12:00"), "hours-backwards"),
        (Pattern(0, "am", 3, starts="8:30"), "hours"),
        (Pattern(0, "am", 3, ends="25:00"), "hours"),
        (Pattern(0, "am", 0), "pattern-needed"),
        (Pattern(7, "am", 1), "pattern-when"),
        (Pattern(0, "night", 1), "pattern-when"),
        (Pattern(0, "am", 1, valid_from=LAST, valid_to=FIRST), "pattern-period"),
        (Pattern(0, "am", 1, rule="each full moon"), "rule"),
        (Pattern(0, "am", 1, rule="FREQ=SECONDLY"), "rule"),
        (Pattern(0, "am", 1, rule="FREQ=WEEKLY;INTERVAL=0"), "rule"),
        (Pattern(0, "am", 1, rule="FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), "rule"),
        (Pattern(0, "am", 1, rule="FREQ=WEEKLY\nRDATE:20270101"), "rule"),
        (Pattern(0, "am", 1, rule="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), "rule-never"),
        (Pattern(0, "am", 1, room_ids=("cellar",)), "no-room"),
    ],
)
def test_what_cannot_be_is_refused_in_words(pattern: Pattern, code: str) -> None:
    with pytest.raises(UserError) as refused:
        check(pattern, HOURS, ["1室"])
    assert refused.value.code == code and refused.value.text()


@given(patterns())
def test_every_usual_pattern_is_taken(pattern: Pattern) -> None:
    check(pattern, HOURS, [])


def test_a_second_pattern_of_the_same_days_and_hours_that_meet_are_noticed() -> None:
    weekly = Pattern(0, "am", 3)
    second = Pattern(0, "am", 1, rule=recurrence.every(2), valid_from=MONDAY)
    assert clash([weekly], second, HOURS, MONDAY) == (weekly, None)
    other_week = replace(second, valid_from=MONDAY + timedelta(days=7))
    assert clash([second], other_week, HOURS, MONDAY) == (None, None)
    long = Pattern(0, "am", 1, ends="14:30")
    assert clash([Pattern(0, "pm", 1)], long, HOURS, MONDAY) == (None, (Slot(MONDAY, "am"), "14:30", "14:00"))
    assert clash([Pattern(1, "pm", 1)], long, HOURS, MONDAY) == (None, None)


@pytest.mark.parametrize(
    ("rule", "zh", "en"),
    [
        ("", "每周", "every week"),
        ("FREQ=WEEKLY", "每周", "every week"),
        ("FREQ=WEEKLY;INTERVAL=2", "隔周", "every second week"),
        ("FREQ=WEEKLY;INTERVAL=3", "每 3 周", "every 3 weeks"),
        ("FREQ=WEEKLY;BYDAY=WE", "每逢周三", "each Wed"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=WE,FR", "隔周的周三、周五", "each second Wed, Fri"),
        ("FREQ=WEEKLY;INTERVAL=4;BYDAY=WE", "每 4 周的周三", "every 4 weeks on Wed"),
        ("FREQ=MONTHLY;BYDAY=+1SA", "每月第一个周六", "the first Sat of each month"),
        ("FREQ=MONTHLY;BYDAY=-1SU", "每月最后一个周日", "the last Sun of each month"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15", "每月 1、15 日", "on day 1, 15 of each month"),
        ("FREQ=DAILY;INTERVAL=2", "每 2 天", "every 2 days"),
        ("FREQ=WEEKLY;COUNT=5", "每周，共 5 次", "every week, 5 times"),
        ("FREQ=WEEKLY;UNTIL=20270301", "每周，到 2027-03-01 为止", "every week until 2027-03-01"),
        ("FREQ=MONTHLY;BYDAY=SU;BYSETPOS=2", "按规则 FREQ=MONTHLY;BYDAY=SU;BYSETPOS=2", None),
    ],
)
def test_a_recurrence_is_said_in_words(rule: str, zh: str, en: str | None) -> None:
    if rule:
        recurrence.check_rule(rule, MONDAY)
    words.set_language("zh")
    assert recurrence.said(rule) == zh
    words.set_language("en")
    assert recurrence.said(rule) == (en or f"by the rule {rule}")


@given(rules)
def test_every_rule_on_offer_has_words_of_its_own(found: tuple[int, str]) -> None:
    weekday, _ = found
    words.set_language("en")
    said = [recurrence.said(rule) for rule in recurrence.usual(weekday)]
    assert len(set(said)) == len(said) and not any("rule" in one for one in said)
