"""What may be done and shared now: the table of the law, and what no order of events may change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cases.consent_rules import (
    ALL_SCOPES,
    ConsentAct,
    ConsentFact,
    Party,
    Purpose,
    Scope,
    Standing,
    needed,
    stand,
    superseded_by,
)
from app.common.dates import age_on

DAY = date(2026, 11, 23)
START = datetime(2026, 9, 1, tzinfo=UTC)
BOTH = frozenset({Party.GUARDIAN, Party.CHILD})
HOSPITAL = "ab" * 12


def _fact(
    n: int, act: ConsentAct, by: str = "guardian", scope: frozenset[Scope] = ALL_SCOPES, *gone: int
) -> ConsentFact:
    at = START + timedelta(hours=n)
    return ConsentFact(str(n), Purpose.SHARE, HOSPITAL, scope, act, by, at, tuple(map(str, gone)))


def _stand(*facts: ConsentFact, need: frozenset[Party] = frozenset({Party.GUARDIAN})) -> tuple[Standing, bool]:
    found = stand(facts, Purpose.SHARE, HOSPITAL, need)
    return found.standing, found.allowed


@pytest.mark.parametrize(
    ("birth", "who"),
    [
        (date(2012, 11, 24), {Party.GUARDIAN}),
        (date(2012, 11, 23), {Party.GUARDIAN, Party.CHILD}),
        (date(2008, 11, 24), {Party.GUARDIAN, Party.CHILD}),
        (date(2008, 11, 23), {Party.CHILD}),
        (None, {Party.GUARDIAN, Party.CHILD}),
    ],
)
def test_age_decides_who_signs(birth: date | None, who: set[Party]) -> None:
    assert needed(birth, DAY) == who


def test_a_parent_without_a_birth_date_signs_alone() -> None:
    assert needed(None, DAY, minor=False) == {Party.CHILD}


def test_born_on_the_29th_of_february() -> None:
    assert age_on(date(2012, 2, 29), date(2026, 2, 28)) == 13
    assert age_on(date(2012, 2, 29), date(2026, 3, 1)) == 14


def test_nothing_recorded_is_not_agreed() -> None:
    assert _stand() == (Standing.NOT_GIVEN, False)


def test_both_must_sign_and_may_do_so_one_after_the_other() -> None:
    first = _fact(1, ConsentAct.GIVEN, "guardian")
    found = stand([first], Purpose.SHARE, HOSPITAL, BOTH)
    assert (found.standing, found.missing) == (Standing.WAITING, frozenset({Party.CHILD}))
    assert _stand(first, _fact(2, ConsentAct.GIVEN, "child"), need=BOTH) == (Standing.GIVEN, True)


def test_what_is_shared_is_what_both_agreed_to() -> None:
    guardian = _fact(1, ConsentAct.GIVEN, "guardian", frozenset({Scope.ATTENDANCE, Scope.RISK}))
    child = _fact(2, ConsentAct.GIVEN, "child", frozenset({Scope.ATTENDANCE, Scope.SCALES}))
    found = stand([guardian, child], Purpose.SHARE, HOSPITAL, BOTH)
    assert (found.standing, found.scope) == (Standing.PARTIAL, frozenset({Scope.ATTENDANCE}))


def test_withdrawal_wins_over_what_it_did_not_know_of() -> None:
    given_here, withdrawn_elsewhere = _fact(2, ConsentAct.GIVEN), _fact(1, ConsentAct.WITHDRAWN)
    assert _stand(given_here, withdrawn_elsewhere) == (Standing.WITHDRAWN, False)


def test_a_signature_after_the_withdrawal_stands() -> None:
    assert _stand(_fact(1, ConsentAct.WITHDRAWN), _fact(2, ConsentAct.GIVEN, "guardian", ALL_SCOPES, 1)) == (
        Standing.GIVEN,
        True,
    )


def test_an_override_is_an_exception_and_leaves_the_refusal_on_record() -> None:
    withdrawn = _fact(1, ConsentAct.WITHDRAWN)
    assert superseded_by([withdrawn], Purpose.SHARE, HOSPITAL, ConsentAct.OVERRIDDEN, "emergency") == ()
    assert _stand(withdrawn, _fact(2, ConsentAct.OVERRIDDEN, "emergency")) == (Standing.EXCEPTION, True)


def test_another_recipient_is_not_spoken_for() -> None:
    found = stand([_fact(1, ConsentAct.GIVEN)], Purpose.SHARE, "cd" * 12, frozenset({Party.GUARDIAN}))
    assert (found.standing, found.allowed) == (Standing.NOT_GIVEN, False)


def test_a_new_signature_of_the_guardian_does_not_unsign_the_child() -> None:
    facts = [_fact(1, ConsentAct.GIVEN, "guardian"), _fact(2, ConsentAct.GIVEN, "child")]
    assert superseded_by(facts, Purpose.SHARE, HOSPITAL, ConsentAct.GIVEN, "guardian") == ("1",)


_acts = st.tuples(
    st.sampled_from([ConsentAct.GIVEN, ConsentAct.WITHDRAWN]), st.sampled_from(["guardian", "child", "both"])
)


@given(st.lists(_acts, max_size=8), st.randoms())
def test_order_of_arrival_does_not_matter_and_a_last_withdrawal_always_holds(
    acts: list[tuple[ConsentAct, str]], random: object
) -> None:
    facts: list[ConsentFact] = []
    for n, (act, by) in enumerate(acts):
        gone = superseded_by(facts, Purpose.SHARE, HOSPITAL, act, by)
        facts.append(ConsentFact(str(n), Purpose.SHARE, HOSPITAL, ALL_SCOPES, act, by, START, gone))
    shuffled = list(facts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert stand(facts, Purpose.SHARE, HOSPITAL, BOTH) == stand(shuffled, Purpose.SHARE, HOSPITAL, BOTH)
    if acts and acts[-1][0] is ConsentAct.WITHDRAWN:
        assert not stand(facts, Purpose.SHARE, HOSPITAL, BOTH).allowed
