"""A page as a browser holds it open: the values of its inputs, sent back with what somebody typed into them."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.http import QueryDict
from django.test import Client


class _Inputs(HTMLParser):
    """What a browser would send of the one form with the identifier."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.form, self.is_inside, self.sent = form, False, QueryDict(mutable=True)
        self.select = self.area = ""
        self.chosen: list[str] = []
        self.first: str | None = None
        self.is_multiple = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self.is_inside = (found.get("id") or "") == self.form and found.get("method") == "post"
        if not self.is_inside or "disabled" in found:
            return
        name, kind = found.get("name") or "", found.get("type") or "text"
        if tag == "input" and name and kind not in ("file", "submit"):
            if kind not in ("checkbox", "radio") or "checked" in found:
                self.sent.appendlist(name, found.get("value") or ("on" if kind == "checkbox" else ""))
        elif tag == "select":
            self.select, self.chosen, self.first, self.is_multiple = name, [], None, "multiple" in found
        elif tag == "option" and self.select:
            value = found.get("value") or ""
            self.first = value if self.first is None else self.first
            self.chosen += [value] if "selected" in found else []
        elif tag == "textarea":
            self.area = name
            self.sent[name] = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.sent[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.area:
            text = self.sent[self.area].removeprefix("\n").replace("\r\n", "\n")
            self.sent[self.area], self.area = text.replace("\n", "\r\n"), ""
        elif tag == "select" and self.select:
            chosen = self.chosen if self.chosen or self.is_multiple or self.first is None else [self.first]
            for value in chosen:
                self.sent.appendlist(self.select, value)
            self.select = ""
        elif tag == "form":
            self.is_inside = False


class OpenedPage:
    """A page of the admin that stays as it was when it was opened."""

    def __init__(self, client: Client, address: str, form: str) -> None:
        self.client, self.address, self.form = client, address, form
        self._take(client.get(address))

    def _take(self, answer: Any) -> None:
        self.text = answer.content.decode()
        inputs = _Inputs(self.form)
        inputs.feed(self.text)
        self.sent = inputs.sent

    def send(self, **typed: object) -> Any:
        """The page is sent with what was typed into it; what comes back stands in the window then."""
        sent = self.sent.copy()
        for name, value in typed.items():
            if value is None:
                sent.pop(name, None)
            elif isinstance(value, list):
                sent.setlist(name, value)
            else:
                sent[name] = str(value)
        answer = self.client.post(self.address, dict(sent.lists()))
        if answer.status_code == 200:  # it was refused, and stands there anew
            self._take(answer)
        return answer
