"""The rules of a letter's ageing, of its wording and of its number, without a file or a window."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.common.errors import UserError
from app.common.ids import human_number
from app.printing.letter import AssessmentTotal, LetterContent
from app.printing.words import Recipient
from app.referrals.content import from_json, to_json
from app.referrals.lookup import read_number
from app.referrals.rules import (
    COLUMNS,
    LetterStep,
    Level,
    Status,
    Step,
    Urgency,
    allowed,
    days_since,
    level,
    live,
    next_step,
    standing,
)
from app.referrals.views import ReferralDraft, Total
from app.referrals.wording import check_text, check_texts

START = datetime(2026, 11, 23, 1, tzinfo=UTC)
FORWARD = (Step.PRINTED, Step.COLLECTED, Step.ARRIVED, Step.REPLIED, Step.RETURNED)


def step(number: int, what: Step, *, undoes: str | None = None, hours: int | None = None) -> LetterStep:
    at = START + timedelta(hours=number if hours is None else hours)
    return LetterStep(f"{number:02d}", what, at, "u", {}, undoes)


steps = st.lists(st.sampled_from([*FORWARD, Step.RECALLED]), max_size=8).map(
    lambda kinds: [step(number, kind) for number, kind in enumerate(kinds)]
)


@given(steps, st.randoms())
def test_two_pcs_that_merge_in_any_order_read_the_same(made: list[LetterStep], chance: object) -> None:
    shuffled = list(made)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert standing(shuffled) == standing(made)


@given(steps.filter(bool), st.data())
def test_an_undone_step_leaves_no_trace(made: list[LetterStep], data: st.DataObject) -> None:
    gone = data.draw(st.sampled_from(made))
    undone = [*made, step(50, Step.UNDONE, undoes=gone.id)]
    assert standing(undone) == standing([one for one in made if one is not gone])
    assert gone not in live(undone)


def test_the_ordinary_way_ends_at_school() -> None:
    status = Status.WAITING
    for column, wanted in zip(COLUMNS, FORWARD, strict=True):
        assert status is column and next_step(status) is wanted and allowed(status, wanted)
        status = Status(wanted.value)
    assert next_step(status) is None
    assert not any(allowed(status, one) for one in Step)


def test_a_recall_holds_only_while_the_letter_is_in_the_house() -> None:
    recalled = step(1, Step.RECALLED)
    assert standing([recalled]).status is Status.RECALLED
    assert standing([step(0, Step.PRINTED), recalled]).status is Status.RECALLED
    assert standing([step(0, Step.PRINTED), recalled, step(2, Step.COLLECTED)]).status is Status.COLLECTED


def test_the_age_counts_from_the_first_time_a_status_was_reached() -> None:
    again = [step(0, Step.PRINTED), step(5, Step.PRINTED)]
    assert standing(again).since == START


@pytest.mark.parametrize(
    ("status", "days", "urgency", "wanted"),
    [
        (Status.COLLECTED, 7, Urgency.ROUTINE, Level.CALM),
        (Status.COLLECTED, 8, Urgency.ROUTINE, Level.OVERDUE),
        (Status.COLLECTED, 3, Urgency.URGENT, Level.OVERDUE),
        (Status.PRINTED, 2, Urgency.SOON, Level.ATTENTION),
        (Status.PRINTED, 8, Urgency.SOON, Level.OVERDUE),
        (Status.WAITING, 0, Urgency.URGENT, Level.CALM),
        (Status.ARRIVED, 30, Urgency.URGENT, Level.ATTENTION),
        (Status.REPLIED, 3, Urgency.ROUTINE, Level.CALM),
    ],
)
def test_when_an_age_asks_for_attention(status: Status, days: int, urgency: Urgency, wanted: Level) -> None:
    assert level(status, days, urgency) is wanted


def test_days_are_the_centres_and_never_negative() -> None:
    late_evening = datetime(2026, 11, 22, 15, 59, tzinfo=UTC)  # 23:59 at the centre
    after_midnight = late_evening + timedelta(minutes=1)
    assert days_since(late_evening, date(2026, 11, 23)) == 1
    assert days_since(after_midnight, date(2026, 11, 23)) == 0
    assert days_since(after_midnight + timedelta(days=400), date(2026, 11, 23)) == 0


@pytest.mark.parametrize(
    "text",
    [
        "该生确诊抑郁症。",
        "诊断为焦虑状态",
        "患有强迫症",
        "该生是抑郁症患者",
        "孩子有抑郁症",
        "一直服用舍曲林 50mg",
        "每日服用两次，每次 2 片",
        "附处方一张",
        "医生建议加量",
        "性格懒惰，是问题学生",
        "得了精神病",
    ],
)
def test_words_of_diagnosis_and_prescription_are_pointed_out(text: str) -> None:
    notes = check_text(text)
    assert notes
    assert all(text[note.start : note.end] == note.word for note in notes)
    assert all(note.text() for note in notes)


@pytest.mark.parametrize(
    "text",
    [
        "近一个月入睡困难，两周内三次未到校，谈及人际时情绪低落。",
        "建议到贵院抑郁症门诊进一步评估。",
        "疑似抑郁症，建议评估。",
        "疑似患有抑郁症，建议评估。",
        "请贵院明确诊断。",
        "睡得了觉，记得了事",
        "母亲为医院患者服务中心职工",
        "已告知监护人陪伴，并约定 72 小时内回访。",
        "",
    ],
)
def test_neutral_words_are_left_alone(text: str) -> None:
    assert check_text(text) == ()


@given(st.text())
def test_any_text_can_be_checked_and_places_never_overlap(text: str) -> None:
    notes = check_text(text * 2)
    assert all(one.end <= other.start for one, other in pairwise(notes))


def test_the_field_of_a_doubtful_word_is_known() -> None:
    draft = ReferralDraft(observed="情绪低落", advice="确诊后休学")
    assert [(note.field, note.word) for note in check_texts(draft.texts())] == [("advice", "确诊")]


@given(st.integers(1, 99999), st.sampled_from("AB"), st.integers(2020, 2099))
def test_a_number_is_read_however_it_is_typed(running: int, letter: str, year: int) -> None:
    number = human_number("LS", letter, year, running)
    for typed in (number, number.lower(), number.replace("-", ""), f"  {number}\n", number.replace("-", "－")):
        assert read_number(typed).whole == number
    assert read_number(f"{number}+7kq2").check == "7KQ2"
    assert read_number("-".join(number.split("-")[2:])).end == number[len(number) - len(number.split("-", 2)[2]) - 1 :]


@given(st.integers(1, 9999), st.integers(0, 12), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_noticed(running: int, place: int, digit: str) -> None:
    number = human_number("LS", "A", 2026, running)
    if not number[place : place + 1].isdigit() or number[place] == digit:
        return
    with pytest.raises(UserError) as error:
        read_number(number[:place] + digit + number[place + 1 :])
    assert error.value.code == "number.mistyped"


@pytest.mark.parametrize(("typed", "code"), [("", "number.missing"), ("abc", "number.unreadable")])
def test_what_is_no_number_is_said(typed: str, code: str) -> None:
    with pytest.raises(UserError) as error:
        read_number(typed)
    assert error.value.code == code


def test_a_letter_survives_its_row() -> None:
    content = LetterContent(
        number="LSA-2026-0118-3",
        check="7KQ2",
        date=date(2026, 11, 23),
        destination="第四人民医院",
        student="𬘫某",
        referrer="单明霞",
        recipient=Recipient.SCHOOL,
        age=0,
        period_from=date(2026, 9, 14),
        sessions_count=4,
        observed=("一", "二"),
        assessments=(AssessmentTotal("PHQ-9", date(2026, 9, 14), "18"),),
        risk_at=START,
        consent_date=date(2026, 11, 23),
    )
    assert from_json(to_json(content)) == content
    assert from_json({**to_json(content), "of_a_later_version": 1}) == content


def test_a_draft_survives_its_seal_and_an_older_one_is_read() -> None:
    draft = ReferralDraft(
        destination_id="ab",
        urgency=Urgency.URGENT,
        observed="一\n二",
        totals=(Total("PHQ-9", date(2026, 9, 14), "18"),),
    )
    assert ReferralDraft.from_dict(draft.to_dict()) == draft
    assert ReferralDraft.from_dict({"observed": "一"}) == ReferralDraft(observed="一")
    assert ReferralDraft().blank and not draft.blank
