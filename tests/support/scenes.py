"""Scenes: databases of this process in which what many tests begin with stands already.

A scene is set up once and committed. A test that begins in it works in that database from its first query to the
roll-back at its end, and meets hundreds of rows of which it writes none. A test that commits sets the same things up
for itself, in the ordinary database that is emptied after it.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any, Generic, TypeVar

import pytest
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from tests.support.servers import WORKER
from tests.support.template import copy_database, drop_database

T = TypeVar("T")
_ALIAS = "default"
_scenes: dict[str, Scene[Any]] = {}  # by the name of the fixture that hands out what is in it
_ordinary: list[BaseDatabaseWrapper] = []


class Scene(Generic[T]):
    """What `build` sets up; a test that uses the fixture of that name begins in it."""

    def __init__(self, fixture: str, build: Callable[[], T]) -> None:
        self._name, self._build = f"{fixture}_{WORKER or 'main'}", build
        self._connection: BaseDatabaseWrapper | None = None
        _scenes[fixture] = self

    def take(self) -> T:
        """What the scene holds, in objects of the caller's own."""
        return deepcopy(self._made) if connections[_ALIAS] is self._connection else self._build()

    def enter(self) -> None:
        """Queries go to the database of the scene."""
        if self._connection is None:
            copy_database(self._name)
            opened = connections.create_connection(_ALIAS)
            opened.settings_dict = opened.settings_dict | {"NAME": self._name}
            connections[_ALIAS] = opened
            self._made = self._build()
            self._connection = opened
        connections[_ALIAS] = self._connection

    def close(self) -> None:
        """The database of the scene is gone."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            drop_database(self._name)


def choose(request: pytest.FixtureRequest) -> None:
    """Before its transaction begins, a test is in the database that it belongs to. The ordinary one for most."""
    marker = request.node.get_closest_marker("django_db")
    wanted = [] if marker and marker.kwargs.get("transaction") else _scenes.keys() & set(request.fixturenames)
    if len(wanted) > 1:
        raise pytest.UsageError(f"{request.node.nodeid} begins in two scenes: {', '.join(sorted(wanted))}")
    leave()
    for name in wanted:
        _scenes[name].enter()


def leave() -> None:
    """Queries go to the ordinary database."""
    if not _ordinary:
        _ordinary.append(connections[_ALIAS])
    connections[_ALIAS] = _ordinary[0]


def close() -> None:
    """The ordinary database is the only one of this process."""
    leave()
    for scene in _scenes.values():
        scene.close()
