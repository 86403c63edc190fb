"""Names are found under every reading people may type."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.common.pinyin import MOST_FULL, MOST_INITIALS, keys, sort_key


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("王子琪", "wangziqi", "wzq"),
        ("单明", "shanming", "sm"),
        ("曾欣泽", "zengxinze", "zxz"),
        ("解子", "xiezi", "xz"),
        ("查轩", "zhaxuan", "zx"),
        ("仇超", "qiuchao", "qc"),
        ("区平", "ouping", "op"),
        ("朴敏", "piaomin", "pm"),
        ("盖涛", "getao", "gt"),
        ("乐英", "yueying", "yy"),
        ("种强", "chongqiang", "cq"),
        ("翟英", "zhaiying", "zy"),
        ("缪辰", "miaochen", "mc"),
        ("尉迟伟", "yuchiwei", "ycw"),
        ("万俟红", "moqihong", "mqh"),
        ("长孙英", "zhangsunying", "zsy"),
        ("澹台明", "tantaiming", "ttm"),
        ("单于飞", "chanyufei", "cyf"),
        ("令狐英", "linghuying", "lhy"),
        ("吕桐", "lvtong", "lt"),
        ("阿卜杜拉·买买提", "abudulamaimaiti", "abdlmmt"),
        ("许𫍯", "xuxian", "xx"),
        ("卢𬭛", "lubo", "lb"),
        ("贺龘㛃", "hedajie", "hdj"),
    ],
)
def test_the_likeliest_reading_comes_first(name: str, full: str, initials: str) -> None:
    found = keys(name)
    assert found.full[0] == full
    assert found.initials[0] == initials


@pytest.mark.parametrize(
    ("name", "also"),
    [
        ("单明", "danming"),
        ("吕桐", "lutong"),
        ("盖涛", "gaitao"),
        ("曾铭", "cengming"),
        ("朴敏", "pumin"),
        ("女娲", "nuwa"),
    ],
)
def test_other_readings_are_kept(name: str, also: str) -> None:
    assert also in keys(name).full


def test_a_character_without_reading_stands_for_itself() -> None:
    assert keys("王\U000323af").full == ("wang\U000323af", "yu\U000323af")[: len(keys("王\U000323af").full)]
    assert keys("李A3").full == ("lia3",)
    assert keys("·").full == ()
    assert keys("").full == keys("  ").initials == ()


def test_lists_are_ordered_by_surname_reading() -> None:
    assert sorted(["查轩", "安平", "单明", "曾铭"], key=sort_key) == ["安平", "单明", "曾铭", "查轩"]


@given(st.text(max_size=40))
def test_any_text_has_a_bounded_number_of_keys(text: str) -> None:
    found = keys(text)
    assert len(found.full) <= MOST_FULL
    assert len(found.initials) <= MOST_INITIALS
    assert all(key and key == "".join(key.split()) for key in found.full)
    assert len(set(found.full)) == len(found.full)
    assert bool(found.full) == bool(found.initials)


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=6))
def test_initials_are_the_first_letters_of_a_reading(name: str) -> None:
    assert keys(name).initials[0] == "".join(part[0] for part in sort_key(name).split())
    assert keys(name).full[0] == sort_key(name).replace(" ", "")


def test_the_dictionary_is_not_loaded_before_it_is_needed(python: str, root: object) -> None:
    code = "import sys, app.common.pinyin; sys.exit('pypinyin' in sys.modules)"
    assert subprocess.run([python, "-c", code], cwd=str(root), check=False).returncode == 0
