"""Keeps the register of subjects: which function sets up which product, and how the camera looks at it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class View:
    """How a subject is seen: turned and looked down on by degrees, its share of the frame, a shift."""

    turn: float = -25
    pitch: float = 18
    fill: float = 0.7
    at: tuple[float, float] = (0, 0)
    exposure: float = 0
    lens: float = 85


Builder = Callable[[str, int], View]
SUBJECTS: dict[str, Builder] = {}


def subject(slug: str) -> Callable[[Builder], Builder]:
    """Registers the builder of a product; it takes a colour code (or "") and the number of the view."""
    def register(builder: Builder) -> Builder:
        SUBJECTS[slug] = builder
        return builder
    return register
