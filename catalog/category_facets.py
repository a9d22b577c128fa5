"""The categories beside a search, as links like the other filters: the top ones, then those below the chosen one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from catalog.selectors import navigation
from catalog.selectors.navigation import Branch

_MOST: Final = 12


def items(chosen: str, counts: Mapping[int, int], url: Callable[..., str]) -> list[dict[str, Any]]:
    """The way to the category with the slug `chosen`, itself selected, then what is below it and has hits; with an empty
    slug the top categories that have. `counts` are hits by the category that they lie in.
    """
    trail = navigation.trail_of(chosen)
    found: Counter[Branch] = Counter()
    for key, count in counts.items():
        found.update(dict.fromkeys(navigation.way_to(key), count))
    level: Iterable[Branch] = trail[-1].children if trail else navigation.menu()
    below = sorted((branch for branch in level if found[branch]), key=lambda branch: (-found[branch], branch.name))
    above = ["", *(branch.slug for branch in trail)]
    way = [
        _item(branch, found, branch is trail[-1], url(category=above[depth] if branch is trail[-1] else branch.slug))
        for depth, branch in enumerate(trail)
    ]
    return way + [_item(branch, found, False, url(category=branch.slug)) for branch in below[:_MOST]]


def _item(branch: Branch, found: Mapping[Branch, int], selected: bool, url: str) -> dict[str, Any]:
    return {"value": branch.slug, "label": branch.name, "count": found[branch], "selected": selected, "url": url}
