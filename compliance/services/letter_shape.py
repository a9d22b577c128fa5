"""What a letter of the compliance desk consists of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """A letter: what is said, what is quoted, what follows, and the page that it leads to."""

    title: str
    paragraphs: tuple[str, ...]
    address: str = ""
    button: str = ""
    quotes: tuple[str, ...] = ()
    ending: tuple[str, ...] = ()
