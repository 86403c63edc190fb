"""The search box over real, encrypted clients."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from app.common.errors import UserError
from app.people.clients import NewClient, NewGuardian, create_client
from app.people.search import FoundClient, Matched, SearchService, readings_of
from app.security.permissions import May
from db.models import Client, School

if TYPE_CHECKING:
    from tests.services.conftest import Bench

ON = date(2026, 11, 23)


@pytest.fixture
def search(bench: Bench) -> SearchService:
    ctx = bench.sign("desk").ctx
    with ctx.write(May.EDIT_CLIENTS, "test.prepared") as act:
        school = School(stream="org", name="莘县实验小学")
        act.tx.add(school)
        act.tx.flush()
        for new in (
            NewClient(
                "王子琪", sex="female", birth_date=date(2014, 11, 24), telephones=("18773231752",), grade="六年级"
            ),
            NewClient("王祖庆", birth_date=date(2010, 1, 1), school_name="聊城市第三中学"),
            NewClient("单明", school_id=school.id),
            NewClient(
                "查轩", telephones=("0635-8209201",), guardians=(NewGuardian("万俟女士", "母亲", "13998765432"),)
            ),
            NewClient("吕𫍯", alias="小吕"),
            NewClient("阿卜杜拉·买买提"),
        ):
            create_client(act.tx, new, ON)
    return SearchService(ctx)


def names(found: list[FoundClient]) -> list[str]:
    return [one.name for one in found]


@pytest.mark.parametrize(
    ("typed", "name", "matched"),
    [
        ("王子琪", "王子琪", Matched.NAME),
        ("子琪", "王子琪", Matched.NAME),
        ("wangzi", "王子琪", Matched.PINYIN),
        ("wang zi qi", "王子琪", Matched.PINYIN),
        ("wang'zi'qi", "王子琪", Matched.PINYIN),
        ("WZQ", "王子琪", Matched.PINYIN),
        ("ｗｚｑ", "王子琪", Matched.PINYIN),
        ("187 7323 1752", "王子琪", Matched.TELEPHONE),
        ("1752", "王子琪", Matched.TELEPHONE),
        ("+8618773231752", "王子琪", Matched.TELEPHONE),
        ("shanm", "单明", Matched.PINYIN),
        ("danming", "单明", Matched.PINYIN),
        ("莘县实验", "单明", Matched.SCHOOL),
        ("zhaxuan", "查轩", Matched.PINYIN),
        ("0635-8209201", "查轩", Matched.TELEPHONE),
        ("8209201", "查轩", Matched.TELEPHONE),
        ("万俟", "查轩", Matched.GUARDIAN),
        ("moqi", "查轩", Matched.GUARDIAN),
        ("13998765432", "查轩", Matched.TELEPHONE),
        ("𫍯", "吕𫍯", Matched.NAME),
        ("lux", "吕𫍯", Matched.PINYIN),
        ("lüxian", "吕𫍯", Matched.PINYIN),
        ("小吕", "吕𫍯", Matched.NAME),
        ("买买提", "阿卜杜拉·买买提", Matched.NAME),
        ("abdl", "阿卜杜拉·买买提", Matched.PINYIN),
    ],
)
def test_however_it_is_typed(search: SearchService, typed: str, name: str, matched: Matched) -> None:
    found = search.search(typed)
    assert names(found)[:1] == [name]
    assert found[0].matched is matched


def test_a_hit_says_who_it_is(search: SearchService) -> None:
    found = search.search("18773231752")[0]
    assert (found.age, found.sex, found.grade, found.hint) == (11, "female", "六年级", "18773231752")
    assert search.search("moqi")[0].hint == "万俟女士"


def test_the_same_initials_find_all(search: SearchService) -> None:
    assert set(names(search.search("wzq"))) == {"王子琪", "王祖庆"}
    assert names(search.search("wzq 第三中学")) == ["王祖庆"]
    assert len(search.search("wzq", limit=1)) == 1


def test_a_whole_name_is_not_lost_among_those_that_begin_alike(bench: Bench, search: SearchService) -> None:
    with bench.sign("desk").ctx.write(May.EDIT_CLIENTS, "test.prepared") as act:
        for i in range(30):
            create_client(act.tx, NewClient(f"王子{chr(0x4E00 + i)}", telephones=(f"138123456{i:02d}",)), ON)
        create_client(act.tx, NewClient("王子", telephones=("8311095",)), ON)
    assert names(search.search("王子", limit=2))[0] == "王子"
    assert names(search.search("8311095", limit=1)) == ["王子"]


def test_nothing_typed_or_nobody_there(search: SearchService) -> None:
    assert search.search("") == search.search("  ·'") == search.search("赵") == search.search("wzq", limit=0) == []
    assert search.search('" OR *') == []


def test_the_number_of_a_client_finds_them(search: SearchService) -> None:
    number = search.search("单明")[0].number
    assert names(search.search(number)) == ["单明"]
    assert search.search(number)[0].matched is Matched.NUMBER
    assert names(search.search(number.lower()[:-2])) == ["单明"]


def test_a_merged_duplicate_leads_to_the_one_it_became(bench: Bench, search: SearchService) -> None:
    one, other = search.search("王子琪")[0].id, search.search("王祖庆")[0].id
    with bench.sign("desk").ctx.db.write() as tx:
        merged = tx.get(Client, other)
        assert merged is not None
        merged.merged_into = one
    assert [found.id for found in search.search("王祖庆")] == [one]
    assert [found.id for found in search.search("wzq")] == [one]


def test_a_director_sees_no_clients(bench: Bench) -> None:
    service = SearchService(bench.sign("director").ctx)
    for text in ("王", ""):
        with pytest.raises(UserError) as caught:
            service.search(text)
        assert caught.value.code == "not-allowed"


def test_readings() -> None:
    assert readings_of("（0635）820 9201") == ["06358209201"]
    assert readings_of("xi'an") == ["xian", "xi an"]
    assert readings_of("+") == ["+"]
