"""The register of pictures: every tab is in it, no two share a name, and a printed page is read as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QMarginsF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter, QPdfWriter

from app.common.clock import SetClock
from tests.services.conftest import NOON, PASSWORD, Bench
from ui import screens, svg
from ui.preferences import Preferences
from ui.registry import TABS
from ui.screens import Screen, Stage


def test_every_tab_has_a_picture_and_no_name_is_taken_twice() -> None:
    names = [screen.name for screen in screens.all_screens()]
    assert len(names) == len(set(names))
    for spec in TABS:
        assert any(name == spec.key or name.startswith(f"{spec.key}-") for name in names), spec.key


def test_pictures_are_taken_of_what_is_on_show_and_a_fault_is_told(
    bench: Bench, preferences: Preferences, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected_log: object
) -> None:
    monkeypatch.setattr(screens, "PASSWORD", PASSWORD)
    assert callable(expected_log)
    expected_log("ZeroDivisionError at test_screens.py")

    def settings(stage: Stage) -> None:
        stage.tab("settings")
        stage.shot("open")

    def broken(_stage: Stage) -> None:
        raise ZeroDivisionError

    shown = [Screen("settings", "desk", settings), Screen("broken", "desk", broken)]
    faults = screens.take(shown, tmp_path, bench.folder, SetClock(NOON))
    kinds = ["en-dark", "en-light", "zh-dark", "zh-light"]
    assert sorted(path.name for path in tmp_path.glob("*.png")) == [f"settings-open-{kind}.png" for kind in kinds]
    assert len(faults) == 4 and all(fault.startswith("broken ") for fault in faults)


def test_each_page_of_a_document_becomes_a_picture() -> None:
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setPageLayout(QPageLayout(QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, QMarginsF()))
    painter = QPainter(writer)
    painter.drawText(1000, 1000, "1")
    writer.newPage()
    painter.end()
    pages = screens.pdf_pages(bytes(buffer.data().data()))
    assert len(pages) == 2
    assert pages[0].height() == pytest.approx(842 * screens.DOTS / 72, abs=2)
    assert pages[0] != pages[1] and pages[1].pixelColor(5, 5).name() == "#ffffff"


def test_only_icons_that_are_used_are_kept(root: Path) -> None:
    words = "".join(path.read_text(encoding="utf-8") for path in (root / "ui").rglob("*.py"))
    assert not [path.stem for path in svg.FOLDER.glob("*.svg") if f'"{path.stem}"' not in words]
