"""Makes `.venv` from uv.lock once, repairs a half-made one, and costs nothing when it is there already."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import libraries, settings, uv_wheel
from tools.say import SetupError, say, words

ROOT = Path(__file__).resolve().parents[1]
STAMP = "longshan-stamp"


def python() -> Path:
    """The interpreter that has everything in uv.lock; made if need be. SetupError says what is lacking."""
    venv, stamp = home() / ".venv", fingerprint()
    if not _ready(venv, stamp):
        with _lock(cache()):
            if not _ready(venv, stamp):
                _make(venv, stamp)
    return interpreter(venv)


def interpreter(venv: Path) -> Path:
    """Where `venv` keeps its Python."""
    return venv / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def home() -> Path:
    """The folder that takes `.venv` and `.cache`: this one, or one of the person's where this one is read-only."""
    if os.access(ROOT, os.W_OK):
        return ROOT
    key = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
    told = os.environ.get("XDG_CACHE_HOME") or Path(os.environ.get("HOME") or tempfile.gettempdir(), ".cache")
    for folder in (Path(told), Path(tempfile.gettempdir(), f"longshan-{_person()}")):
        try:
            kept = folder / "longshan-desk" / key
            kept.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(kept, os.W_OK) and (sys.platform == "win32" or kept.stat().st_uid == os.geteuid()):
            return kept
    raise SetupError(words(f"No folder to write in: {ROOT}", f"没有可写入的文件夹：{ROOT}"))


def cache() -> Path:
    """Where downloads and locks are kept."""
    folder = home() / ".cache"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def fingerprint() -> str:
    """Changes with everything that `.venv` is made from, its place included."""
    digest = hashlib.sha256(f"{ROOT}\n{sys.version_info[:2]}\n".encode())
    for name in ("uv.lock", "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def clean_environment() -> dict[str, str]:
    """This process's environment without what would break a child: a foreign venv, folders that are not there."""
    env = dict(os.environ)
    for name in ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "__PYVENV_LAUNCHER__"):
        env.pop(name, None)
    for name in ("TMPDIR", "TEMP", "TMP"):
        if name in env and not os.access(env[name], os.W_OK):
            del env[name]
    if "XDG_CACHE_HOME" not in env and not os.access(env.get("HOME", "/"), os.W_OK) and sys.platform != "win32":
        env["XDG_CACHE_HOME"] = str(cache() / "xdg")
    return env


def _ready(venv: Path, stamp: str) -> bool:
    kept = venv / STAMP
    return interpreter(venv).exists() and kept.is_file() and kept.read_text(encoding="utf-8") == stamp


def _make(venv: Path, stamp: str) -> None:
    say("Setting up (once; some minutes on a slow network).", "正在准备运行环境（只需一次，网络慢时要几分钟）。")
    told = settings.read()
    libraries.ensure_certificates(told.cert)
    told = settings.read()
    uv = uv_wheel.find(cache(), told)
    (venv / STAMP).unlink(missing_ok=True)
    if venv.exists() and not _runs(interpreter(venv)):
        shutil.rmtree(venv)
    calm = [] if sys.stderr.isatty() else ["--quiet"]
    for program, *arguments in _commands(uv, venv, told):
        _run([program, *calm, *arguments], _uv_environment(venv, told))
    fresh = venv / f"{STAMP}.{os.getpid()}"
    fresh.write_text(stamp, encoding="utf-8")
    fresh.replace(venv / STAMP)


def _commands(uv: str, venv: Path, told: settings.Settings) -> Iterator[list[str]]:
    base = str(getattr(sys, "_base_executable", "") or sys.executable)
    if told.is_pypi:
        yield [uv, "sync", "--frozen", "--python", base]
        return
    # uv.lock names PyPI's own addresses; elsewhere only its versions and checksums hold.
    wanted = str(cache() / "requirements.txt")
    yield [uv, "export", "--frozen", "--no-emit-project", "--python", base, "--output-file", wanted]
    if not interpreter(venv).exists():
        yield [uv, "venv", "--allow-existing", "--python", base, str(venv)]
    source = ["--default-index", told.index] if told.index else ["--no-index"]
    for url in told.extra:
        source += ["--index", url]
    for folder in told.find_links:
        source += ["--find-links", folder]
    for host in told.trusted:
        source += ["--allow-insecure-host", host]
    target = ["--python", str(interpreter(venv))]
    yield [uv, "pip", "sync", "--require-hashes", *target, *source, wanted]
    yield [uv, "pip", "install", "--no-deps", *target, *source, "--editable", str(ROOT)]


def _uv_environment(venv: Path, told: settings.Settings) -> dict[str, str]:
    env = clean_environment() | {"UV_PROJECT_ENVIRONMENT": str(venv), "UV_PYTHON_DOWNLOADS": "never"}
    env.setdefault("UV_HTTP_TIMEOUT", "180")
    if "UV_CACHE_DIR" not in env:
        shared = Path(env.get("XDG_CACHE_HOME") or Path(env.get("HOME", "/"), ".cache"), "uv")
        env["UV_CACHE_DIR"] = str(shared if shared.is_dir() and os.access(shared, os.W_OK) else cache() / "uv-cache")
    if told.cert:
        env.setdefault("SSL_CERT_FILE", told.cert)
    if told.proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY"):
            env.setdefault(name, told.proxy)
    return env


def _run(command: list[str], env: dict[str, str]) -> None:
    try:
        done = subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=sys.stderr.fileno())
    except OSError as fault:
        raise SetupError(f"{command[0]}: {fault}") from fault
    if done.returncode:
        raise SetupError(
            words(
                "Set-up did not finish; the reason stands above. Check the network and the free space on the disk, "
                "then run this again: it goes on where it stopped.",
                "准备未完成，原因见上。请检查网络和磁盘空间后重新运行，已完成的部分会保留。",
            )
        )


def _runs(program: Path) -> bool:
    try:
        return subprocess.run([program, "-c", ""], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def _person() -> str:
    if sys.platform == "win32":
        return os.environ.get("USERNAME", "")
    return str(os.geteuid())


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """One set-up at a time; the others wait for it and find it done."""
    with (folder / "setup.lock").open("w") as file:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                say("Another set-up is running; waiting for it.", "另一个准备过程正在进行，请稍候。")
                fcntl.flock(file, fcntl.LOCK_EX)
        yield
