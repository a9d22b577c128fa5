"""Which lines of a file, a bit for each: a million of them in an eighth of a megabyte."""

from __future__ import annotations

import zlib
from base64 import b85decode, b85encode
from collections.abc import Iterable


class Lines:
    """A set of lines, counted from 0."""

    def __init__(self, lines: Iterable[int] = ()) -> None:
        self._bits = bytearray()
        for line in lines:
            self.add(line)

    def __contains__(self, line: object) -> bool:
        if not isinstance(line, int) or line >> 3 >= len(self._bits):
            return False
        return bool(self._bits[line >> 3] & 1 << (line & 7))

    def __len__(self) -> int:
        return int.from_bytes(self._bits).bit_count()

    def add(self, line: int) -> None:
        """Takes a line up."""
        missing = (line >> 3) + 1 - len(self._bits)
        if missing > 0:
            self._bits.extend(bytes(missing))
        self._bits[line >> 3] |= 1 << (line & 7)

    def packed(self) -> str:
        """A text that `unpacked` reads."""
        return b85encode(zlib.compress(self._bits)).decode()

    @classmethod
    def unpacked(cls, text: str) -> Lines:
        """The lines of a text that `packed` wrote."""
        lines = cls()
        lines._bits = bytearray(zlib.decompress(b85decode(text)))
        return lines
