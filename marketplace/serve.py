"""Serves the shop: loads it once, then granian forks the workers, which share the memory of what was loaded.

`python -m marketplace.serve` takes the options of granian, the application last. New code needs a new start: workers
that granian begins anew, on a failure or on SIGHUP, are forked from the same parent.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import sys
from importlib import import_module
from pathlib import Path

from granian.cli import cli


def warm() -> None:
    """What every worker would otherwise make for itself: catalogues, tables of addresses and compiled templates."""
    from django.conf import settings
    from django.template import TemplateSyntaxError
    from django.template.loader import get_template
    from django.urls import reverse
    from django.utils import translation

    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("Home")
            reverse("home")
    for folder in settings.TEMPLATES[0]["DIRS"]:
        for path in Path(folder).rglob("*.html"):
            with contextlib.suppress(TemplateSyntaxError):  # which is the affair of the page that needs it
                get_template(path.relative_to(folder).as_posix())


def main(arguments: list[str]) -> None:
    """Loads the application that is named last, then becomes granian."""
    if sys.platform == "linux":
        multiprocessing.set_start_method("fork")
        import_module(arguments[-1].partition(":")[0])
        warm()
        gc.collect()
        gc.freeze()  # a collection in a worker would write to each object, and so copy the pages they lie in
    cli(arguments, prog_name="marketplace.serve")


if __name__ == "__main__":
    main(sys.argv[1:])
