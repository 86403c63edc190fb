"""Which package index this machine uses: an office behind a mirror or a proxy has told pip, and need not tell us.

Read as pip reads them, without pip: its configuration files, then its environment; uv's own variables win.
"""

from __future__ import annotations

import configparser
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

PYPI = "https://pypi.org/simple"
BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")


@dataclass(frozen=True)
class Settings:
    """`index` is None where only `find_links` may be used; `cert` is a file of authorities, `proxy` a URL."""

    index: str | None = PYPI
    extra: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    trusted: tuple[str, ...] = ()
    cert: str | None = None
    proxy: str | None = None

    @property
    def is_pypi(self) -> bool:
        """Whether the addresses written into uv.lock are the ones to use."""
        return self.index is not None and urlsplit(self.index).hostname == "pypi.org"


def read(env: Mapping[str, str] | None = None) -> Settings:
    """The settings in force for this person on this machine."""
    env = os.environ if env is None else env
    values = _pip_values(env)
    index: str | None = _first(env, "UV_DEFAULT_INDEX", "UV_INDEX_URL") or values.get("index-url") or PYPI
    if values.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        index = None
    uv_extra = f"{env.get('UV_EXTRA_INDEX_URL', '')} {env.get('UV_INDEX', '')}"
    return Settings(
        index=_bare(index) if index else None,
        extra=tuple(_bare(url) for url in f"{uv_extra} {values.get('extra-index-url', '')}".split()),
        find_links=tuple(f"{values.get('find-links', '')} {env.get('UV_FIND_LINKS', '').replace(',', ' ')}".split()),
        trusted=tuple(values.get("trusted-host", "").split()),
        cert=_bundle(values, env),
        proxy=values.get("proxy") or None,
    )


def shown(url: str) -> str:
    """`url` without the name and password that it may carry."""
    parts = urlsplit(url)
    return url if "@" not in parts.netloc else parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _bare(index: str) -> str:
    """uv allows `name=URL`."""
    name, equals, url = index.partition("=")
    return url if equals and "/" not in name else index


def _first(env: Mapping[str, str], *names: str) -> str:
    return next((env[name] for name in names if env.get(name)), "")


def _bundle(values: Mapping[str, str], env: Mapping[str, str]) -> str | None:
    told = values.get("cert") or _first(env, "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
    for candidate in (told, *BUNDLES):
        if candidate and Path(candidate).is_file():
            return candidate
    return None


def _pip_values(env: Mapping[str, str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for path in _pip_files(env):
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (OSError, configparser.Error, UnicodeDecodeError):
            continue
        for section in ("global", "install"):
            if parser.has_section(section):
                values.update({key.replace("_", "-"): value for key, value in parser.items(section)})
    for name, value in env.items():
        if name.startswith("PIP_") and value:
            values[name[4:].lower().replace("_", "-")] = value
    return values


def _pip_files(env: Mapping[str, str]) -> Iterator[Path]:
    """From the weakest to the strongest, as pip's manual orders them."""
    told = env.get("PIP_CONFIG_FILE", "")
    if told == os.devnull:
        return
    home = Path(env.get("HOME") or env.get("USERPROFILE") or "/nonexistent")
    if sys.platform == "win32":
        yield Path(env.get("PROGRAMDATA", "C:/ProgramData"), "pip", "pip.ini")
        yield home / "pip" / "pip.ini"
        yield Path(env.get("APPDATA", str(home)), "pip", "pip.ini")
    else:
        for folder in reversed((env.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")):
            yield Path(folder, "pip", "pip.conf")
        yield Path("/etc/pip.conf")
        yield home / ".pip" / "pip.conf"
        if sys.platform == "darwin":
            yield home / "Library" / "Application Support" / "pip" / "pip.conf"
        yield Path(env.get("XDG_CONFIG_HOME") or home / ".config", "pip", "pip.conf")
    yield Path(sys.prefix, "pip.ini" if sys.platform == "win32" else "pip.conf")
    if told:
        yield Path(told)
