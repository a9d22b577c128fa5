"""Files, classes, functions and templates stay small. What is over budget is listed and may only shrink."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("over_budget.json")
FOLDERS = (
    "accounts",
    "catalog",
    "compliance",
    "demo",
    "insights",
    "logistics",
    "marketplace",
    "orders",
    "payments",
    "tests",
)
FILE, CLASS, FUNCTION, VIEW, TEMPLATE, TEST_FILE = 400, 200, 40, 25, 150, 500


def sources() -> Iterator[tuple[str, ast.Module, int]]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts and "studio" not in path.parts:
                text = path.read_text("utf-8")
                yield str(path.relative_to(ROOT)), _parsed(text), text.count("\n")


def _parsed(text: str) -> ast.Module:
    """CPython 3.11 counts its depth for all threads together, and gives up when another one parses at the same time."""
    try:
        return ast.parse(text)
    except SystemError:
        return ast.parse(text)


def over_budget() -> dict[str, int]:
    """Everything over its budget, with its size in lines."""
    found = {}
    for name, tree, lines in sources():
        if lines > (TEST_FILE if name.startswith("tests/") else FILE):
            found[name] = lines
        is_view = "/views" in name
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                limit = (
                    CLASS
                    if isinstance(node, ast.ClassDef)
                    else VIEW
                    if is_view and not node.name.startswith("_")
                    else FUNCTION
                )
                if size > limit:
                    found[f"{name}:{node.name}"] = size
    for path in sorted((ROOT / "templates").rglob("*.*")):
        lines = path.read_text("utf-8").count("\n")
        if lines > TEMPLATE:
            found[str(path.relative_to(ROOT))] = lines
    return found


def test_nothing_grows_beyond_its_budget() -> None:
    allowed = json.loads(LIST.read_text("utf-8"))

    grown = {name: size for name, size in over_budget().items() if size > allowed.get(name, 0)}

    assert grown == {}


def test_the_list_of_exceptions_holds_nothing_that_has_shrunk() -> None:
    allowed = json.loads(LIST.read_text("utf-8"))
    found = over_budget()

    assert {name: size for name, size in allowed.items() if found.get(name, 0) < size} == {}
