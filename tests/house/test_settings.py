"""The start stops with one sentence for a missing or wrong value; the production example is complete and safe."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "reference" / "settings.md"
EXAMPLE = ROOT / "docs" / "reference" / "production.env.example"


def production(**changes: str | None) -> dict[str, str]:
    """The environment of the example, with changes; None takes a name out."""
    values = dict(
        line.split("=", 1)
        for line in EXAMPLE.read_text("utf-8").splitlines()
        if "=" in line and not line.startswith("#")
    )
    values |= {name: value for name, value in changes.items() if value is not None}
    for name, value in changes.items():
        if value is None:
            values.pop(name, None)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | values | {"SAMPAN_ENV_FILE": "/nonexistent"}


def manage(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


def test_the_production_example_passes_the_deployment_check() -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING", env=production())

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY must be set"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY must have at least 32 characters"),
        ({"DATABASE_URL": None}, "DATABASE_URL must be set"),
        ({"DOCUMENT_KEYS": None}, "DOCUMENT_KEYS must be set"),
        ({"DOCUMENT_KEYS": "short"}, "DOCUMENT_KEYS must be keys of 32 bytes in URL-safe base64"),
        ({"DOCUMENT_KEYS": f"{'A' * 43}=,short"}, "DOCUMENT_KEYS must be keys of 32 bytes in URL-safe base64"),
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL must be an address of a PostgreSQL database"),
        ({"REDIS_URL": None}, "REDIS_URL must be set"),
        ({"SITE_URL": "sampan.example"}, "SITE_URL must be an http or https address"),
        ({"DEBUG": "perhaps"}, "DEBUG must be true or false, not 'perhaps'"),
        ({"IMPORT_MAX_BYTES": "many"}, "IMPORT_MAX_BYTES must be a whole number, not 'many'"),
        ({"OPERATOR": "[]"}, "OPERATOR must be a JSON object of texts"),
        ({"OPERATOR": '{"nme": "x"}'}, "OPERATOR has an unknown field 'nme'"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT must be one of json, text, not 'xml'"),
        ({"EMAIL_URL": "nonsense"}, "EMAIL_URL must be a mail address"),
    ],
)
def test_a_wrong_value_stops_the_start_with_one_sentence(changes: dict[str, str | None], sentence: str) -> None:
    done = manage("check", env=production(**changes))

    assert done.returncode != 0
    assert sentence in done.stderr.strip().splitlines()[-1]


def test_every_name_that_is_read_stands_in_the_table_and_the_other_way_round() -> None:
    text = (ROOT / "marketplace" / "settings.py").read_text("utf-8")
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', text))

    listed = set(re.findall(r"^\| `([A-Z_]+)` \|", TABLE.read_text("utf-8"), re.MULTILINE))

    assert read == listed
