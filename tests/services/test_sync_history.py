"""The history of runs: newest first, in today's language, after a power cut too, and never without end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.common.words import set_language
from app.sync import history
from app.sync.alarms import EMPTIED, REFUSED
from app.sync.history import HISTORY, KEPT, TRIMMED_AT
from app.sync.hubs import in_words
from app.sync.sentences import Sentence
from app.sync.views import RunView
from db.replica.hubs import HubFault, HubTrouble

AT = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
RUN = RunView(AT, "person", 1, 2, 3, 4, 5, 600, 700, (), "")


def test_nothing_ran_yet(tmp_path: Path) -> None:
    assert history.read(tmp_path) == []


def test_newest_first_and_no_more_than_asked(tmp_path: Path) -> None:
    runs = [replace(RUN, at=AT + timedelta(hours=n), pushed=n) for n in range(5)]
    for run in runs:
        history.append(tmp_path, run)
    assert history.read(tmp_path) == runs[::-1]
    assert history.read(tmp_path, 2) == runs[:2:-1]
    assert (tmp_path / HISTORY).stat().st_mode & 0o777 == 0o600


def test_sentences_follow_the_language(tmp_path: Path) -> None:
    fault = in_words(HubFault(HubTrouble.AWAY), "folder:/媒体/盘 {1}")
    alarms = (Sentence(EMPTIED), Sentence(REFUSED, n=3), "as it is {so}")
    history.append(tmp_path, replace(RUN, alarms=alarms, error=Sentence.of(fault)))
    set_language("zh")
    told = history.read(tmp_path)[0]
    assert "3" in told.alarms[1] and "损坏" in told.alarms[1] and told.alarms[2] == "as it is {so}"
    assert "/媒体/盘 {1}" in told.error and "连不上" in told.error
    set_language("en")
    assert history.read(tmp_path)[0].alarms == alarms and history.read(tmp_path)[0].error == fault.text()


@pytest.mark.parametrize("torn", [1, 5, 30])
def test_a_torn_last_line_costs_that_line_alone(tmp_path: Path, torn: int) -> None:
    path = tmp_path / HISTORY
    history.append(tmp_path, RUN)
    history.append(tmp_path, replace(RUN, pushed=2))
    data = path.read_bytes()
    path.write_bytes(data[:-torn])
    history.append(tmp_path, replace(RUN, pushed=3))
    kept = [run.pushed for run in history.read(tmp_path)]
    assert kept == ([3, 2, 1] if torn == 1 else [3, 1]), "without its line end alone a line is whole"


def test_lines_of_another_version_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / HISTORY
    path.parent.mkdir()
    path.write_bytes(b'{"at": 5}\n\xff\xfe\nnull\n{"at":"2026-11-23T00:00:00","by":"x","moved":[1,2,3,4,5,6,7]}\n')
    history.append(tmp_path, RUN)
    assert history.read(tmp_path) == [RUN]


def test_a_sentence_that_lost_its_values_is_shown_as_it_stands(tmp_path: Path) -> None:
    history.append(tmp_path, RUN)
    path = tmp_path / HISTORY
    line = path.read_bytes().rstrip()[:-1] + b',"error":{"text":"no {place}","params":{"n":1}}}\n'
    path.write_bytes(line)
    assert history.read(tmp_path)[0].error == "no {place}"


def test_it_does_not_grow_without_end(tmp_path: Path) -> None:
    path = tmp_path / HISTORY
    history.append(tmp_path, RUN)
    path.write_bytes(path.read_bytes() * (TRIMMED_AT - 1))
    history.append(tmp_path, replace(RUN, pushed=8))
    assert len(path.read_bytes().splitlines()) == TRIMMED_AT
    history.append(tmp_path, replace(RUN, pushed=9))
    assert len(path.read_bytes().splitlines()) == KEPT
    assert [run.pushed for run in history.read(tmp_path, 3)] == [9, 8, 1]


def test_runs_at_an_interval_that_say_the_same_are_one(tmp_path: Path) -> None:
    quiet = RunView(AT, "interval", 0, 0, 0, 0, 0, 0, 0, (), "")
    for n in range(5):
        history.append(tmp_path, replace(quiet, at=AT + timedelta(minutes=n)))
    assert history.read(tmp_path) == [replace(quiet, at=AT + timedelta(minutes=4))]
    history.append(tmp_path, replace(quiet, by="person"))
    history.append(tmp_path, replace(quiet, by="person"))
    history.append(tmp_path, replace(quiet, pulled=1))
    assert len(history.read(tmp_path)) == 4


def test_no_temporaries_are_left(tmp_path: Path) -> None:
    quiet = replace(RUN, by="interval")
    history.append(tmp_path, quiet)
    history.append(tmp_path, quiet)
    assert [path.name for path in (tmp_path / "log").iterdir()] == [HISTORY.name]
