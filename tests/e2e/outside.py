"""The program as a script sees it: its console command in a home of its own, and a look into every file it leaves."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import zstandard

ROOT = Path(__file__).resolve().parents[2]
CODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
ZSTD, ZLIB = b"\x28\xb5\x2f\xfd", (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
MOST = 1 << 24


def surroundings(home: Path) -> dict[str, str]:
    """An environment whose home and temporary folder lie below `home`, so that both can be searched."""
    for name in ("home", "tmp"):
        (home / name).mkdir(parents=True, exist_ok=True)
    folders = {name: str(home / "home") for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")}
    own = {"TMPDIR": str(home / "tmp"), "LC_ALL": "zh_CN.UTF-8", "PYTHONPATH": str(ROOT)}
    return {**os.environ, **folders, **own}


def command(*arguments: str) -> list[str]:
    """The console script of this checkout."""
    return [sys.executable, "-m", "ui", *arguments]


def longshan(*arguments: str, home: Path, password: str = "") -> subprocess.CompletedProcess[str]:
    """Runs it to its end."""
    return subprocess.run(
        command(*arguments),
        input=password + "\n",
        capture_output=True,
        text=True,
        env=surroundings(home),
        cwd=ROOT,
        check=False,
    )


def answer(*arguments: str, home: Path, password: str = "") -> Any:
    """What it says in JSON, having succeeded."""
    done = longshan(*arguments, "--json", home=home, password=password)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def forms(words: str) -> list[bytes]:
    """The bytes by which a readable copy would betray itself."""
    found = [words.encode(code) for code in CODINGS]
    for raw in list(found):
        for shift in range(3):
            encoded = base64.b64encode(b"\0" * shift + raw)
            found.append(encoded[4 : len(encoded) // 4 * 4 - 4])
    return found


def unpacked(data: bytes) -> Iterator[bytes]:
    """Whatever in it can be decompressed, wherever it begins."""
    for start in _starts(data, ZSTD):
        with suppress(zstandard.ZstdError):
            yield zstandard.ZstdDecompressor().stream_reader(data[start:]).read(MOST)
    for start in (start for mark in ZLIB for start in _starts(data, mark)):
        with suppress(zlib.error):
            yield zlib.decompressobj().decompress(data[start : start + MOST], MOST)


def _starts(data: bytes, mark: bytes) -> Iterator[int]:
    at = data.find(mark)
    while at >= 0:
        yield at
        at = data.find(mark, at + 1)


def found_in(folder: Path, words: str) -> list[Path]:
    """Every file in which the words can be read, in any coding, compressed or not."""
    wanted = forms(words)
    hits = []
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            if any(form in text for text in (data, *unpacked(data)) for form in wanted):
                hits.append(path)
    return hits
