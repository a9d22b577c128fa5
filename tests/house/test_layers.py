"""What import-linter can't see: foreign keys and templates point down too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.template import engines

LAYERS = {
    "kernel": 0,
    "accounts": 1,
    "compliance": 2,
    "payments": 3,
    "logistics": 3,
    "catalog": 4,
    "orders": 5,
    "insights": 6,
    "marketplace": 7,
}
# Folders of templates and the app that they belong to; what is shared stands below every app.
FOLDERS = {
    "account": "accounts",
    "mfa": "accounts",
    "allauth": "accounts",
    "mail": "orders",
    "pages": "marketplace",
    "admin": "marketplace",
    "unfold": "marketplace",
}
SHARED = {"components", "layouts", "errors", "base.html"}
TAG = re.compile(r"""{%\s*(?:include|extends|kept|kept_each)\s+["']([^"']+)["']""")
LOAD = re.compile(r"{%\s*load\s+([^%]+?)\s*%}")
TEMPLATES = Path(settings.BASE_DIR) / "templates"


def may_use(user: str, used: str) -> bool:
    """Whether the app `user` may know the app `used`."""
    return user == used or LAYERS[used] < LAYERS[user]


def test_a_layer_may_not_use_its_sibling_or_what_is_above() -> None:
    assert may_use("orders", "catalog")
    assert not may_use("catalog", "orders")
    assert not may_use("payments", "logistics")


def relations() -> list[tuple[str, str, str]]:
    """Every relation between two of our apps: where it stands, its app, the app that it points at."""
    found = []
    for model in apps.get_models():
        app = model._meta.app_label
        for field in model._meta.get_fields(include_hidden=False):
            if app not in LAYERS or not field.is_relation or field.auto_created or field.related_model is None:
                continue
            target = field.related_model._meta.app_label
            if target in LAYERS:
                found.append((f"{model._meta.label}.{field.name}", app, target))
    return found


def test_foreign_keys_point_down() -> None:
    found = relations()

    assert len(found) > 30
    assert [where for where, app, target in found if not may_use(app, target)] == []


def owner(path: str) -> str | None:
    """The app that a template belongs to; None for what all share."""
    first = path.split("/")[0]
    if first in SHARED or "/" not in path:
        return None
    return FOLDERS.get(first, first)


@pytest.mark.parametrize("path", sorted(str(p.relative_to(TEMPLATES)) for p in TEMPLATES.rglob("*.*")))
def test_templates_point_down(path: str) -> None:
    text = (TEMPLATES / path).read_text("utf-8")
    user = owner(path)

    for used in TAG.findall(text):
        other = owner(used)
        if other is not None and other in LAYERS:
            assert user is not None, f"{path} is shared and knows {used}"
            assert may_use(user, other), f"{path} knows {used}"


def test_templates_load_no_library_from_above() -> None:
    libraries = engines["django"].engine.libraries
    wrong = []
    for path in TEMPLATES.rglob("*.html"):
        user = owner(str(path.relative_to(TEMPLATES)))
        for names in LOAD.findall(path.read_text("utf-8")):
            for name in names.split(" from ")[-1].split():
                app = libraries.get(name, "").split(".")[0]
                if app in LAYERS and app != "marketplace" and (user is None or not may_use(user, app)):
                    wrong.append(f"{path.name}: {name}")
    assert wrong == []
