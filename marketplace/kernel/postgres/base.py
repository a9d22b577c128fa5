"""The connection; Django finds the module by its name."""

from __future__ import annotations

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that is checked without a round trip on every request, and on which one process does the work.

    To start others takes longer than a page should; they were also counted on for plans that read a shelf to its end.
    """

    def init_connection_state(self) -> None:
        """Called for each new connection."""
        super().init_connection_state()
        self.connection.execute("SET max_parallel_workers_per_gather = 0")

    def is_usable(self) -> bool:
        """Whether the server still holds its end.

        A server that stops or drops a session says so or closes the socket, and either can be read at once. Where
        nothing is to be read the connection stands as far as anybody can know; else the server is asked.
        """
        if self.connection is None or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return True if not poll.poll(0) else super().is_usable()
