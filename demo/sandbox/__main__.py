"""Starts the sandbox: `python -m demo.sandbox --port 8001 --state var/sandbox.sqlite3`; SIGTERM and Ctrl-C end it."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import threading
from pathlib import Path

from demo.sandbox.server import serve
from demo.sandbox.values import DEVELOPMENT_SECRET


def main() -> None:
    """Serves until it is told to stop."""
    parser = argparse.ArgumentParser(prog="python -m demo.sandbox", description="A test payment provider and carrier.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8001, help="port to listen on (default: %(default)s)")
    parser.add_argument("--state", default="var/sandbox.sqlite3", help="file of the state (default: %(default)s)")
    parser.add_argument("--secret", default="", help="API key and signing secret (default: $SANDBOX_SECRET)")
    parser.add_argument("--verbose", action="store_true", help="log every request")
    options = parser.parse_args()
    logging.basicConfig(
        level=logging.DEBUG if options.verbose else logging.WARNING, format="%(asctime)s sandbox %(message)s"
    )
    secret = options.secret or os.environ.get("SANDBOX_SECRET", "") or DEVELOPMENT_SECRET
    if options.state != ":memory:":
        Path(options.state).parent.mkdir(parents=True, exist_ok=True)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with serve(options.port, options.state, secret=secret, host=options.host) as url:
        print(f"Sandbox listens on {url}", flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
