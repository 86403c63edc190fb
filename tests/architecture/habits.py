"""What the house does not do, found in the syntax tree: a rule a line, so that a review need not repeat it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

LONGEST = 500
BANNED_CALLS = {
    "processEvents": "an event loop inside an event loop",
    "QEventLoop": "an event loop inside an event loop",
    "terminate": "a thread that is killed",
}
BANNED_IN_TESTS = {
    "time.sleep": "a fixed wait",
    "qtbot.wait": "a fixed wait",
    "QTest.qWait": "a fixed wait",
    "pytest.skip": "a skipped test",
    "pytest.importorskip": "a skipped test",
    "pytest.mark.skip": "a skipped test",
    "pytest.mark.skipif": "a skipped test",
    "pytest.mark.xfail": "a test that may fail",
}
BANNED_MODULES_IN_TESTS = {"unittest.mock", "mock"}


def in_program(source: str) -> Iterator[str]:
    """What is wrong with a module of app, db, ui or tools."""
    tree = ast.parse(source)
    if source.strip() and not ast.get_docstring(tree):
        yield "no docstring says why this module is"
    if source.count("\n") > LONGEST:
        yield f"longer than {LONGEST} lines"
    yield from _swallowed(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = dotted(node.func).rpartition(".")[2]
            if name in BANNED_CALLS:
                yield f"line {node.lineno}: {name}: {BANNED_CALLS[name]}"


def in_test(source: str) -> Iterator[str]:
    """What is wrong with a test module."""
    tree = ast.parse(source)
    yield from _swallowed(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and dotted(node) in BANNED_IN_TESTS:
            yield f"line {node.lineno}: {dotted(node)}: {BANNED_IN_TESTS[dotted(node)]}"
        if isinstance(node, ast.ImportFrom | ast.Import):
            modules = {node.module or ""} if isinstance(node, ast.ImportFrom) else {one.name for one in node.names}
            if isinstance(node, ast.ImportFrom):
                modules |= {f"{node.module}.{one.name}" for one in node.names}
            if modules & BANNED_MODULES_IN_TESTS:
                yield f"line {node.lineno}: a mock instead of the real part"


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a name or attribute; empty for anything else at its root."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    parts.append(node.id if isinstance(node, ast.Name) else "")
    return ".".join(reversed(parts))


def _swallowed(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        if node.type is None:
            yield f"line {node.lineno}: a bare except"
        if all(isinstance(line, ast.Pass) or _is_dots(line) for line in node.body):
            yield f"line {node.lineno}: an error is swallowed"


def _is_dots(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) and line.value.value is Ellipsis
