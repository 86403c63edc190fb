"""The system's own libraries and programs that no wheel carries: seen by file, installed with apt-get by root only."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from tools.say import SetupError, say, words
from tools.settings import BUNDLES

# File to Debian's package. Qt needs these wherever it draws, also where there is no display.
ALWAYS = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libcups.so.2": "libcups2",
}
# Needed for a window on an X display, and for the programs that `build` packs.
DISPLAY = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libX11-xcb.so.1": "libx11-xcb1",
}
PROGRAMS = {
    "test": {"pdftotext": "poppler-utils", "pdffonts": "poppler-utils", "pdftoppm": "poppler-utils"},
    "screens": {"pdftoppm": "poppler-utils"},
    "build": {"objdump": "binutils"},
}
FOLDERS = ("/usr/lib/{arch}-linux-gnu", "/lib/{arch}-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib", "/lib")


def ensure(command: str, *, display: bool) -> None:
    """Everything that `command` needs of the system is there afterwards, or SetupError says how to get it."""
    if sys.platform != "linux":
        return
    programs = PROGRAMS.get(command, {})
    needed = _missing(ALWAYS | (DISPLAY if display else {}), programs)
    if not needed:
        return
    packages = sorted({*needed, *_missing(DISPLAY, {})})
    if shutil.which("apt-get") and os.geteuid() == 0:
        install(packages)
        needed = _missing(ALWAYS | (DISPLAY if display else {}), programs)
        if not needed:
            return
    raise SetupError(advice(sorted(needed)))


def ensure_certificates(cert: str | None) -> None:
    """Without a file of authorities no index can be trusted; a bare Debian has none."""
    if sys.platform == "linux" and cert is None and not any(Path(bundle).is_file() for bundle in BUNDLES):
        if shutil.which("apt-get") and os.geteuid() == 0:
            install(["ca-certificates"])
        else:
            raise SetupError(advice(["ca-certificates"]))


def advice(packages: Iterable[str]) -> str:
    """The one command that brings `packages`."""
    named = " ".join(packages)
    if shutil.which("apt-get") or not shutil.which("dnf"):
        command = f"sudo apt-get update && sudo apt-get install -y --no-install-recommends {named}"
        return words(
            f"The system lacks some libraries. Run this command, then try again:\n  {command}",
            f"系统缺少一些组件。请运行下面的命令，然后重试：\n  {command}",
        )
    return words(f"Please install what Debian calls: {named}", f"请安装以下组件（Debian 名称）：{named}")


def install(packages: list[str]) -> None:
    """Installs with apt-get; its own words go to standard error only when it fails."""
    say(f"Installing system libraries: {' '.join(packages)}", f"正在安装系统组件：{' '.join(packages)}")
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    command = ["apt-get", "-o", "DPkg::Lock::Timeout=300", "install", "-y", "--no-install-recommends", *packages]
    _apt(["apt-get", "update"], env)
    done = _apt(command, env)
    if done.returncode:
        print(done.stdout[-4000:], file=sys.stderr)
        raise SetupError(advice(packages))


def _apt(command: list[str], env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def _missing(libraries: Mapping[str, str], programs: Mapping[str, str]) -> set[str]:
    absent = {package for program, package in programs.items() if not shutil.which(program)}
    return absent | {package for library, package in libraries.items() if not present(library)}


def present(library: str) -> bool:
    """Whether the dynamic linker would find `library`: by its usual places first, which costs next to nothing."""
    folders = (folder.format(arch=platform.machine()) for folder in FOLDERS)
    if any(Path(folder, library).exists() for folder in folders):
        return True
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
