"""Translates as the API of DeepL does, under /deepl, for a demo without a network: POST /deepl/v2/translate.

Sentences of the demo's own listings come back as its translators wrote them; of anything else every piece of text gets
the code of the language in front, and tags stay where they are. Nothing is understood and nothing is kept. Faults are
switched on like those of the others.
"""

from __future__ import annotations

import html
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from demo.sandbox.values import Problem, Request, Response, Route

TEXTS = Path(__file__).resolve().parents[1] / "data" / "text"
CODES = {"EN-GB": "en", "EN-US": "en", "EN": "en", "ZH": "zh-hans", "ZH-HANS": "zh-hans", "JA": "ja", "AR": "ar",
         "DE": "de", "FR": "fr", "ES": "es"}  # fmt: skip
MOST_TEXTS = 50
_TAG = re.compile(r"(<[^<>]*>)")


def routes() -> list[Route]:
    """The one address of the service."""
    return [("POST", "/deepl/v2/translate", _translate)]


def _translate(request: Request) -> Response:
    key = request.headers.get("authorization", "").removeprefix("DeepL-Auth-Key ")
    if key != request.secret:
        raise Problem(403, "forbidden", "The key is not known.")
    asked = request.json()
    texts, target = asked.get("text"), CODES.get(str(asked.get("target_lang", "")).upper())
    source = CODES.get(str(asked.get("source_lang", "EN")).upper())
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts) or not target or not source:
        raise Problem(400, "bad_request", "There has to be a list of texts, and languages that are known.")
    if len(texts) > MOST_TEXTS:
        raise Problem(413, "too_many_texts", "At most fifty texts are translated at once.")
    is_markup = asked.get("tag_handling") == "html"
    known = _memory(source, target)
    answers = [
        {"detected_source_language": str(asked.get("source_lang", "EN")).upper(), "text": _said(text, target, known, is_markup)}
        for text in texts
    ]  # fmt: skip
    return Response(body={"translations": answers})


def _said(text: str, target: str, known: dict[str, str], is_markup: bool) -> str:
    if not is_markup:
        return known.get(text) or f"[{target}] {text}"
    pieces = _TAG.split(text)
    return "".join(
        piece if _TAG.fullmatch(piece) or not piece.strip() else _piece(piece, target, known) for piece in pieces
    )


def _piece(piece: str, target: str, known: dict[str, str]) -> str:
    found = known.get(html.unescape(piece))
    return html.escape(found) if found else f"[{target}] {piece}"


@lru_cache(maxsize=16)
def _memory(source: str, target: str) -> dict[str, str]:
    """What the translators of the demo made of its texts, paragraph by paragraph."""
    both = [json.loads((TEXTS / f"{code}.json").read_text("utf-8")) for code in (source, target)]
    found: dict[str, str] = {}
    _gather(both[0], both[1], found)
    return found


def _gather(before: Any, after: Any, found: dict[str, str]) -> None:
    if isinstance(before, dict) and isinstance(after, dict):
        for key, value in before.items():
            _gather(value, after.get(key), found)
    elif isinstance(before, list) and isinstance(after, list):
        for one, other in zip(before, after, strict=False):
            _gather(one, other, found)
    elif isinstance(before, str) and isinstance(after, str):
        found.setdefault(before, after)
        parts, others = before.split("\n\n"), after.split("\n\n")
        if len(parts) == len(others):
            found.update({one: other for one, other in zip(parts, others, strict=True) if one not in found})
