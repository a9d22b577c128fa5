"""Takes the figures: rounds in which all subjects come in another order, so that a noisy minute hits them alike."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from marketplace.devtools.bench import gauges
from marketplace.devtools.bench.client import Client
from marketplace.devtools.bench.walks import Subject, wait

ROUNDS = 5
# Times before it counts: each of the server's four threads has a connection of its own, whose statements are prepared
# at the third time and planned for good at the eighth.
WARMING = 40


@dataclass(frozen=True, slots=True)
class Figures:
    """What one subject costs. Processor time in milliseconds for one time through it, moments for its last answer."""

    subject: Subject
    web: float
    database: float
    half: float
    most: float
    queries: int
    trips: int
    size: int
    whole_size: int
    sessions: int

    @property
    def processor(self) -> float:
        """Web server and database together, in milliseconds."""
        return self.web + self.database


@dataclass(slots=True)
class _Tally:
    times: int = 0
    web: float = 0.0
    database: float = 0.0


class Meter:
    """Measures subjects on a web server and a database, each given by the process at the root of its tree."""

    def __init__(
        self, port: int, web: int, database: int, sessions: Callable[[], int], pause: Callable[[], None]
    ) -> None:
        self.port, self._web, self._database = port, web, database
        self._sessions, self._pause = sessions, pause

    def figures(self, subjects: Sequence[Subject], rounds: int = ROUNDS) -> list[Figures]:
        """The figures of all subjects, in their order."""
        clients = {subject.name: Client(self.port) for subject in subjects}
        for subject in subjects:  # warm what a process keeps
            for _ in range(WARMING):
                subject.step(clients[subject.name])
            wait(subject)
        before = self._sessions()
        tallies = {subject.name: _Tally() for subject in subjects}
        order = random.Random(7)  # noqa: S311
        for _ in range(rounds):
            for subject in order.sample(subjects, len(subjects)):
                self._block(subject, clients[subject.name], tallies[subject.name])
                self._pause()
        sessions = self._sessions() - before
        for client in clients.values():
            client.close()
        return [self._sum_up(subject, tallies[subject.name], sessions) for subject in subjects]

    def _block(self, subject: Subject, client: Client, tally: _Tally) -> None:
        web, database = gauges.tree(self._web), gauges.tree(self._database)
        web_before, database_before = gauges.processor_seconds(web), gauges.processor_seconds(database)
        for _ in range(subject.repeat):
            subject.answers += subject.step(client)[-1:]
        wait(subject)
        tally.times += subject.repeat
        tally.web += gauges.processor_seconds(web) - web_before
        tally.database += gauges.processor_seconds(database) - database_before

    def _sum_up(self, subject: Subject, tally: _Tally, sessions: int) -> Figures:
        counting = Client(self.port, counting=True)
        subject.step(counting)
        behind = counting.get("/healthz").behind
        answers = subject.step(counting)
        wait(subject)
        behind = counting.get("/healthz").behind - behind
        last = answers[-1]
        sheets = sum(self._sheet(counting, path) for path in last.sheets())
        counting.close()
        seconds = [answer.seconds * 1000 for answer in subject.answers]
        return Figures(
            subject=subject,
            web=tally.web / tally.times * 1000,
            database=tally.database / tally.times * 1000,
            half=median(seconds),
            most=quantiles(seconds, n=20)[-1],
            queries=sum(answer.queries for answer in answers) + behind,
            trips=max(answer.trips for answer in answers),
            size=last.compressed,
            whole_size=last.compressed + sheets,
            sessions=sessions,
        )

    def _sheet(self, client: Client, path: str) -> int:
        return len(client.get(path, Accept_Encoding="gzip").body)
