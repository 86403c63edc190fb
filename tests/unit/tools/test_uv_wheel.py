"""uv is fetched from an index on loopback: the right wheel, checked, or a sentence and no trace."""

from __future__ import annotations

import hashlib
import json
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pytest

from tools import uv_wheel
from tools.say import SetupError
from tools.settings import Settings
from tools.uv_wheel import Link, choose, fetch, parse

LINUX = "manylinux_2_17_x86_64.manylinux2014_x86_64"
NAMES = [
    f"uv-{version}-py3-none-{tag}.whl" for version in ("0.8.1", "0.13.9", "0.14.0") for tag in (LINUX, "win_amd64")
]


def wheel(answer: str = "uv 0.13.9 (test)") -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("uv-0.13.9.data/scripts/uv", f"#!/bin/sh\necho '{answer}'\n")
        archive.writestr("uv-0.13.9.data/scripts/uvx", "no")
    return out.getvalue()


class Index:
    """A package index on loopback that serves one wheel."""

    def __init__(self) -> None:
        self.content = wheel()
        self.digest = hashlib.sha256(self.content).hexdigest()
        self.json = True
        self.asked: list[tuple[str, str | None]] = []
        index = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                index.asked.append((self.path, self.headers.get("Authorization")))
                status, kind, body = index.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/simple"

    def answer(self, path: str) -> tuple[int, str, bytes]:
        name = f"uv-0.13.9-py3-none-{LINUX}.whl"
        if path == "/simple/uv/" and self.json:
            files = [{"filename": name, "url": f"../../files/{name}", "hashes": {"sha256": self.digest}}]
            return 200, "application/vnd.pypi.simple.v1+json", json.dumps({"files": files}).encode()
        if path == "/simple/uv/":
            page = f'<html><a href="/files/{name}#sha256={self.digest}">{name}</a></html>'
            return 200, "text/html; charset=utf-8", page.encode()
        if path == f"/files/{name}":
            return 200, "application/octet-stream", self.content
        return 404, "text/plain", b"no"


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr("platform.libc_ver", lambda: ("glibc", "2.36"))
    monkeypatch.delenv("http_proxy", raising=False)
    made = Index()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.mark.parametrize("as_json", [True, False])
def test_the_program_is_unpacked_and_runs(index: Index, tmp_path: Path, as_json: bool) -> None:
    index.json = as_json
    program = tmp_path / "kept" / "uv"
    fetch(program, Settings(index=index.url))
    assert uv_wheel.version_of(str(program)) == (0, 13, 9)
    assert [path.name for path in program.parent.iterdir()] == ["uv"]


def test_a_wrong_checksum_is_refused_and_leaves_nothing(index: Index, tmp_path: Path) -> None:
    index.content = wheel("evil")
    program = tmp_path / "kept" / "uv"
    with pytest.raises(SetupError, match="does not match its checksum"):
        fetch(program, Settings(index=index.url))
    assert list(program.parent.iterdir()) == []


def test_an_index_without_checksums_is_refused(index: Index, tmp_path: Path) -> None:
    index.digest = ""
    with pytest.raises(SetupError, match="no checksum"):
        fetch(tmp_path / "uv", Settings(index=index.url))


def test_the_next_source_is_tried(index: Index, tmp_path: Path) -> None:
    fetch(tmp_path / "uv", Settings(index=f"{index.url}/absent", extra=(index.url,)))
    assert (tmp_path / "uv").is_file()


def test_a_name_and_password_are_sent_but_never_shown(index: Index, tmp_path: Path) -> None:
    secret = index.url.replace("http://", "http://me:se%40cret@") + "/absent"
    with pytest.raises(SetupError) as refused:
        fetch(tmp_path / "uv", Settings(index=secret))
    assert index.asked == [("/simple/absent/uv/", "Basic bWU6c2VAY3JldA==")]
    assert "secret" not in str(refused.value) and "se%40cret" not in str(refused.value)


def test_a_folder_of_wheels_will_do(index: Index, tmp_path: Path) -> None:
    (tmp_path / f"uv-0.13.9-py3-none-{LINUX}.whl").write_bytes(wheel())
    fetch(tmp_path / "kept" / "uv", Settings(index=None, find_links=(str(tmp_path),)))
    assert uv_wheel.version_of(str(tmp_path / "kept" / "uv")) == (0, 13, 9)


def test_a_folder_laid_out_as_an_index_will_do(index: Index, tmp_path: Path) -> None:
    name = f"uv-0.13.9-py3-none-{LINUX}.whl"
    (tmp_path / "simple" / "uv").mkdir(parents=True)
    (tmp_path / "simple" / "uv" / name).write_bytes(wheel())
    (tmp_path / "simple" / "uv" / "index.html").write_text(f'<a href="{name}">{name}</a>', encoding="utf-8")
    fetch(tmp_path / "kept" / "uv", Settings(index=f"file://{tmp_path}/simple"))
    assert (tmp_path / "kept" / "uv").is_file()


def machine(monkeypatch: pytest.MonkeyPatch, system: str, arch: str, libc: tuple[str, str] = ("", "")) -> None:
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setattr("platform.machine", lambda: arch)
    monkeypatch.setattr("platform.libc_ver", lambda: libc)


def chosen(*names: str) -> str | None:
    link = choose([Link(name, "") for name in names])
    return link.name if link else None


def test_the_version_that_was_tried_is_preferred(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, "win32", "AMD64")
    assert chosen(*NAMES) == "uv-0.13.9-py3-none-win_amd64.whl"
    assert chosen(NAMES[1], NAMES[5]) == "uv-0.14.0-py3-none-win_amd64.whl"
    assert chosen(NAMES[1]) is None


@pytest.mark.parametrize(
    ("system", "arch", "libc", "tag"),
    [
        ("linux", "x86_64", ("glibc", "2.36"), LINUX),
        ("linux", "x86_64", ("", ""), "musllinux_1_1_x86_64"),
        ("linux", "aarch64", ("glibc", "2.31"), "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64"),
        ("darwin", "arm64", ("", ""), "macosx_11_0_arm64"),
        ("darwin", "x86_64", ("", ""), "macosx_10_12_x86_64"),
        ("win32", "ARM64", ("", ""), "win_arm64"),
    ],
)
def test_each_machine_has_its_wheel(
    monkeypatch: pytest.MonkeyPatch, system: str, arch: str, libc: tuple[str, str], tag: str
) -> None:
    tags = [LINUX, "musllinux_1_1_x86_64", "manylinux_2_28_aarch64", "macosx_11_0_arm64", "macosx_10_12_x86_64"]
    tags += ["win_arm64", "win32", "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64"]
    machine(monkeypatch, system, arch, libc)
    expected = [f"uv-0.13.9-py3-none-{tag}.whl"]
    if (arch, libc) == ("aarch64", ("glibc", "2.31")):
        expected.append("uv-0.13.9-py3-none-manylinux_2_28_aarch64.whl")
    assert chosen(*(f"uv-0.13.9-py3-none-{one}.whl" for one in tags)) in expected


def test_a_glibc_that_is_too_old_gets_no_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, "linux", "aarch64", ("glibc", "2.17"))
    assert chosen("uv-0.13.9-py3-none-manylinux_2_28_aarch64.whl") is None


def test_yanked_files_are_left_out() -> None:
    html = '<a href="a.whl" data-yanked="">a.whl</a><a href="b.whl#sha256=12">b.whl</a><a>c</a>'
    assert parse(html, "text/html", "https://i.test/uv/") == [Link("b.whl", "https://i.test/uv/b.whl", "12")]
    files = json.dumps({"files": [{"filename": "a.whl", "url": "a.whl", "yanked": "broken"}]})
    assert parse(files, "application/vnd.pypi.simple.v1+json", "https://i.test/uv/") == []
