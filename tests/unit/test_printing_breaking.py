"""Line breaking: nothing lost, nothing too wide, no line that begins or ends with a mark that must not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.printing.breaking import NOT_AT_END, NOT_AT_START, Line, break_lines, pieces

WIDTHS = dict.fromkeys(range(32, 127), 520.0)
HAN = "学生心理健康咨询中心聊城市东昌府区龙山西街䶮𠅤"
MARKS = "，。、；：？！）》」』】〕”’（《「『【〔“‘…—·～％"
LATIN = "PHQ9GAD7abc0123456789-./%():"
SPACES = " \u3000"
PROSE = st.text(alphabet=st.sampled_from(HAN * 3 + MARKS + LATIN + SPACES), min_size=1, max_size=220)


def broken(text: str, width: float = 20, indent: float = 0) -> list[Line]:
    return break_lines(text, WIDTHS, width, indent)


@given(PROSE, st.floats(3, 40), st.sampled_from([0.0, 2.0]))
def test_the_lines_joined_are_the_text(text: str, width: float, indent: float) -> None:
    assert "".join(line.text for line in broken(text, width, indent)) == text


@given(PROSE, st.floats(3, 40), st.sampled_from([0.0, 2.0]))
def test_no_line_is_wider_than_its_room(text: str, width: float, indent: float) -> None:
    for number, line in enumerate(broken(text, width, indent)):
        room = width - (indent if number == 0 else 0)
        assert line.width <= room + 1e-6 or len(line.shown) == 1


@given(PROSE, st.floats(3, 40), st.sampled_from([0.0, 2.0]))
def test_forbidden_marks_stay_off_the_edges(text: str, width: float, indent: float) -> None:
    """Except inside one inseparable piece that is itself wider than a line."""
    ends = [0, *pieces(text)]
    at = 0
    for line in broken(text, width, indent)[:-1]:
        at += len(line.text)
        if at in ends:
            assert text[at:].lstrip(SPACES)[:1] not in NOT_AT_START
            assert text[:at].rstrip(SPACES)[-1:] not in NOT_AT_END or not text[:at].strip(SPACES)
        else:
            first = max(end for end in ends if end < at)
            last = min(end for end in ends if end > at)
            assert broken(text[first:last], 9999)[0].width > width - indent - 1


@given(st.text(alphabet=HAN, min_size=30, max_size=120), st.integers(5, 30))
def test_plain_characters_fill_every_line(text: str, width: int) -> None:
    assert all(len(line.text) == width for line in broken(text, width)[:-1])


def test_a_closing_mark_is_taken_in_when_its_ink_fits() -> None:
    """Ten characters and a half-blank mark fit ten and a half em."""
    assert [line.text for line in broken("一二三四五六七八九十。后", 10.5)] == ["一二三四五六七八九十。", "后"]


def test_a_closing_mark_takes_a_character_with_it() -> None:
    assert [line.text for line in broken("一二三四五六七八九十。后", 10)] == ["一二三四五六七八九", "十。后"]


def test_an_opening_mark_goes_with_what_it_opens() -> None:
    assert [line.text for line in broken("一二三四（五六）", 5)] == ["一二三四", "（五六）"]


def test_runs_and_twins_are_kept_whole() -> None:
    assert [line.text for line in broken("量表PHQ-9得分", 4)] == ["量表", "PHQ-9得", "分"]
    assert [line.text for line in broken("一二三——四", 4)] == ["一二三", "——四"]
    assert [line.text for line in broken("一二三……四", 4)] == ["一二三", "……四"]


def test_neighbouring_marks_are_squeezed() -> None:
    (line,) = broken("他说：“（好）。”")
    assert line.squeezes == (2, 3, 6, 7) and line.width == 9 - 4 * 0.5 - 0.5


def test_spaces_at_the_end_take_no_room() -> None:
    lines = broken("一二三四    五", 4)
    assert [line.shown for line in lines] == ["一二三四", "五"]
    assert lines[0].text == "一二三四    " and lines[0].width == 4


def test_an_address_wider_than_the_line_is_cut_and_not_lost() -> None:
    text = "https://example.org/a/very/long/address/without/any/break"
    lines = broken(text, 6)
    assert len(lines) > 3 and "".join(line.text for line in lines) == text


def test_nothing_gives_no_line() -> None:
    assert broken("") == []


def test_the_marks_of_the_national_rules_are_known() -> None:
    """GB/T 15834: stops, closing marks, 间隔号 and 连接号 do not begin a line, opening marks do not end one."""
    assert set("。，、；：？！）》」』】〕〉〗”’·～／") <= NOT_AT_START
    assert set("（《「『【〔〈〖“‘") <= NOT_AT_END
