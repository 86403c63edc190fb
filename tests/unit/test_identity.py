"""The resident ID number: our own check, notes instead of refusals."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.common.identity import IdKind, check_character, lengthened, read_resident_id

TODAY = date(2026, 11, 23)


def codes(written: str) -> list[str]:
    return [note.code for note in read_resident_id(written, on=TODAY).notes]


def test_a_good_number_tells_birth_date_and_sex() -> None:
    found = read_resident_id("371522201211133104", on=TODAY)
    assert (found.kind, found.birth_date, found.sex) == (IdKind.VALID, date(2012, 11, 13), "female")
    assert found.number == found.canonical == "371522201211133104"


@pytest.mark.parametrize(
    "written",
    ["３７１５２２２０１２１２１０５６５８", " 371522 20121210 5658 ", "371522-20121210-5658", "'371522201212105658"],
)
def test_full_width_and_spaced_numbers_are_read(written: str) -> None:
    found = read_resident_id(written, on=TODAY)
    assert found.number == "371522201212105658"
    assert found.kind is IdKind.VALID


def test_a_small_x_is_a_check_character() -> None:
    found = read_resident_id("37152520051217860x", on=TODAY)
    assert (found.kind, found.number) == (IdKind.VALID, "37152520051217860X")


def test_a_wrong_check_digit_is_kept_with_a_note() -> None:
    found = read_resident_id("371525200908019061", on=TODAY)
    assert found.kind is IdKind.SUSPECT
    assert found.number == "371525200908019061"
    assert codes("371525200908019061") == ["id.check"]


@pytest.mark.parametrize(
    "written", ["3.7152620100302746e+17", "3.715262010030275E+17", "3.7E17", "371526201003027000", "371526201003020000"]
)
def test_a_number_rounded_by_a_spreadsheet_is_not_stored(written: str) -> None:
    found = read_resident_id(written, on=TODAY)
    assert (found.kind, found.number) == (IdKind.DAMAGED, None)
    assert codes(written) == ["id.damaged"]
    assert written in found.notes[0].text()


def test_zeros_at_the_end_with_a_right_check_digit_are_a_number() -> None:
    seventeen = next(
        s for n in range(0, 990, 10) if check_character(s := f"37152620100302{n:03d}") == "0" and s[-2:] == "00"
    )
    assert read_resident_id(seventeen + "0", on=TODAY).kind is IdKind.VALID


def test_fifteen_digits_are_the_first_generation() -> None:
    found = read_resident_id("371522750612310", on=TODAY)
    assert (found.kind, found.birth_date, found.number) == (IdKind.VALID, date(1975, 6, 12), "371522750612310")
    assert found.canonical == lengthened("371522750612310")
    assert read_resident_id(found.canonical or "", on=TODAY).canonical == found.canonical


def test_dates_that_cannot_be_right() -> None:
    future = "37152220270101001"
    assert codes(future + check_character(future)) == ["id.date"]
    no_such_day = "37152220110230001"
    assert codes(no_such_day + check_character(no_such_day)) == ["id.date"]
    today = "37152220261123001"
    assert codes(today + check_character(today)) == []


def test_an_unknown_region_is_only_a_note() -> None:
    body = "99152220110213001"
    found = read_resident_id(body + check_character(body), on=TODAY)
    assert found.kind is IdKind.VALID
    assert [note.code for note in found.notes] == ["id.region"]


@pytest.mark.parametrize("written", ["E12345678", "37152220121113310", "H0812345", "37152220121113310Y"])
def test_other_documents_are_kept_aside(written: str) -> None:
    found = read_resident_id(written, on=TODAY)
    assert (found.kind, found.number, found.as_written) == (IdKind.MALFORMED, None, written)


def test_nothing_is_nothing() -> None:
    assert read_resident_id("  ", on=TODAY).kind is IdKind.ABSENT


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999))
def test_every_number_made_by_the_rule_is_read_back(born: date, sequence: int) -> None:
    body = f"371502{born:%Y%m%d}{sequence:03d}"
    found = read_resident_id(body + check_character(body), on=TODAY)
    assert found.kind is IdKind.VALID
    assert found.birth_date == born
    assert found.sex == ("male" if sequence % 2 else "female")


@given(st.integers(0, 16), st.integers(1, 9), st.integers(0, 999))
def test_one_wrong_digit_never_passes(position: int, change: int, sequence: int) -> None:
    body = f"37150220100302{sequence:03d}"
    number = body + check_character(body)
    wrong = number[:position] + str((int(number[position]) + change) % 10) + number[position + 1 :]
    assert read_resident_id(wrong, on=TODAY).kind in (IdKind.SUSPECT, IdKind.DAMAGED)


@given(st.text(max_size=30))
def test_any_text_gets_an_answer(text: str) -> None:
    found = read_resident_id(text, on=TODAY)
    assert (found.number is None) or found.kind in (IdKind.VALID, IdKind.SUSPECT)
