"""How the admin looks and what its side bar holds: the settings that Unfold reads as UNFOLD.

The settings import this module, so it names everything else by words alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

Entry = dict[str, Any]


def _may(*rights: str) -> Callable[[HttpRequest], bool]:
    """Whether the reader has one of the rights; for the entries of the side bar."""

    def allowed(request: HttpRequest) -> bool:
        return any(request.user.has_perm(right) for right in rights)

    return allowed


def _table(title: Any, icon: str, table: str, right: str = "") -> Entry:
    """An entry that leads to the list of a table, such as "catalog.product"."""
    app, _dot, model = table.partition(".")
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{app}_{model}_changelist"),
        "permission": _may(right or f"{app}.view_{model}"),
    }


NAVIGATION: list[Entry] = [
    {
        "items": [
            {
                "title": _("Overview"),
                "icon": "sailing",
                "link": reverse_lazy("admin:index"),
                "permission": lambda request: request.user.is_staff,
            },
        ]
    },
    {
        "title": _("Selling"),
        "items": [
            _table(_("Products"), "inventory_2", "catalog.product"),
            _table(_("Prices and variants"), "sell", "catalog.variant"),
            _table(_("Scheduled prices"), "event_upcoming", "catalog.scheduledprice"),
            _table(_("Rounding of prices"), "decimal_decrease", "catalog.pricepolicy"),
            _table(_("Stock"), "shelves", "catalog.stocklevel"),
            _table(_("Imports"), "upload_file", "catalog.importjob"),
            _table(_("Categories"), "account_tree", "catalog.category"),
            _table(_("Translations"), "language", "catalog.listingtexts"),
            _table(_("Glossary"), "dictionary", "catalog.glossaryterm"),
            _table(_("Translations by machine"), "smart_toy", "catalog.translationjob"),
            _table(_("Attributes"), "fact_check", "catalog.attribute"),
            _table(_("Size charts"), "straighten", "catalog.sizechart"),
            _table(_("Options"), "tune", "catalog.option", "catalog.change_option"),
            _table(_("Searches in vain"), "search_off", "catalog.searchmiss"),
            _table(_("Words that mean the same"), "translate", "catalog.searchsynonym"),
            _table(_("Searches that lead to a page"), "alt_route", "catalog.searchredirect"),
            _table(_("Pictures"), "image", "catalog.productimage", "catalog.change_productimage"),
            _table(_("Videos"), "movie", "catalog.productvideo", "catalog.change_productvideo"),
            _table(_("Reviews"), "reviews", "catalog.review"),
            _table(_("Brand pages"), "storefront", "catalog.brandpage"),
            _table(_("Collections"), "collections_bookmark", "catalog.collection"),
            _table(_("First pages for markets"), "web", "catalog.landingpage"),
            _table(_("Traces"), "conversion_path", "catalog.traceevent"),
            _table(_("Manufacturers"), "factory", "catalog.economicoperator"),
        ],
    },
    {
        "title": _("Orders"),
        "items": [
            _table(_("Orders"), "receipt_long", "orders.order"),
            _table(_("To be sent"), "package_2", "orders.sellerorder"),
            _table(_("Background steps"), "conversion_path", "orders.step"),
        ],
    },
    {
        "title": _("Sending"),
        "items": [
            _table(_("Shipments"), "local_shipping", "logistics.shipment"),
            _table(_("Customs declarations"), "assignment", "logistics.customsdeclaration"),
            _table(_("Warehouses"), "warehouse", "logistics.warehouse"),
            _table(_("Shipping services"), "flight_takeoff", "logistics.shippingservice"),
            _table(_("Shipping rates"), "price_change", "logistics.shippingrate"),
            _table(_("Zones"), "public", "logistics.zone"),
            _table(_("Assumed weights"), "scale", "logistics.defaultweight"),
        ],
    },
    {
        "title": _("Compliance"),
        "items": [
            _table(_("Flags"), "flag", "compliance.flag"),
            _table(_("Notices"), "report", "compliance.notice"),
            _table(_("Who may sell"), "verified_user", "compliance.sellerverification", "compliance.verify_sellers"),
            {
                "title": _("Who you are"),
                "icon": "badge",
                "link": reverse_lazy("admin:compliance_sellerverification_changelist"),
                "permission": lambda request: (
                    request.user.has_perm("compliance.view_sellerverification")
                    and not request.user.has_perm("compliance.verify_sellers")
                ),
            },
            _table(_("Registrations"), "app_registration", "compliance.registration"),
            {
                "title": _("Checklist"),
                "icon": "checklist",
                "link": reverse_lazy("admin:onboarding"),
                "permission": _may("compliance.view_registration"),
            },
            _table(_("Documents"), "folder_managed", "compliance.evidencedocument"),
            {
                "title": _("Review of the rules"),
                "icon": "fact_check",
                "link": reverse_lazy("admin:rules_review"),
                "permission": _may("compliance.review_flags"),
            },
            _table(_("Regimes"), "gavel", "compliance.regime"),
            _table(_("Tax rates"), "percent", "compliance.taxrate"),
            _table(_("Duty rates"), "toll", "compliance.dutyrate"),
            _table(_("Additional duties"), "add_card", "compliance.additionalduty"),
            _table(_("Fees"), "payments", "compliance.fee"),
            _table(_("Exemptions"), "money_off", "compliance.exemption"),
            _table(_("Restrictions"), "block", "compliance.goodsrestriction"),
            _table(_("Producer registers"), "recycling", "compliance.eprscheme"),
            _table(_("Product rules"), "rule", "compliance.productrule"),
            _table(_("Forbidden claims"), "speaker_notes_off", "compliance.forbiddenclaim"),
            _table(_("Thresholds of sellers"), "leaderboard", "compliance.sellerthreshold"),
            _table(_("HS codes"), "category", "compliance.hscode"),
            _table(_("Unions"), "hub", "compliance.groupmember"),
            _table(_("Special territories"), "map", "compliance.territory"),
            _table(_("Trusted flaggers"), "verified", "compliance.trustedflagger"),
            {
                "title": _("Transparency"),
                "icon": "monitoring",
                "link": reverse_lazy("admin:compliance_transparency"),
                "permission": _may("compliance.review_flags"),
            },
            _table(_("Steps of flags"), "history", "compliance.flagevent", "compliance.review_flags"),
            _table(_("Exports for authorities"), "outbox", "compliance.authorityexport"),
            _table(_("Steps of verifications"), "history", "compliance.verificationevent"),
            _table(_("Steps of registrations"), "history", "compliance.registrationevent"),
            _table(_("Looks at documents"), "visibility", "compliance.documentview"),
            _table(_("Lists of sanctions"), "person_alert", "compliance.sanctionedparty"),
            _table(_("Loads of lists of sanctions"), "cloud_download", "compliance.sanctionsload"),
        ],
    },
    {
        "title": _("Money"),
        "items": [
            _table(_("Payments"), "credit_card", "payments.payment"),
            _table(_("Refunds"), "currency_exchange", "payments.refund"),
            _table(_("Messages of providers"), "inbox", "payments.paymentevent"),
            _table(_("Exchange rates"), "trending_up", "payments.exchangerate"),
            _table(_("Endings of prices"), "universal_currency_alt", "catalog.priceending"),
            _table(_("Exchange-rate risk"), "show_chart", "payments.currencyrisk"),
            _table(_("Fetches of rates"), "cloud_download", "payments.ratefetch"),
            _table(_("Alerts on rates"), "notifications", "payments.ratealert"),
            _table(_("Periodic reports"), "request_quote", "compliance.report"),
            _table(_("Rules of periodic reports"), "event_repeat", "compliance.reportrule"),
        ],
    },
    {
        "title": _("People and brands"),
        "items": [
            _table(_("Sellers"), "storefront", "accounts.seller"),
            _table(_("Sellers' members"), "group", "accounts.sellermember"),
            _table(_("Accounts"), "person", "accounts.user"),
            _table(_("Addresses"), "home_pin", "accounts.address"),
            _table(_("Consents"), "task_alt", "accounts.consent"),
        ],
    },
]

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Sampan",
    "SITE_HEADER": "Sampan",
    "SITE_SUBHEADER": _("Administration"),
    "SITE_ICON": lambda request: static("img/favicon.svg"),
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("img/favicon.svg")},
    ],
    "STYLES": [lambda request: static("admin/shop.css")],
    "SCRIPTS": [lambda request: static("admin/shop.js")],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": True,
    "SHOW_LANGUAGES": True,
    "DASHBOARD_CALLBACK": "marketplace.admin_home.overview",
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": NAVIGATION},
}
