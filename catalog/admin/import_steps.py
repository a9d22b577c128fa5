"""The buttons on the page of an import: its columns named, started, paused, gone on with, and what was left out taken home."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import get_language_info, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.widgets import SELECT_CLASSES

from catalog import attribute_cells, tasks, units
from catalog.feeds import plain
from catalog.feeds.encodings import ENCODINGS
from catalog.models import ImportJob
from catalog.selectors.attributes import of_any_category
from catalog.services import import_columns, import_jobs
from marketplace.kernel.errors import Refused
from marketplace.kernel.spreadsheet import harmless

State = ImportJob.State
_LABELS: dict[str, str | Promise] = {
    "handle": _("Handle of the listing"),
    "title": pgettext_lazy("listing", "Title"),
    "description": _("Description"),
    "language": _("Language of the texts"),
    "brand": _("Brand"),
    "category": _("Category"),
    "status": _("Status"),
    "sku": _("SKU"),
    "gtin": _("GTIN"),
    "price": _("Price"),
    "compare_at": _("Price before"),
    "currency": _("Currency"),
    "quantity": _("Pieces in stock"),
    "weight": _("Weight"),
    "weight_unit": _("Unit of weight"),
    "hs_code": _("HS code"),
    "origin": _("Country of origin"),
    "images": _("Addresses of pictures"),
}


class ImportSteps:
    """The steps of an import as views; put before a `ShopAdmin`."""

    admin_site: Any

    def get_urls(self) -> list[URLPattern]:
        steps = {"start": self.start_view, "pause": self.pause_view, "proceed": self.proceed_view,
                 "columns": self.columns_view, "encoding": self.encoding_view, "language": self.language_view,
                 "errors": self.errors_view, "remains": self.remains_view}  # fmt: skip
        own = [
            path(f"<path:object_id>/{name}/", self.admin_site.admin_view(view), name=f"catalog_importjob_{name}")
            for name, view in steps.items()
        ]
        return [*own, *super().get_urls()]  # type: ignore[misc]

    def start_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Starts a previewed import, once."""
        return self._step(request, object_id, import_jobs.start)

    def pause_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Lets an import rest."""
        return self._step(request, object_id, import_jobs.pause, hands_out=False)

    def proceed_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Goes on with an import that rested."""
        return self._step(request, object_id, import_jobs.proceed)

    def columns_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Takes what the columns of a plain table are."""

        def name_columns(*, job: ImportJob) -> bool:
            chosen = {
                int(name.removeprefix("column-")): value
                for name, value in request.POST.items()
                if name.startswith("column-") and name[7:].isascii() and name[7:].isdigit() and len(name) < 12
            }
            import_jobs.name_columns(job=job, chosen=chosen)
            return True

        return self._step(request, object_id, name_columns)

    def encoding_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Reads the file in the encoding that somebody chose."""
        return self._step(request, object_id, partial(import_jobs.read_as, encoding=request.POST.get("encoding", "")))

    def language_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Has the texts of the file count as written in the language that somebody chose."""
        return self._step(request, object_id, partial(import_jobs.count_as, language=request.POST.get("language", "")))

    def _step(self, request: HttpRequest, object_id: str, step: Any, *, hands_out: bool = True) -> HttpResponse:
        if request.method != "POST":
            return require_POST(lambda _request: HttpResponse())(request)
        job = self._job(request, object_id)
        if not self.has_start_permission(request, job):  # type: ignore[attr-defined]
            raise Http404
        try:
            if step(job=job) and hands_out:
                tasks.dispatch_import(job.pk)
        except Refused as refusal:
            messages.error(request, str(refusal.message))
        return HttpResponseRedirect(reverse("admin:catalog_importjob_change", args=[job.pk]))

    def errors_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Why listings were left out, a line for each fault."""
        job = self._job(request, object_id)
        text = io.StringIO()
        table = csv.writer(text)
        table.writerow([_("Line"), _("Handle"), _("Field"), pgettext_lazy("cell", "Value"), _("Reason")])
        for row in import_jobs.in_words(job, "errors"):
            texts = (row["handle"], row.get("field", ""), row.get("value", ""), row["reason"])
            table.writerow([row["line"], *map(harmless, texts)])
        answer = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="errors-{job.pk}.csv"'
        return answer

    def remains_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The rows that were left out, to be mended and sent again."""
        job = self._job(request, object_id)
        if not job.file.storage.exists(job.file.name):
            raise Http404
        answer = StreamingHttpResponse(_csv(import_jobs.left_out(job=job)), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="mend-{job.pk}.csv"'
        return answer  # type: ignore[return-value]

    def _job(self, request: HttpRequest, object_id: str) -> ImportJob:
        job = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if job is None or not self.has_view_permission(request, job):  # type: ignore[attr-defined]
            raise Http404
        return job  # type: ignore[no-any-return]


def columns_context(job: ImportJob, may_start: bool) -> dict[str, Any]:
    """`columns` of a plain table whose meaning can still be changed, and the `fields` and `attributes` that they may be."""
    if not may_start or job.mapping is None or job.state not in import_jobs.CAN_NAME_COLUMNS:
        return {}
    try:
        columns = import_columns.columns_of(job)
    except (FileNotFoundError, Refused):
        return {}
    fields = [(field, _label(field)) for field in plain.FIELDS]
    return {"columns": columns, "fields": fields, "attributes": _attributes(), "select_class": " ".join(SELECT_CLASSES)}


def encodings_context(job: ImportJob, may_start: bool) -> dict[str, Any]:
    """The `encodings` in which a file of text can still be read, and in which it is."""
    if not may_start or job.state not in import_jobs.CAN_NAME_COLUMNS:
        return {}
    try:
        encoding = import_columns.encoding_of(job)
    except FileNotFoundError:
        return {}
    shown = {"encodings": ENCODINGS.items(), "encoding": encoding, "select_class": " ".join(SELECT_CLASSES)}
    return shown if encoding else {}


def languages_context(job: ImportJob, may_start: bool) -> dict[str, Any]:
    """The name of the language in which texts count as written (`told_language`), and the `languages` that can still be chosen."""
    told = job.result.get("language", "")
    shown: dict[str, Any] = {"told_language": _language(told)} if told else {}
    if may_start and job.state in import_jobs.CAN_NAME_COLUMNS:
        shown |= {"languages": settings.LANGUAGES, "select_class": " ".join(SELECT_CLASSES)}
    return shown


def _attributes() -> list[tuple[str, str]]:
    """The columns of the attributes that categories ask, and what the reader calls them."""
    found = []
    for asked in of_any_category():
        unit = f" · {units.UNITS[asked.unit].label}" if asked.unit else ""
        found.append((attribute_cells.column(asked.code), f"{capfirst(asked.name)}{unit}"))
        if asked.kind == "text":
            found += [
                (attribute_cells.column(asked.code, code), f"{capfirst(asked.name)} · {_language(code)}")
                for code, _name in settings.LANGUAGES
            ]
    return found


def _language(code: str) -> str:
    return str(get_language_info(code)["name_translated"])


def _label(field: str) -> str | Promise:
    if field in _LABELS:
        return _LABELS[field]
    if field.startswith("option"):
        number, _under, part = field.removeprefix("option").partition("_")
        text = _("Name of choice %(number)s") if part == "name" else _("Value of choice %(number)s")
        return text % {"number": number}
    name, _under, code = field.partition("_")
    return f"{_LABELS[name]} · {_language(code)}"


def _csv(rows: Iterator[list[str]]) -> Iterator[bytes]:
    """The rows as CSV in UTF-8, with a mark so that Excel knows it."""
    text = io.StringIO()
    table = csv.writer(text)
    yield b"\xef\xbb\xbf"
    for row in rows:
        table.writerow(row)
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()
