"""One table of all measurements: ours, the reference in the same run, the ratio, the goal; and the same as JSON.

    python3 run.py bench [--json FILE] [NAME ...]      a NAME picks bench_NAME.py

Each bench_*.py has `run()`, which gives a row or a list of rows: name, ours, reference, ratio, goal, and unit if it is
not seconds; or name and `missing`, what this machine lacks to measure it.
"""

from __future__ import annotations

import argparse
import importlib
import json
import platform
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

Row = Mapping[str, object]


def names() -> list[str]:
    """Every measurement there is."""
    return sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))


def measure(wanted: Sequence[str]) -> list[Row]:
    """The rows of `wanted`, one measurement after the other."""
    rows: list[Row] = []
    for name in wanted:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        found = importlib.import_module(f"tests.bench.bench_{name}").run()
        rows += [found] if isinstance(found, Mapping) else found
    return rows


def table(rows: Sequence[Row]) -> str:
    """The rows as aligned text."""
    lines = [("measured", "ours", "reference", "ratio", "at most")]
    lines += [_line(row) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)


def _line(row: Row) -> tuple[str, str, str, str, str]:
    if "missing" in row:
        return str(row["name"]), f"not measured: {row['missing']}", "", "", ""
    return (
        str(row["name"]),
        f"{row['ours']:.4g} {row.get('unit', 's')}",
        f"{row['reference']:.4g} {row.get('unit', 's')}",
        f"{row['ratio']:.2f}",
        str(row["goal"]).removeprefix("<= "),
    )


def main() -> int:
    """Exit status 0 when everything could be measured; a goal that is missed is a number, not a failure."""
    parser = argparse.ArgumentParser(prog="run.py bench")
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "bench.json")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(names()))
    options = parser.parse_args()
    unknown = set(options.names) - set(names())
    if unknown:
        parser.error(f"there is no measurement {', '.join(sorted(unknown))}; there are {', '.join(names())}")
    rows = measure(options.names or names())
    print(table(rows))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    machine = f"{platform.platform()}, Python {platform.python_version()}"
    options.json.write_text(json.dumps({"machine": machine, "rows": rows}, ensure_ascii=False, indent=1), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
