"""Handing work to a worker at once, where it would come by itself a little later."""

from __future__ import annotations

from typing import Any

import structlog
from celery import Task
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def hand_out(task: Task, *arguments: Any) -> None:
    """Lets a worker do it soon; when the broker is away, the beat brings it."""
    try:
        task.delay(*arguments)
    except OperationalError as error:
        log.warning("broker away", task=task.name, arguments=arguments, error=str(error))
