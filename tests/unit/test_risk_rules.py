"""A risk level is never lowered silently: whatever the order, the highest unsuperseded one shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.cases.risk_rules import LEVELS, RiskFact, RiskLevel, live, lowers, rank, shown, superseded_by

START = datetime(2026, 11, 1, tzinfo=UTC)


def _fact(n: int, level: RiskLevel, *gone: str) -> RiskFact:
    return RiskFact(str(n), level, START + timedelta(hours=n), "psych", gone)


def test_two_pcs_record_two_levels_and_the_higher_shows() -> None:
    facts = [_fact(1, RiskLevel.URGENT), _fact(2, RiskLevel.ATTENTION)]
    found = shown(facts)
    assert found is not None and found.level is RiskLevel.URGENT
    assert len(live(facts)) == 2


def test_three_levels_ending_low_do_not_beat_a_high_one_that_they_did_not_know() -> None:
    low = [_fact(1, RiskLevel.FOCUS), _fact(2, RiskLevel.ATTENTION, "1"), _fact(3, RiskLevel.NONE, "2")]
    found = shown([*low, _fact(0, RiskLevel.URGENT)])
    assert found is not None and found.level is RiskLevel.URGENT


def test_nothing_recorded_shows_nothing() -> None:
    assert shown([]) is None and lowers(RiskLevel.NONE, []) is None


@given(st.lists(st.tuples(st.sampled_from(LEVELS), st.booleans()), max_size=12))
def test_without_a_purpose_to_lower_the_level_only_rises(steps: list[tuple[RiskLevel, bool]]) -> None:
    facts: list[RiskFact] = []
    for n, (level, on_purpose) in enumerate(steps):
        before = shown(facts)
        lowering = on_purpose and lowers(level, facts) is not None
        facts.append(_fact(n, level, *superseded_by(level, facts, lowering=lowering)))
        now = shown(facts)
        assert now is not None
        if lowering:
            assert now.level is level
        elif before is not None:
            assert rank(now.level) == max(rank(before.level), rank(level))
