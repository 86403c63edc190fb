"""What is typed into "who is free" is understood in any order; what is not is said."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rota.question import Known, Question, read_question

TODAY = date(2027, 1, 6)  # Wednesday
KNOWN = Known(
    "c1",
    (("c1", "聊城市学生心理健康发展服务中心"), ("c2", "茌平区青少年心理辅导站"), ("c3", "临清市青少年心理辅导站")),
    (("s1", "聊城市第三中学"), ("s2", "茌平区实验中学"), ("s3", "龙山中学")),
    ("亲子", "人际", "危机干预", "学业压力", "情绪", "网络使用", "青春期"),
)


def read(text: str) -> Question:
    return read_question(text, KNOWN, TODAY)


def test_the_question_of_the_telephone() -> None:
    """The next free expert for a girl in year 8, school refusal, Saturday, county centres included."""
    found = read("初二 厌学 周六 女")
    assert found.query.weekdays == (5,) and found.query.sex == "female" and found.query.centres == ()
    assert found.query.specialities == ("学业压力", "亲子")
    assert (found.ignored, found.unknown) == (("初二",), ())
    assert found.query.first == TODAY and found.query.last == TODAY + timedelta(weeks=4)
    assert read("女 周六 school refusal").query == read("周六，女，厌学").query


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("茌平", "centres", ("c2",)),
        ("茌平 临清", "centres", ("c2", "c3")),
        ("本中心", "centres", ("c1",)),
        ("全部", "centres", ()),
        ("周六下午", "half", "pm"),
        ("星期天", "weekdays", (6,)),
        ("周末", "weekdays", (5, 6)),
        ("周一 周三", "weekdays", (0, 2)),
        ("sat", "weekdays", (5,)),
        ("saturday", "weekdays", (5,)),
        ("今天", "last", TODAY),
        ("明天", "first", TODAY + timedelta(days=1)),
        ("1月9日", "first", date(2027, 1, 9)),
        ("1-5", "first", date(2028, 1, 5)),
        ("2027-02-01", "last", date(2027, 2, 1)),
        ("下周六", "first", date(2027, 1, 11)),
        ("男", "sex", "male"),
        ("male", "sex", "male"),
        ("危机", "specialities", ("危机干预",)),
        ("手机", "specialities", ("网络使用",)),
        ("回避三中", "school_id", "s1"),
        ("龙山中学", "school_id", "s3"),
        ("wangsiyan", "name", "wangsiyan"),
        ("", "weekdays", ()),
    ],
)
def test_each_kind_of_word(text: str, field: str, value: object) -> None:
    found = read(text)
    assert getattr(found.query, field) == value and not found.unknown


def test_what_is_not_understood_is_said() -> None:
    found = read("周六 啊啊 嗯嗯")
    assert found.unknown == ("啊啊", "嗯嗯") and found.query.name == "" and found.query.weekdays == (5,)
    assert read("回避某某学校").unknown == ("回避某某学校",), "a school that is not known is not avoided in silence"
    assert read("2月30日 xyz").unknown == ("2月30日", "xyz")


@given(st.text("周六上午下女男厌学茌平回避三中1-月日今天 ,，saturdy", max_size=24))
def test_no_words_make_it_fall_over(text: str) -> None:
    found = read(text)
    assert found.query.first <= found.query.last or found.query.first >= TODAY
    assert set(found.query.weekdays) <= set(range(7)) and set(found.query.centres) <= {"c1", "c2", "c3"}
