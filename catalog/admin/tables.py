"""CSV and XLSX on the pages of the admin: who may, how large, and whose file it is."""

from __future__ import annotations

import zipfile
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from import_export.admin import ImportExportModelAdmin
from import_export.formats.base_formats import CSV, XLSX
from import_export.forms import ConfirmImportForm
from import_export.tmp_storages import CacheStorage
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from catalog.admin.resources import MOST_ROWS

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED_BYTES = 100 * 1024 * 1024
MOST_EXPORTED = 20_000
_SALT = "catalog.admin.tables"


class TableImportForm(ImportForm):  # type: ignore[misc]
    """The first step: a table of bounded size."""

    def clean_import_file(self) -> Any:
        file = self.cleaned_data["import_file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The table is larger than 5 MB."))
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED_BYTES:
                    raise forms.ValidationError(_("The table is larger than 5 MB."))
        file.seek(0)
        return file


class TableConfirmForm(ConfirmImportForm):  # type: ignore[misc]
    """The second step: the file that this very user uploaded in the first."""

    def __init__(self, *args: Any, user_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user_id = user_id

    def clean_import_file_name(self) -> str:
        try:
            owner, name = signing.loads(self.cleaned_data["import_file_name"], salt=_SALT, max_age=3600)
        except signing.BadSignature:
            owner, name = None, ""
        if owner != self.user_id or cache.get(CacheStorage.CACHE_PREFIX + name) is None:
            raise forms.ValidationError(_("The table is not there any more. Please upload it again."))
        return str(name)

    def clean_format(self) -> str:
        chosen = self.cleaned_data["format"]
        if chosen not in {"0", "1"}:
            raise forms.ValidationError(_("We can't read files of this kind."))
        return str(chosen)


class TableAdmin(ImportExportModelAdmin):  # type: ignore[misc]
    """Tables out for those who may look, in for those who may change; put behind a `ShopAdmin`."""

    formats = [CSV, XLSX]
    import_form_class = TableImportForm
    confirm_form_class = TableConfirmForm
    export_form_class = ExportForm
    tmp_storage_class = CacheStorage
    to_encoding = "utf-8-sig"

    def has_import_permission(self, request: HttpRequest) -> bool:
        return bool(self.has_change_permission(request))

    def has_export_permission(self, request: HttpRequest) -> bool:
        return bool(self.has_view_permission(request))

    def get_import_resource_kwargs(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {"user": request.user}

    def get_export_resource_kwargs(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {"user": request.user}

    def get_confirm_form_initial(self, request: HttpRequest, import_form: Any) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_confirm_form_initial(request, import_form)
        if name := initial.get("import_file_name"):
            initial["import_file_name"] = signing.dumps([request.user.pk, name], salt=_SALT)
        return initial

    def get_confirm_form_kwargs(self, request: HttpRequest, import_form: Any = None) -> dict[str, Any]:
        return super().get_confirm_form_kwargs(request, import_form) | {"user_id": request.user.pk}

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Writes the table that was previewed; all of it, or nothing when a row can't be written any more."""
        back = HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_import"))
        if request.method == "POST" and self.has_import_permission(request):
            form = self.create_confirm_form(request)
            if not form.is_valid():
                for errors in form.errors.values():
                    messages.error(request, " ".join(errors))
                return back
        return super().process_import(request, **kwargs)  # type: ignore[no-any-return]

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        if result.has_errors() or result.has_validation_errors():
            messages.error(
                request, _("Something has changed since the preview, so nothing was written. Please try again.")
            )
            return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_import"))
        return super().process_result(result, request)  # type: ignore[no-any-return]

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_import_data_kwargs(**kwargs) | {"rollback_on_validation_errors": True}

    def export_action(self, request: HttpRequest) -> HttpResponse:
        """Hands out the rows of the list; a list beyond all bounds has to be narrowed first."""
        if request.method == "POST" and self.has_export_permission(request):
            rows = self.get_export_queryset(request).order_by().values("pk")
            if rows[: MOST_EXPORTED + 1].count() > MOST_EXPORTED:
                messages.error(
                    request,
                    _("More than %(most)s rows can't be exported at once. Please narrow the list.")
                    % {"most": MOST_EXPORTED},
                )
                return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))
        return super().export_action(request)  # type: ignore[no-any-return]


__all__ = ["MOST_ROWS", "TableAdmin"]
