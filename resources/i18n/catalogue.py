"""Keeps the one catalogue of Chinese words in step with the code, and refuses a gap.

    python resources/i18n/catalogue.py update [--from WORDS.json ...] [--prune]
    python resources/i18n/catalogue.py check

`update` reads every `tr()`, `N_()` and `ntr()` of `app/` and `ui/`, keeps the translations there are, takes new
ones from JSON files ({"English msgid": "中文"}; a plural goes by its singular), and compiles. A translation that
no code uses any more stays as an obsolete entry until `--prune`, so that work in progress loses no words. `check`
is what the tests run: nothing missing, doubtful or unused, the placeholders the same, the compiled file fresh.
"""

from __future__ import annotations

import argparse
import json
import os
import string
import sys
import tokenize
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("app", "ui")
KEYWORDS: dict[str, tuple[int, ...] | None] = {"tr": None, "N_": None, "ntr": (1, 2)}
FOLDER = Path("resources") / "i18n"
PO = FOLDER / "zh_CN.po"
MO = FOLDER / "zh_CN.mo"
# A real date would change the file at every run.
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
HEADER = "# 龙山前台 · Longshan Desk\n# Sorted by msgid; written by resources/i18n/catalogue.py"


@dataclass
class Words:
    """The msgids found in code: singular to plural (None for a text without one), and where each first stands."""

    plurals: dict[str, str | None] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)

    def add(self, msgid: str, plural: str | None, place: str) -> None:
        self.plurals[msgid] = plural or self.plurals.get(msgid)
        self.places.setdefault(msgid, place)


@dataclass
class Translations:
    """What the .po file holds: active and obsolete translations, and the msgids that are marked doubtful."""

    active: dict[str, str] = field(default_factory=dict)
    obsolete: dict[str, str] = field(default_factory=dict)
    fuzzy: set[str] = field(default_factory=set)

    def known(self) -> dict[str, str]:
        """Every translation that is not empty; an active one wins over an obsolete one."""
        return {msgid: text for msgid, text in (self.obsolete | self.active).items() if text}


def extract(root: Path) -> Words:
    """Every msgid of the source folders below `root`."""
    words = Words()
    for folder in SOURCES:
        for path in sorted((root / folder).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            try:
                for line, found, _comments, _context in extract_from_file("python", path, keywords=KEYWORDS):
                    singular, plural = (found, None) if isinstance(found, str) else (found[0], found[1])
                    if singular:
                        words.add(singular, plural, f"{name}:{line}")
            except (SyntaxError, tokenize.TokenError) as fault:
                words.unreadable.append(f"{name}: {fault}")
    return words


def load(path: Path) -> Translations:
    """The .po file's content; empty if there is none yet."""
    held = Translations()
    if not path.exists():
        return held
    with path.open("rb") as file:
        catalog = read_po(file, locale="zh_CN")
    for message in catalog:
        if message.id:
            held.active[_singular(message)] = _text(message)
            if message.fuzzy:
                held.fuzzy.add(_singular(message))
    for message in catalog.obsolete.values():
        held.obsolete[_singular(message)] = _text(message)
    return held


def merge(words: Words, known: Mapping[str, str], *, prune: bool) -> Catalog:
    """The catalogue for `words` with the translations that are known; the others become obsolete entries."""
    catalog = _empty_catalog()
    for msgid, plural in sorted(words.plurals.items()):
        text = known.get(msgid, "")
        if plural is None:
            catalog.add(msgid, text)
        else:
            catalog.add((msgid, plural), (text,))
    if not prune:
        for msgid in sorted(set(known) - set(words.plurals)):
            catalog.obsolete[msgid] = Message(msgid, known[msgid])
    return catalog


def render(catalog: Catalog) -> bytes:
    """The .po file: sorted, without line numbers."""
    out = BytesIO()
    write_po(out, catalog, width=0, no_location=True, sort_output=True)
    return out.getvalue()


def compiled(catalog: Catalog) -> bytes:
    """The .mo file of `catalog`; the same bytes for the same words."""
    out = BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def update(root: Path, additions: Mapping[str, str], *, prune: bool = False) -> list[str]:
    """Brings the files below `root` up to date; returns the msgids that still lack a translation."""
    with _lock(root):
        words = extract(root)
        if words.unreadable and prune:
            raise SystemExit("\n".join(["cannot prune while a file is unreadable:", *words.unreadable]))
        known = load(root / PO).known() | dict(additions)
        catalog = merge(words, known, prune=prune)
        _replace(root / PO, render(catalog))
        _replace(root / MO, compiled(catalog))
    return [msgid for msgid in sorted(words.plurals) if not known.get(msgid)]


def problems(root: Path) -> list[str]:
    """Everything that is wrong with the catalogue below `root`, a line each; empty when all is well."""
    words = extract(root)
    held = load(root / PO)
    found = [f"unreadable: {name}" for name in words.unreadable]
    for msgid, place in sorted(words.places.items(), key=lambda pair: pair[1]):
        if not held.active.get(msgid):
            found.append(f"missing: {msgid!r} ({place})")
    found += [f"doubtful (fuzzy): {msgid!r}" for msgid in sorted(held.fuzzy)]
    unused = (set(held.active) | set(held.obsolete)) - set(words.plurals)
    found += [f"unused: {msgid!r} (update --prune drops it)" for msgid in sorted(unused)]
    for msgid, plural in sorted(words.plurals.items()):
        found += _placeholder_problems(msgid, plural, held.active.get(msgid, ""))
    fresh = compiled(merge(words, held.active, prune=True))
    if not (root / MO).exists() or (root / MO).read_bytes() != fresh:
        found.append(f"{MO.as_posix()} is not what {PO.as_posix()} compiles to; run update")
    return found


def placeholders(text: str) -> frozenset[str] | None:
    """The names in braces of `text`; None if the braces do not match."""
    try:
        return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)
    except ValueError:
        return None


def _placeholder_problems(msgid: str, plural: str | None, translation: str) -> Iterator[str]:
    if not translation:
        return
    wanted, given = placeholders(plural or msgid), placeholders(translation)
    if wanted is None or given is None:
        yield f"braces do not match: {msgid!r}"
    elif wanted != given:
        names = ", ".join("{" + name + "}" for name in sorted(wanted ^ given))
        yield f"placeholders differ: {msgid!r} ({names})"


def _empty_catalog() -> Catalog:
    return Catalog(
        locale="zh_CN",
        project="longshan-desk",
        version="1",
        header_comment=HEADER,
        copyright_holder="Longshan Desk",
        last_translator="Longshan Desk",
        language_team="Longshan Desk",
        creation_date=EPOCH,
        revision_date=EPOCH,
        fuzzy=False,
    )


def _singular(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _text(message: Message) -> str:
    text = message.string
    return text if isinstance(text, str) else (text or ("",))[0]


def _replace(path: Path, content: bytes) -> None:
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    beside.write_bytes(content)
    beside.replace(path)


@contextmanager
def _lock(root: Path) -> Iterator[None]:
    """One `update` at a time; Windows goes without, where only releases are made."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    cache = root / ".cache"
    cache.mkdir(exist_ok=True)
    with (cache / "catalogue.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _additions(files: list[Path]) -> dict[str, str]:
    merged: dict[str, str] = {}
    for file in files:
        for msgid, text in json.loads(file.read_text(encoding="utf-8")).items():
            if not (isinstance(msgid, str) and isinstance(text, str)):
                raise SystemExit(f"{file}: {msgid!r} is not a text with a text")
            merged[msgid] = text
    return merged


def main(argv: list[str] | None = None) -> int:
    """The command line; 0 when all is well."""
    parser = argparse.ArgumentParser(prog="catalogue.py", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--root", type=Path, default=ROOT)
    commands = parser.add_subparsers(dest="command", required=True)
    updating = commands.add_parser("update")
    updating.add_argument("--from", dest="files", type=Path, nargs="+", action="extend", default=[])
    updating.add_argument("--prune", action="store_true")
    commands.add_parser("check")
    options = parser.parse_args(argv)
    if options.command == "update":
        missing = update(options.root, _additions(options.files), prune=options.prune)
        for msgid in missing:
            print(f"missing: {msgid!r}")
        print(f"{len(missing)} without a translation")
        return 0
    found = problems(options.root)
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
