"""Prints the figures with the aims beside them."""

from __future__ import annotations

from collections.abc import Sequence

from marketplace.devtools.bench.measuring import Figures

MOST_TRIPS = 3
MOST_MEGABYTES = 100
MOST_PAGE_BYTES = 60_000
_HEAD = ("", "ratio", "aim", "web ms", "db ms", "p50 ms", "p95 ms", "queries", "aim", "cache", "html kB", "page kB")


def table(figures: Sequence[Figures]) -> str:
    """The figures as a table of Markdown; what misses its aim is marked."""
    bare = figures[0].processor
    rows = [_HEAD, *(_row(each, bare) for each in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = ["| " + " | ".join(_padded(row, widths)) + " |" for row in rows]
    rule = "|" + "|".join("-" * (width + 1) + ("-" if index == 0 else ":") for index, width in enumerate(widths)) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def misses(figures: Sequence[Figures], megabytes: float) -> list[str]:
    """What does not reach its aim, one sentence each."""
    bare = figures[0].processor
    found = []
    for each in figures:
        name, ratio = each.subject.name, each.processor / bare
        if each.subject.ratio and ratio > each.subject.ratio:
            found.append(f"{name}: {ratio:.2f} times the bare page, not {each.subject.ratio:g}")
        if each.subject.queries and each.queries > each.subject.queries:
            found.append(f"{name}: {each.queries} queries, not {each.subject.queries}")
        if each.trips > MOST_TRIPS:
            found.append(f"{name}: {each.trips} round trips to the cache, not {MOST_TRIPS}")
        if each.whole_size > MOST_PAGE_BYTES and not name.startswith("admin"):
            found.append(f"{name}: {each.whole_size / 1000:.0f} kB with styles and scripts, not 60")
    if figures[0].sessions:
        found.append(f"{figures[0].sessions} new database sessions while measuring, not 0")
    if megabytes > MOST_MEGABYTES:
        found.append(f"the web worker takes {megabytes:.0f} MB, not {MOST_MEGABYTES}")
    return found


def _row(each: Figures, bare: float) -> tuple[str, ...]:
    subject = each.subject
    return (
        subject.name,
        f"{each.processor / bare:.2f}" + ("!" if subject.ratio and each.processor / bare > subject.ratio else ""),
        f"{subject.ratio:g}" if subject.ratio else "",
        f"{each.web:.1f}",
        f"{each.database:.1f}",
        f"{each.half:.1f}",
        f"{each.most:.1f}",
        f"{each.queries}" + ("!" if subject.queries and each.queries > subject.queries else ""),
        f"{subject.queries:g}" if subject.queries else "",
        f"{each.trips}" + ("!" if each.trips > MOST_TRIPS else ""),
        f"{each.size / 1000:.1f}",
        f"{each.whole_size / 1000:.1f}",
    )


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [
        text.ljust(width) if index == 0 else text.rjust(width)
        for index, (text, width) in enumerate(zip(row, widths, strict=True))
    ]
