"""What an import gathers until its end, such as a sentence for each bad row: beyond a megabyte in a temporary file."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import Final, Generic, TypeVar

T = TypeVar("T")
_HELD: Final = 1_000_000  # bytes in memory


class Overflow(Generic[T]):
    """Items in their order, in little memory however many they are. The file goes with the object."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=_HELD)  # noqa: SIM115
        self._count = 0

    def __del__(self) -> None:
        self._file.close()

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[T]:
        place = 0
        for _number in range(self._count):
            self._file.seek(place)
            item: T = pickle.load(self._file)  # noqa: S301 - written below, by this process
            place = self._file.tell()
            yield item

    def append(self, item: T) -> None:
        """Adds an item."""
        self._file.seek(0, 2)
        pickle.dump(item, self._file, pickle.HIGHEST_PROTOCOL)
        self._count += 1

    def extend(self, items: Iterable[T]) -> None:
        """Adds items."""
        for item in items:
            self.append(item)
