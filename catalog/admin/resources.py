"""Tables of listings, prices and stock as CSV and XLSX, out and in: each reader meets their own rows alone.

A row is matched within what the reader may meet, so a seller's file can never reach another seller's rows, whatever
keys it names. Cells that a spreadsheet would run as a formula go out behind an apostrophe, and come in without it.
"""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from import_export import fields, resources, widgets
from moneyed import Money

from accounts.admin_fields import in_all_languages
from accounts.admin_scope import Scope, of_seller
from accounts.models import Seller, User
from catalog.admin.facts_columns import COLUMNS, FactColumn, save_facts
from catalog.admin.slugs import free_slug
from catalog.markup import clean_html
from catalog.models import Category, Product, StockLevel, Variant
from catalog.services import listings
from catalog.trade_numbers import no_trade_number, trade_number
from logistics.models import Warehouse
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from marketplace.kernel.money import round_amount
from payments.selectors import fx_table

MOST_ROWS = 5000
_HS_CODE, _COUNTRY = re.compile(r"[0-9]{6,10}"), re.compile(r"[A-Z]{2}")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class AmountWidget(widgets.DecimalWidget):
    """A Money as its plain amount; the currency has a column of its own."""

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else format(getattr(value, "amount", value).normalize(), "f")


class OwnRowWidget(widgets.ForeignKeyWidget):
    """A related row by its key in words, found among those that the reader may meet."""

    def __init__(self, model: Any, field: str, scope: Scope | None, user: User | None) -> None:
        super().__init__(model, field)
        self.scope, self.user = scope, user

    def get_queryset(self, value: Any, row: Any, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        rows = self.model._default_manager.all()
        return rows if self.scope is None else self.scope.visible(rows, self.user)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        try:
            return super().clean(value, row, **kwargs)
        except (self.model.DoesNotExist, self.model.MultipleObjectsReturned):
            message = _("There is no “%(key)s” among the choices for %(name)s.")
            raise ValueError(message % {"key": value, "name": self.model._meta.verbose_name}) from None


class ScopedResource(resources.ModelResource):
    """Rows of one table for one reader; without a reader there are none."""

    scope: Scope
    written_too: tuple[str, ...] = ()

    def __init__(self, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.user = user
        self.touched: set[int] = set()
        for name, (model, key, scope) in self.relations().items():
            self.fields[name].widget = OwnRowWidget(model, key, scope, user)

    def relations(self) -> dict[str, tuple[Any, str, Scope | None]]:
        """Related columns: their table, the column that names a row in it, and the rows to choose from."""
        return {"seller": (Seller, "slug", of_seller("pk"))}

    def get_queryset(self) -> QuerySet[Any]:
        return self.scope.visible(super().get_queryset(), self.user)

    # In ----------------------------------------------------------------------------------------------------

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        if len(dataset) > MOST_ROWS:
            raise Refused("too_many_rows", _("A table may have %(most)s rows at most.") % {"most": MOST_ROWS})
        dataset.headers = [str(name or "").strip().lower() for name in dataset.headers or ()]
        if "seller" not in dataset.headers:
            own = sorted(self.user.seller_ids) if self.user else []
            slug = Seller.objects.filter(pk__in=own).values_list("slug", flat=True)
            if len(own) != 1:
                raise Refused(
                    "no_seller", _("The table needs a column “seller” with the seller's address in the shop.")
                )
            dataset.append_col([slug[0]] * len(dataset), header="seller")
        missing = [self.fields[name].column_name for name in self.get_import_id_fields()]
        missing = [name for name in missing if name not in dataset.headers]
        if missing:
            raise Refused("no_key", _("The table lacks the columns %(names)s.") % {"names": ", ".join(missing)})

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        for name, value in row.items():
            if isinstance(value, str):
                row[name] = value[1:] if value.startswith("'") and value[1:2] in _FORMULA else value.replace("\x00", "")
            elif isinstance(value, float) and value.is_integer():
                row[name] = int(value)

    def import_field(self, field: Any, instance: Any, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:
        try:
            super().import_field(field, instance, row, is_m2m, **kwargs)
        except ArithmeticError:
            raise ValueError(_("“%(text)s” is not a number.") % {"text": row[field.column_name]}) from None

    def do_instance_save(self, instance: Any, is_create: bool) -> None:
        """Writes the columns of the table alone, so that nothing counted meanwhile is lost."""
        own = [
            field.attribute for field in self.get_import_fields() if not field.readonly and "__" not in field.attribute
        ]
        instance.save(update_fields=None if is_create else [*own, *self.written_too])

    def after_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        self.touched.add(self.product_id_of(instance))

    def product_id_of(self, instance: Any) -> int:
        """The product whose card and shelf follow from the row."""
        raise NotImplementedError

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        super().after_import(dataset, result, **kwargs)
        if not kwargs.get("dry_run") and self.touched:
            keys = sorted(self.touched)
            transaction.on_commit(lambda: listings.refresh_listings(product_ids=keys, fx=fx_table(clock.today())))

    # Out ---------------------------------------------------------------------------------------------------

    def export_field(self, field: Any, instance: Any, **kwargs: Any) -> Any:
        value = super().export_field(field, instance, **kwargs)
        return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) and not _is_number(value) else value

    class Meta:
        skip_unchanged = True
        report_skipped = True
        use_transactions = True
        clean_model_instances = True


def _is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdigit()


class ProductResource(ScopedResource):
    """Listings with their texts and customs facts; new ones come in as drafts. What is on sale is not changed here."""

    scope = of_seller("seller")
    written_too = ("updated_at",)
    seller = fields.Field("seller", "seller")
    category = fields.Field("category", "category")
    status = fields.Field("status", "status", readonly=True)

    def __init__(self, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(user, **kwargs)
        self.fields |= {name: FactColumn(name) for name in COLUMNS}

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().select_related("facts__manufacturer", "facts__responsible_person")

    def relations(self) -> dict[str, tuple[Any, str, Scope | None]]:
        return super().relations() | {"category": (Category, "slug", None)}

    def before_save_instance(self, instance: Product, row: Any, **kwargs: Any) -> None:
        for name in in_all_languages("description"):
            if text := getattr(instance, name):
                setattr(instance, name, clean_html(text))

    def import_instance(self, instance: Product, row: Any, **kwargs: Any) -> None:
        super().import_instance(instance, row, **kwargs)
        for name in in_all_languages("name", "summary", "description"):
            if getattr(instance, name) == "":
                setattr(instance, name, None)  # a missing translation, as everywhere
        if not instance.in_own_language("name"):
            raise ValidationError({"name_en": _("The name is missing in the language that the listing is written in.")})
        if instance.hs_code and not _HS_CODE.fullmatch(instance.hs_code):
            raise ValidationError({"hs_code": _("An HS code has six to ten digits.")})
        if instance.origin and not _COUNTRY.fullmatch(instance.origin):
            raise ValidationError({"origin": _("Give the country as two capital letters, such as DE.")})
        if not instance.slug and instance.seller_id:
            instance.slug = free_slug(instance.handle or instance.name, instance.seller.slug)

    def after_save_instance(self, instance: Product, row: Any, **kwargs: Any) -> None:
        save_facts(instance)
        super().after_save_instance(instance, row, **kwargs)

    def product_id_of(self, instance: Any) -> int:
        return int(instance.pk)

    class Meta(ScopedResource.Meta):
        model = Product
        import_id_fields = ("seller", "handle")
        fields = (
            "seller", "handle", "status", "category", "brand_name", "hs_code", "origin", "customs_description",
            "tax_category", "lithium", *in_all_languages("name", "summary", "description"),
        )  # fmt: skip


class VariantResource(ScopedResource):
    """Prices and weights of variants that are there, matched by their SKU."""

    scope = of_seller("seller")
    seller = fields.Field("seller", "seller")
    product = fields.Field("product__handle", "product", readonly=True)
    price = fields.Field("price", "price", widget=AmountWidget())
    currency = fields.Field("price_currency", "currency", readonly=True)
    compare_at = fields.Field("compare_at", "compare_at", widget=AmountWidget())

    def import_instance(self, instance: Variant, row: Any, **kwargs: Any) -> None:
        if instance.pk is None:
            raise ValidationError({"sku": _("You have no variant with this SKU.")})
        try:
            price = self.fields["price"].clean(row) if "price" in row else instance.price.amount
        except ArithmeticError:
            raise ValidationError({"price": _("“%(text)s” is not a number.") % {"text": row["price"]}}) from None
        before = instance.gtin
        super().import_instance(instance, row, **kwargs)
        if instance.gtin and instance.gtin != before and trade_number(instance.gtin) is None:
            raise ValidationError({"gtin": no_trade_number(instance.gtin)})
        if price is None:
            raise ValidationError({"price": _("The price is missing.")})
        if not price.is_finite() or not 0 <= price < 10**12 or price != round_amount(price, instance.price_currency):
            raise ValidationError({"price": _("This is not a price in %(code)s.") % {"code": instance.price_currency}})
        if row.get("currency") not in (None, "", instance.price_currency):
            raise ValidationError({"price": _("The currency of a variant is not changed by a table.")})
        instance.price = Money(price, instance.price_currency)

    def import_field(self, field: Any, instance: Any, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:
        if field.column_name != "price":  # an amount alone would lose its currency
            super().import_field(field, instance, row, is_m2m, **kwargs)

    def product_id_of(self, instance: Any) -> int:
        return int(instance.product_id)

    class Meta(ScopedResource.Meta):
        model = Variant
        import_id_fields = ("seller", "sku")
        fields = ("seller", "product", "sku", "price", "currency", "compare_at", "weight_grams", "gtin", "is_active")


class StockResource(ScopedResource):
    """Pieces on hand by SKU and warehouse."""

    scope = of_seller("variant__seller")
    seller = fields.Field("variant__seller__slug", "seller", readonly=True)
    sku = fields.Field("variant", "sku")
    warehouse = fields.Field("warehouse", "warehouse")
    reserved = fields.Field("reserved", "reserved", readonly=True)

    def relations(self) -> dict[str, tuple[Any, str, Scope | None]]:
        return {
            "sku": (Variant, "sku", of_seller("seller")),
            "warehouse": (Warehouse, "code", of_seller("seller")),
        }

    def import_instance(self, instance: StockLevel, row: Any, **kwargs: Any) -> None:
        super().import_instance(instance, row, **kwargs)
        if instance.variant_id is None or instance.warehouse_id is None:
            raise ValidationError(_("SKU and warehouse are needed."))
        if instance.variant.seller_id != instance.warehouse.seller_id:
            raise ValidationError({"warehouse": _("This warehouse belongs to another seller.")})
        if not 0 <= (instance.on_hand if instance.on_hand is not None else -1) < 10**9:
            raise ValidationError({"on_hand": _("This is not a number of pieces.")})
        if instance.on_hand < instance.reserved:
            message = _("%(count)s pieces are promised to orders already.")
            raise ValidationError({"on_hand": message % {"count": instance.reserved}})

    def product_id_of(self, instance: Any) -> int:
        return int(instance.variant.product_id)

    class Meta(ScopedResource.Meta):
        model = StockLevel
        import_id_fields = ("sku", "warehouse")
        fields = ("seller", "sku", "warehouse", "on_hand", "reserved")
