"""Translates with DeepL, or with whatever speaks the same protocol: POST /v2/translate of its API.

At most fifty texts and 128 KiB in one request; 429 and 5xx ask to come back later, 456 says that what was paid for is
used up, 403 that the key is wrong (developers.deepl.com/docs). HTML is handed over as HTML, so that tags stay tags.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import requests
import urllib3
from django.utils.translation import gettext_noop as _

from marketplace.kernel import answers
from marketplace.kernel.errors import Refused, Unavailable

TIMEOUTS: Final = (4, 30)
MOST_SECONDS: Final = 60  # of one request from beginning to end
MOST_TEXTS: Final = 50
MOST_BYTES: Final = 100_000  # of the texts, so that the request stays below 128 KiB
MOST_BYTES_BACK: Final = 2_000_000
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
            raise Refused("unsafe_address", _("The address of the machine has to begin with https."))
        with requests.Session() as session:
            session.trust_env = not is_local
            deadline = time.monotonic() + MOST_SECONDS
            headers = {"Authorization": f"DeepL-Auth-Key {self.key}"}
            try:
                answer = session.post(
                    f"{self.url}/v2/translate", json=asked, headers=headers, timeout=TIMEOUTS, stream=True,
                    allow_redirects=False,
                )  # fmt: skip
                with answer:
                    return _read(answer, len(asked["text"]), deadline)
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
                raise Unavailable(_("The machine does not answer.")) from error


def _read(answer: requests.Response, count: int, deadline: float) -> list[str]:
    if answer.status_code == 456:
        raise Unavailable(_("The allowance of the machine is used up."))
    if answer.status_code == 429 or answer.status_code >= 500:
        raise Unavailable(_("The machine asks us to come back later."))
    if answer.status_code == 403:
        raise Refused("machine_refused", _("The machine does not know the key of the shop."))
    if answer.status_code != 200:
        raise Refused("machine_refused", _("The machine refuses what it was asked."))
    try:
        told = json.loads(answers.content_of(answer, most_bytes=MOST_BYTES_BACK, deadline=deadline))
        texts = [each["text"] for each in told["translations"]]
    except (ValueError, KeyError, TypeError, RecursionError, answers.TooLarge) as error:
        raise Unavailable(_("The answer of the machine can't be read.")) from error
    if len(texts) != count or not all(isinstance(text, str) for text in texts):
        raise Unavailable(_("The answer of the machine has other texts than were asked for."))
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
