"""Gets uv, the installer, where there is none: its wheel from the configured index, checked, one program unpacked."""

from __future__ import annotations

import base64
import hashlib
import json
import platform
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import IO
from urllib.error import URLError
from urllib.parse import unquote, urldefrag, urljoin, urlsplit
from urllib.request import HTTPSHandler, OpenerDirector, ProxyHandler, Request, build_opener

from tools.say import SetupError, say, words
from tools.settings import Settings, shown

VERSION = (0, 13, 9)
OLDEST = (0, 9, 0)
ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.3, text/html;q=0.2"
WHEEL = re.compile(r"^uv-(\d+)\.(\d+)\.(\d+)-py3-none-(.+)\.whl$")
ARCHES = {"amd64": "x86_64", "x64": "x86_64", "arm64": "aarch64", "i386": "i686"}


@dataclass(frozen=True)
class Link:
    """A file that an index offers; `sha256` is empty where the index gives none."""

    name: str
    url: str
    sha256: str = ""


def find(cache: Path, settings: Settings) -> str:
    """The path of a uv that is recent enough; it is fetched into `cache` at the first call."""
    on_path = shutil.which("uv")
    if on_path and version_of(on_path) >= OLDEST:
        return on_path
    program = cache / "uv" / ".".join(map(str, VERSION)) / ("uv.exe" if sys.platform == "win32" else "uv")
    if not program.is_file():
        fetch(program, settings)
    return str(program)


def version_of(program: str) -> tuple[int, ...]:
    """What `program --version` says; () if it does not run."""
    try:
        told = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    found = re.match(r"uv (\d+)\.(\d+)\.(\d+)", told)
    return tuple(map(int, found.groups())) if found else ()


def fetch(program: Path, settings: Settings) -> None:
    """Puts uv at `program`, whole or not at all."""
    say("Fetching uv, which installs the rest.", "正在获取安装工具 uv。")
    faults: list[str] = []
    for source in _sources(settings):
        try:
            link = choose(_links(settings, source))
            if link is None:
                faults.append(f"{shown(source)}: no uv for {platform.machine()} {sys.platform}")
                continue
            _take(settings, link, program)
            return
        except (OSError, ValueError, zipfile.BadZipFile) as fault:
            faults.append(f"{shown(source)}: {fault}")
    raise SetupError(
        words("The installer uv could not be fetched. Check the network, or the index in pip's settings, then run "
              "this again.", "无法获取安装工具 uv。请检查网络或 pip 设置中的软件源，然后重新运行。")
        + "".join(f"\n  {fault}" for fault in faults)
    )  # fmt: skip


def choose(links: list[Link]) -> Link | None:
    """The wheel for this machine: the version that was tried if it is there, else the newest."""
    fitting: dict[tuple[int, ...], Link] = {}
    for link in links:
        found = WHEEL.match(link.name)
        if found and any(_fits(tag) for tag in found[4].split(".")):
            fitting.setdefault(tuple(map(int, found.groups()[:3])), link)
    recent = [version for version in fitting if version >= OLDEST]
    if not recent:
        return None
    return fitting[VERSION if VERSION in fitting else max(recent)]


def parse(page: str, content_type: str, base: str) -> list[Link]:
    """The links of a project's page, in either form that an index may answer; yanked files are left out."""
    if "json" in content_type:
        return [
            Link(item["filename"], urljoin(base, item["url"]), item.get("hashes", {}).get("sha256", ""))
            for item in json.loads(page)["files"]
            if not item.get("yanked")
        ]
    reader = _Anchors()
    reader.feed(page)
    links = []
    for href in reader.found:
        url, fragment = urldefrag(urljoin(base, href))
        digest = fragment.removeprefix("sha256=") if fragment.startswith("sha256=") else ""
        links.append(Link(unquote(urlsplit(url).path.rpartition("/")[2]), url, digest))
    return links


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        href = told.get("href")
        if tag == "a" and href and "data-yanked" not in told:
            self.found.append(href)


def _fits(tag: str) -> bool:
    machine = platform.machine().lower()
    arch = ARCHES.get(machine, machine)
    if sys.platform == "win32":
        return tag == {"x86_64": "win_amd64", "aarch64": "win_arm64"}.get(arch, "win32")
    if sys.platform == "darwin":
        return tag.startswith("macosx_") and tag.endswith("arm64" if arch == "aarch64" else arch)
    libc, version = platform.libc_ver()
    found = re.match(r"(many|musl)linux_(\d+)_(\d+)_(\w+)$", tag)
    if not found or found[4] != arch:
        return False
    if libc != "glibc":
        return found[1] == "musl"
    return found[1] == "many" and (int(found[2]), int(found[3])) <= tuple(map(int, version.split(".")[:2]))


def _sources(settings: Settings) -> list[str]:
    pages = [f"{index.rstrip('/')}/uv/" for index in (settings.index, *settings.extra) if index]
    return [*settings.find_links, *pages]


def _links(settings: Settings, source: str) -> list[Link]:
    folder = Path(source.removeprefix("file://"))
    if folder.is_dir() and not (folder / "index.html").is_file():
        return [Link(path.name, path.resolve().as_uri()) for path in sorted(folder.glob("uv-*.whl"))]
    if source.startswith(("file:", "/")):
        source = (folder / "index.html").resolve().as_uri()
    with _get(settings, source) as answer:
        content_type = str(getattr(answer, "headers", {}).get("Content-Type", "text/html"))
        return parse(answer.read().decode("utf-8"), content_type, str(getattr(answer, "url", source)))


def _take(settings: Settings, link: Link, program: Path) -> None:
    if not link.sha256 and not link.url.startswith("file:"):
        raise ValueError(f"{link.name} has no checksum there")
    program.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=program.parent) as folder:
        wheel = Path(folder, "uv.whl")
        with _get(settings, link.url) as answer, wheel.open("wb") as file:
            shutil.copyfileobj(answer, file)
        if link.sha256 and hashlib.sha256(wheel.read_bytes()).hexdigest() != link.sha256:
            raise ValueError(f"{link.name} does not match its checksum")
        with zipfile.ZipFile(wheel) as archive:
            inside = next(name for name in archive.namelist() if name.endswith(f".data/scripts/{program.name}"))
            unpacked = Path(archive.extract(inside, folder))
        unpacked.chmod(0o755)
        unpacked.replace(program)


def _get(settings: Settings, url: str) -> IO[bytes]:
    parts = urlsplit(url)
    request = Request(parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl(), headers={"Accept": ACCEPT})
    if "@" in parts.netloc:
        secret = unquote(parts.netloc.rpartition("@")[0]).encode()
        request.add_header("Authorization", "Basic " + base64.b64encode(secret).decode())
    try:
        answer: IO[bytes] = _opener(settings, parts.hostname).open(request, timeout=120)
    except URLError as fault:
        raise OSError(fault.reason) from fault
    return answer


def _opener(settings: Settings, host: str | None) -> OpenerDirector:
    context = ssl.create_default_context(cafile=settings.cert)
    if host in {trusted.partition(":")[0] for trusted in settings.trusted}:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    proxies = {"http": settings.proxy, "https": settings.proxy} if settings.proxy else None
    return build_opener(ProxyHandler(proxies), HTTPSHandler(context=context))
