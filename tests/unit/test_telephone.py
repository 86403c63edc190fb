"""Telephones as they stand in a cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.common.telephone import TelephoneKind as Kind
from app.common.telephone import digits_of, read_telephone, read_telephones, search_forms


@pytest.mark.parametrize(
    ("written", "shown", "digits", "kind"),
    [
        ("18773231752", "18773231752", "18773231752", Kind.MOBILE),
        ("184 2387 9058", "18423879058", "18423879058", Kind.MOBILE),
        ("184-2387-9058", "18423879058", "18423879058", Kind.MOBILE),
        ("１８４１７１２３６８９", "18417123689", "18417123689", Kind.MOBILE),
        ("+8618892025115", "18892025115", "18892025115", Kind.MOBILE),
        ("0086 188 9202 5115", "18892025115", "18892025115", Kind.MOBILE),
        ("18892025115.0", "18892025115", "18892025115", Kind.MOBILE),
        ("1.8892025115E+10", "18892025115", "18892025115", Kind.MOBILE),
        ("0635-8209201", "0635-8209201", "06358209201", Kind.LANDLINE),
        ("（0635）8209201", "0635-8209201", "06358209201", Kind.LANDLINE),
        ("8311095", "0635-8311095", "06358311095", Kind.LANDLINE),
        ("6358209201", "0635-8209201", "06358209201", Kind.LANDLINE),
        ("+86 635 8209201", "0635-8209201", "06358209201", Kind.LANDLINE),
        ("010-62345678", "010-62345678", "01062345678", Kind.LANDLINE),
        ("053188881234", "0531-88881234", "053188881234", Kind.LANDLINE),
        ("12355", "12355", "12355", Kind.SHORT),
        ("110", "110", "110", Kind.SHORT),
        ("400-1234567", "4001234567", "4001234567", Kind.SERVICE),
        ("+1 212 555 0100", "+1 212 555 0100", "12125550100", Kind.FOREIGN),
        ("1645749645", "1645749645", "1645749645", Kind.UNKNOWN),
        ("1.59E+10", "1.59E+10", "", Kind.UNKNOWN),
        ("问班主任", "问班主任", "", Kind.UNKNOWN),
    ],
)
def test_one_number(written: str, shown: str, digits: str, kind: Kind) -> None:
    found = read_telephone(written)
    assert (found.shown, found.digits, found.kind) == (shown, digits, kind)


@pytest.mark.parametrize(
    "written", ["0635-8209201-801", "0635-8209201转801", "8209201 分机801", "0635-8209201 ext. 801"]
)
def test_extensions(written: str) -> None:
    found = read_telephone(written)
    assert (found.digits, found.extension, found.shown) == ("06358209201", "801", "0635-8209201-801")


def test_whose_number_it_is() -> None:
    found = read_telephones("母亲13812345678、13912345678（父亲）").numbers
    assert [(one.digits, one.label) for one in found] == [("13812345678", "母亲"), ("13912345678", "父亲")]


@pytest.mark.parametrize(
    "written",
    [
        "14915758268/06358246384",
        "14915758268、0635-8246384",
        "14915758268 8246384",
        "14915758268；8246384",
        "14915758268\n8246384",
    ],
)
def test_two_numbers_in_a_cell(written: str) -> None:
    assert [one.digits for one in read_telephones(written).numbers] == ["14915758268", "06358246384"]


def test_the_same_number_twice_is_one() -> None:
    assert len(read_telephones("8311095/0635-8311095").numbers) == 1


def test_a_short_number_is_kept_with_a_note() -> None:
    found = read_telephones("1645749645")
    assert [one.digits for one in found.numbers] == ["1645749645"]
    assert [note.code for note in found.notes] == ["telephone.short"]
    assert "1645749645" in found.notes[0].text()
    assert [note.code for note in read_telephones("问班主任").notes] == ["telephone.odd"]
    assert read_telephones("").numbers == ()


def test_emergency_numbers_tell_nobody_apart() -> None:
    assert not read_telephone("110").identifies
    assert not read_telephone("12345").identifies
    assert read_telephone("1645749645").identifies
    assert read_telephone("8311095").identifies


def test_a_landline_is_found_with_and_without_its_area() -> None:
    assert search_forms(read_telephone("0635-8209201")) == ("06358209201", "8209201")
    assert search_forms(read_telephone("13812345678")) == ("13812345678",)
    assert digits_of("０６３５－820 9201") == "06358209201"


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["{}", "+86{}", "86{}", " {} ", "{}（母亲）"]))
def test_every_mobile_is_read_however_it_is_written(number: str, form: str) -> None:
    found = read_telephones(form.format(number))
    assert [(one.digits, one.kind) for one in found.numbers] == [(number, Kind.MOBILE)]
    assert found.notes == ()


@given(st.from_regex(r"0635-[2-9][0-9]{6}", fullmatch=True))
def test_what_is_shown_is_read_back_the_same(number: str) -> None:
    once = read_telephone(number)
    assert read_telephone(once.shown) == once


@given(st.text(max_size=40))
def test_no_digit_of_any_text_is_lost_silently(text: str) -> None:
    found = read_telephones(text)
    assert all(one.shown for one in found.numbers)
    if digits_of(text) and not found.numbers:
        raise AssertionError("digits vanished")
