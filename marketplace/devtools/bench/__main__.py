"""The command: pages and purchases, or the bulk work of an import or of a synthetic catalogue."""

from __future__ import annotations

import argparse
import fcntl
import os
import platform
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from marketplace.devtools import processes
from marketplace.devtools.bench import gauges, report
from marketplace.devtools.bench.checks import measure_checks
from marketplace.devtools.bench.client import Unexpected
from marketplace.devtools.bench.feed import write_feed
from marketplace.devtools.bench.finding import GROWTH_SIZES, SEARCH_SIZES, finding_subjects, grown, slow_suggestions
from marketplace.devtools.bench.hs_codes import measure_hs_codes
from marketplace.devtools.bench.measuring import ROUNDS, Figures, Meter
from marketplace.devtools.bench.reckoning import measure_landed_cost
from marketplace.devtools.bench.screening import measure_screening
from marketplace.devtools.bench.site import STATE, Site
from marketplace.devtools.bench.walks import Walks
from marketplace.devtools.environment import CannotPrepare, announce, say
from marketplace.devtools.supervisor import StepFailed, Stopped, Supervisor

# What is measured without servers and data.
ALONE = {"landed_cost": measure_landed_cost, "hs": measure_hs_codes, "checks": measure_checks}
# Rows a second of an import, without the start of its command, and how much dearer the file is than the one before.
IMPORTS = (("first", 2_000, 0), ("again", 10_000, 0), ("changed", 2_000, 7))
IMPORT_MEGABYTES, GENERATE_SECONDS = 300, 300
REPORT_SECONDS, REPORT_MEGABYTES, REPORT_LINES = 60, 200, (10_000, 100_000)
REPORTS = (("ioss", "2026-10"), ("epr", "2026"), ("dac7", "2026"))


def arguments_of(arguments: Sequence[str]) -> argparse.Namespace:
    """What was asked for. Prints the help and exits on --help or a wrong option."""
    parser = argparse.ArgumentParser(
        prog="bin/bench",
        description="Measures what pages, purchases and bulk work cost. Servers and data are kept in var/bench.",
    )
    parser.add_argument(
        "what",
        nargs="?",
        choices=("pages", "search", "growth", "import", "generate", "reports", "screening", *ALONE),
        default="pages",
    )
    parser.add_argument(
        "--products", type=_numbers, help="sizes of the shop (1000,100000; larger for search and growth)"
    )
    parser.add_argument("--quick", action="store_true", help="1000 products only")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"how often each page is come back to ({ROUNDS})")
    parser.add_argument("--rows", type=int, default=10_000, help="rows of the imported file (10000)")
    parser.add_argument("--as-is", action="store_true", help="take the data of the last run, changed or not")
    parser.add_argument("--only", default="", help="names of what to measure, separated by commas (everything)")
    options = parser.parse_args(arguments)
    usual = {"search": SEARCH_SIZES, "growth": GROWTH_SIZES}.get(options.what, [1000, 100_000])
    options.products = [1000] if options.quick else options.products or usual
    return options


def _numbers(text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"numbers separated by commas, not {text!r}") from None


def measure_pages(site: Site, products: int, options: argparse.Namespace) -> tuple[list[str], list[Figures]]:
    """Prints the table for a shop with so many products; what misses its aim, and the figures."""
    if site.use_database(f"shop_{products}", as_is=options.as_is):
        announce(f"Filling the shop with {products} products …")
        site.manage("generate_catalogue", "--products", str(products))
        site.settle_database()
    web = site.open_shop()
    try:
        announce("Measuring …")
        walks = Walks(site.port, site.remembered.sandbox_port)
        finds = options.what in ("search", "growth")
        subjects = finding_subjects(walks, options.what, products) if finds else walks.subjects(options.only)
        database = site.servers["postgres"].process.pid
        meter = Meter(site.port, web.process.pid, database, site.sessions_begun, lambda: site.supervisor.watch(0.0))
        figures = meter.figures(subjects, options.rounds)
        megabytes = max(gauges.proportional_megabytes(pid) for pid in gauges.tree(web.process.pid))
    finally:
        web.ask_to_stop()
        web.stop()
    say(f"\n{products} products; web worker {megabytes:.0f} MB (aim {report.MOST_MEGABYTES}); "
        f"{figures[0].sessions} new database sessions\n")  # fmt: skip
    say(report.table(figures))
    return [
        f"{products} products: {miss}" for miss in [*report.misses(figures, megabytes), *slow_suggestions(figures)]
    ], figures


def measure_growth(site: Site, options: argparse.Namespace) -> list[str]:
    """The same pages in shops of several sizes, and by how much they cost more in the largest one."""
    measured = {products: measure_pages(site, products, options) for products in options.products}
    missed = [miss for misses, _figures in measured.values() for miss in misses]
    return missed + grown({products: figures for products, (_misses, figures) in measured.items()}, say)


def measure_import(site: Site, rows: int) -> list[str]:
    """Prints what the import of a file takes: first, again, and with another price everywhere; what misses its aim."""
    site.use_database("shop_import", fresh=True)
    site.manage("generate_catalogue", "--products", "20")
    file = STATE / "feed.csv"
    found = []
    start, _megabytes = _timed(site, "import_listings", "--help")
    for which, aim, dearer in IMPORTS:
        write_feed(file, rows, dearer=dearer)
        seconds, megabytes = _timed(
            site, "import_listings", "--seller", "synthetic-us", "--format", "shopify", str(file)
        )
        rate = rows / max(seconds - start, 0.1)
        told = f"import of {rows} rows, {which}: {seconds:.1f} s, {megabytes:.0f} MB, {rate:.0f} rows a second"
        say(f"{told} without the {start:.1f} s of the start (aims {aim} rows a second, {IMPORT_MEGABYTES} MB)")
        if rate < aim or megabytes > IMPORT_MEGABYTES:
            found.append(told)
    return found


def measure_generation(site: Site, products: int) -> list[str]:
    """Prints what it takes to make a synthetic catalogue; what misses its aim."""
    site.use_database("shop_generate", fresh=True)
    seconds, megabytes = _timed(site, "generate_catalogue", "--products", str(products), "--verbosity", "2")
    say(f"{products} products made in {seconds:.0f} s (aim {GENERATE_SECONDS}), {megabytes:.0f} MB")
    return [f"generate: {seconds:.0f} s"] if seconds > GENERATE_SECONDS else []


def measure_reports(site: Site) -> list[str]:
    """Prints what periodic reports over so many lines of orders take, and closing one; what misses its aim."""
    found = []
    for lines in REPORT_LINES:
        site.use_database(f"shop_reports_{lines}", fresh=True)
        site.manage("generate_catalogue", "--products", "20")
        announce(f"Filling the books with {lines} lines …")
        site.supervisor.run(site.program("books", "-m", "marketplace.devtools.bench.books", str(lines)))
        for kind, period, *close in (*REPORTS, ("ioss", "2026-10", "--close")):
            seconds, megabytes = _timed(site, "report", kind, "--period", period, *close)
            say(f"{kind} of {lines} lines {' '.join(close)}: {seconds:.1f} s (aim {REPORT_SECONDS}), "
                f"{megabytes:.0f} MB (aim {REPORT_MEGABYTES})")  # fmt: skip
            if seconds > REPORT_SECONDS or megabytes > REPORT_MEGABYTES:
                found.append(f"report {kind} of {lines} lines: {seconds:.1f} s, {megabytes:.0f} MB")
    return found


def _timed(site: Site, *command: str) -> tuple[float, float]:
    """Seconds that a management command takes, and the most memory it holds, in MB. Raises `StepFailed`."""
    program = site.program(command[0], "manage.py", *command)
    begun = time.monotonic()
    running = processes.start(program)
    pid, status, usage = os.wait4(running.process.pid, 0)
    seconds = time.monotonic() - begun
    running.process.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise StepFailed(f"{command[0]} failed ({pid})\n{processes.last_lines(program.log, 25)}")
    return seconds, usage.ru_maxrss / 1024


def _run(options: argparse.Namespace) -> list[str]:
    with Supervisor(STATE / "processes.json") as supervisor:
        processes.end_leftovers(STATE / "processes.json")
        site = Site(supervisor)
        site.start_servers()
        say(f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} processors")
        if options.what == "import":
            return measure_import(site, options.rows)
        if options.what == "generate":
            return measure_generation(site, max(options.products))
        if options.what == "reports":
            return measure_reports(site)
        if options.what == "screening":
            return measure_screening(site, _timed, say)
        if options.what == "growth":
            return measure_growth(site, options)
        return [miss for products in options.products for miss in measure_pages(site, products, options)[0]]


def main(arguments: Sequence[str]) -> int:
    """Measures; 0 when every aim is reached, 1 when not, 2 when it could not be measured."""
    options = arguments_of(arguments)
    if options.what in ALONE:
        missed = ALONE[options.what](say)
        say("\n" + ("\n".join(["Missed:", *missed]) if missed else "Every aim is reached."))
        return 1 if missed else 0
    STATE.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        STATE.chmod(0o755)
    with (STATE / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            missed = _run(options)
        except BlockingIOError:
            print("Another bin/bench is at work in var/bench.", file=sys.stderr)
            return 2
        except Stopped:
            return 130
        except (CannotPrepare, StepFailed, Unexpected) as error:
            print(error, file=sys.stderr)
            return 2
    say("\n" + ("\n".join(["Missed:", *missed]) if missed else "Every aim is reached."))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
