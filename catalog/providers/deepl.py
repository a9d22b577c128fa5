"""Translates with DeepL, or with whatever speaks the same protocol: POST /v2/translate of its API.

At most fifty texts and 128 KiB in one request; 429 and 5xx ask to come back later, 456 says that what was paid for is
used up, 403 that the key is wrong (developers.deepl.com/docs). HTML is handed over as HTML, so that tags stay tags.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import requests

from marketplace.kernel.errors import Refused, Unavailable

TIMEOUTS: Final = (4, 30)
MOST_TEXTS: Final = 50
MOST_BYTES: Final = 100_000  # of the texts, so that the request stays below 128 KiB
_TARGETS: Final = {"en": "EN-GB", "zh-hans": "ZH-HANS"}
_LOCAL: Final = ("localhost", "127.0.0.1", "::1")


class DeepL:
    """The machine at an address, which is https, or http on this machine."""

    slug = "deepl"

    def __init__(self, url: str, key: str) -> None:
        self.url, self.key = url.rstrip("/"), key

    def translate(self, texts: Sequence[str], *, source: str, target: str, is_markup: bool) -> list[str]:
        """See `catalog.providers.base.Translator`."""
        asked: dict[str, Any] = {
            "source_lang": source.partition("-")[0].upper(), "target_lang": _TARGETS.get(target, target.upper()),
        }  # fmt: skip
        if is_markup:
            asked["tag_handling"] = "html"
        return [answer for batch in _batches(texts) for answer in self._ask(asked | {"text": batch})]

    def _ask(self, asked: dict[str, Any]) -> list[str]:
        place = urlsplit(self.url)
        is_local = place.hostname in _LOCAL
        if place.scheme != "https" and not is_local:
            raise Refused("unsafe_address", "The address of the machine has to begin with https.")
        with requests.Session() as session:
            session.trust_env = not is_local
            headers = {"Authorization": f"DeepL-Auth-Key {self.key}"}
            try:
                answer = session.post(
                    f"{self.url}/v2/translate", json=asked, headers=headers, timeout=TIMEOUTS, allow_redirects=False
                )
            except requests.RequestException as error:
                raise Unavailable("The machine does not answer.") from error
        return _read(answer, len(asked["text"]))


def _read(answer: requests.Response, count: int) -> list[str]:
    if answer.status_code == 429 or answer.status_code == 456 or answer.status_code >= 500:
        raise Unavailable(f"The machine answered with status {answer.status_code}.")
    if answer.status_code != 200:
        raise Refused("machine_refused", f"The machine answered with status {answer.status_code}.")
    try:
        texts = [each["text"] for each in answer.json()["translations"]]
    except (ValueError, KeyError, TypeError) as error:
        raise Unavailable("The answer of the machine can't be read.") from error
    if len(texts) != count or not all(isinstance(text, str) for text in texts):
        raise Unavailable("The answer of the machine has other texts than were asked for.")
    return texts


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        length = len(text.encode())
        if batch and (len(batch) == MOST_TEXTS or size + length > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += length
    if batch:
        yield batch
