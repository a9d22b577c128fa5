"""The tree of categories, and what belongs to listings but has a page of its own: options."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.admin_fields import in_all_languages, language_tabs
from accounts.admin_opened import AsOpened, OpenedForm
from accounts.admin_scope import SHARED, ShopAdmin, of_seller, register
from catalog.admin.attributes import SetPart
from catalog.admin.choice_parts import ChoicesPart
from catalog.admin.products import refresh
from catalog.models import Category, Option, OptionValue, Product
from catalog.selectors import navigation
from catalog.services import listings
from compliance.words.findings import STREAMS
from marketplace.kernel import clock
from payments.selectors import fx_table

_BATCH = 1000


class CategoryForm(forms.ModelForm):
    """A category and the one that it stands below."""

    parent = forms.ModelChoiceField(
        label=_("Below"), required=False, queryset=Category.objects.none(), empty_label=_("at the top"),
        widget=UnfoldAdminSelectWidget,
    )  # fmt: skip

    default_epr_stream = forms.ChoiceField(
        label=_("usual stream of the producers' registers"), required=False,
        choices=lambda: [("", "—"), *((code, name) for code, name in STREAMS.items())], widget=UnfoldAdminSelectWidget,
        help_text=_("Told to sellers of the category. What a listing comes under follows from its code and its facts."),
    )  # fmt: skip

    class Meta:
        model = Category
        fields = ("slug", "position", "default_hs_code", "default_epr_stream", *in_all_languages("name", "description"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "parent" not in self.fields:
            return
        held = Category.objects.get_parent(self.instance).pk if self.instance.pk and self.instance.depth > 1 else None
        known = (
            Q(taxonomy_id="") | Q(facets__total__gt=0) | Q(depth__lte=2) | Q(pk=held)
        )  # not ten thousand imported ones
        rows = Category.objects.filter(known).order_by("path")
        if self.instance.pk:
            rows = rows.exclude(path__startswith=self.instance.path)
            self.initial["parent"] = Category.objects.get_parent(self.instance)
        field: Any = self.fields["parent"]
        field.queryset = rows
        field.label_from_instance = lambda row: "\u2003" * (row.depth - 1) + str(row)

    def clean_parent(self) -> Category | None:
        parent: Category | None = self.cleaned_data["parent"]
        if parent and parent.depth >= 5:
            raise ValidationError(_("The tree is five levels deep at most."))
        return parent


@register(Category)
class CategoryAdmin(ShopAdmin):
    """The tree. Sellers look things up in it; the staff shape it."""

    scope = SHARED
    form = CategoryForm
    list_display = ("shown_name", "slug", "position", "shown_total")
    search_fields = ("name_en", "slug")
    ordering = ("path",)
    actions = None
    fieldsets = (
        (None, {"fields": (("parent", "position"), "slug", ("default_hs_code", "default_epr_stream"))}),
        *language_tabs("name", "description"),
    )
    inlines = (SetPart,)

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        return list(dict.fromkeys((navigation.text_column("name"), "name_en", "slug")))

    def parent(self, category: Category) -> Any:
        """For readers who may not change it."""
        return Category.objects.get_parent(category) or _("at the top")

    @display(description=_("name"))
    def shown_name(self, category: Category) -> SafeString:
        return format_html("{}{}", "\u2003" * (category.depth - 1), category)

    @display(description=_("listings on sale"))
    def shown_total(self, category: Category) -> int:
        return int(category.facets.get("total", 0))

    def has_delete_permission(self, request: HttpRequest, obj: Category | None = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or (obj.numchild == 0 and not obj.products.exists()))

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        parent: Category | None = form.cleaned_data.get("parent")
        if not change and parent:
            Category.objects.add_child(parent, instance=obj)
        elif not change:
            Category.objects.add_root(instance=obj)
        else:
            obj.save()
            if "parent" in form.changed_data:
                target = parent or Category.objects.get_root_nodes().first()
                Category.objects.move(obj, target, "sorted-child" if parent else "sorted-sibling")
                obj.refresh_from_db()
                messages.info(request, _("The listings follow to their new shelves in a moment."))
        transaction.on_commit(lambda: _follow(obj))


def _follow(category: Category) -> None:
    """Menus and shelves know the category where it stands now."""
    navigation.forget()
    below = Product.objects.filter(category__path__startswith=category.path).order_by("pk")
    keys = list(below.values_list("pk", flat=True))
    fx = fx_table(clock.today())
    for start in range(0, len(keys), _BATCH):
        listings.refresh_listings(product_ids=keys[start : start + _BATCH], fx=fx)
    listings.refresh_facets()


class ValuePart(ChoicesPart):
    """The choices of an option in every language."""

    model = OptionValue
    scope = of_seller("option__product__seller")
    form = OpenedForm


@register(Option)
class OptionAdmin(AsOpened, ShopAdmin):
    """What shoppers choose on a product, with its translations; made on the page of the product."""

    scope = of_seller("product__seller")
    form = OpenedForm
    list_display = ("name", "product", "position")
    list_select_related = ("product",)
    search_fields = ("name_en", "product__handle")
    ordering = ("-id",)
    list_columns_hidden_from_sellers = ()
    actions = None
    readonly_fields = ("product", "position")
    fieldsets = ((None, {"fields": ("product", "position")}), *language_tabs("name"))
    inlines = (ValuePart,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        refresh([form.instance.product_id])
