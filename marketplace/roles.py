"""What each role may do in the admin: role to "app.codename" of Django's permissions."""

from __future__ import annotations

from collections.abc import Iterable

from accounts import roles


def _rights(actions: str, *models: str) -> list[str]:
    names = []
    for label in models:
        app, _, model = label.partition(".")
        names += [f"{app}.{action}_{model}" for action in actions.split()]
    return names


_LISTING = ("catalog.product", "catalog.variant", "catalog.productimage", "catalog.option", "catalog.optionvalue")
_MEDIA = ("catalog.productvideo",)
_EDITORIAL = ("catalog.collection", "catalog.collectionentry")
_SETS = ("catalog.attribute", "catalog.attributechoice", "catalog.categoryattribute", "catalog.sizechart")
_SEARCH = ("catalog.searchsynonym", "catalog.searchredirect")
_RULES = (
    "compliance.regime", "compliance.taxrate", "compliance.dutyrate", "compliance.additionalduty", "compliance.fee",
    "compliance.exemption", "compliance.goodsrestriction", "compliance.hscode", "compliance.groupmember",
    "compliance.territory", "compliance.eprscheme", "compliance.productrule", "compliance.forbiddenclaim",
    "compliance.sellerthreshold", "compliance.reportrule",
)  # fmt: skip
_TARIFF = (
    "logistics.shippingservice", "logistics.shippingrate", "logistics.zone", "logistics.zonecountry",
    "logistics.defaultweight",
)  # fmt: skip
_SENT = ("logistics.shipment", "logistics.parcel", "logistics.trackingevent", "logistics.customsdeclaration")
_ORDERS = ("orders.order", "orders.sellerorder", "orders.orderline", "orders.fulfilment", "orders.step")
_PAID = ("payments.payment", "payments.paymentevent", "payments.refund", "payments.exchangerate")
_REPORTS = ("compliance.report", "compliance.reportline", "compliance.volumeline", "compliance.sellerline")
_RATES = ("payments.currencyrisk", "payments.ratefetch", "payments.ratealert")

ROLE_RIGHTS: dict[str, Iterable[str]] = {
    roles.SELLER: [
        *_rights("view add change delete", *_LISTING, *_MEDIA),
        *_rights("view add change", "catalog.stocklevel", "logistics.warehouse"),
        *_rights("view add change delete", "catalog.bundlepart"),
        *_rights("view add change delete", "catalog.economicoperator"),
        *_rights("view add change", "catalog.productfacts", "catalog.productattributes"),
        *_rights("view add change delete", "catalog.sizechart"),
        *_rights("view add delete", "catalog.productdocument"),
        *_rights("view add", "catalog.importjob", "catalog.traceevent"),
        *_rights("view add change delete", *_EDITORIAL),
        *_rights("view add change", "catalog.brandpage"),
        *_rights("view change", "catalog.review"),
        *_rights("view add change delete", "catalog.marketprice", "catalog.pricetier"),
        *_rights("view add change", "catalog.scheduledprice", "catalog.pricepolicy"),
        *_rights("view", "catalog.category", "catalog.pricechange", "orders.sellerorder", "orders.orderline",
                 "compliance.flag", "compliance.flagevent", "payments.currencyrisk"),
        *_rights("view change", "catalog.listingtexts"), *_rights("view", "catalog.translationjob"),
        *_rights("view change", "accounts.seller"),
        *_rights("view", "compliance.sellerverification", "compliance.evidencedocument"),
        *_rights("view", "compliance.registration"),
    ],
    roles.COMPLIANCE: [
        "compliance.review_flags",
        "compliance.verify_sellers", "compliance.read_documents",
        *_rights("view", "compliance.registration", "compliance.registrationevent"),
        *_rights("view", "compliance.sellerverification", "compliance.verificationevent", "compliance.evidencedocument",
                 "compliance.documentview", "compliance.sanctionedparty", "compliance.sanctionsload"),
        "compliance.decide_notices",
        *_rights("view change", "catalog.review"), "catalog.decide_reviews",
        *_rights("view", "compliance.notice", "compliance.authorityexport"),
        *_rights("view add change", "compliance.trustedflagger"),
        *_rights("view", "compliance.flag", "compliance.flagevent", "catalog.product", "catalog.variant",
                 "catalog.productimage", "catalog.productvideo", "catalog.option", "catalog.category",
                 "catalog.productfacts", "catalog.productattributes", "catalog.productdocument",
                 "catalog.economicoperator", "catalog.traceevent",
                 "accounts.seller", "payments.currencyrisk", *_ORDERS, *_SENT),
        *_rights("view", "catalog.bundlepart"),
        *_rights("view add change", *_RULES),
        *_rights("view", *_REPORTS), "compliance.add_report", "compliance.close_report",
    ],
    roles.OPERATIONS: [
        *_rights("view", *_ORDERS, *_SENT, "logistics.warehouse", "payments.payment", "payments.exchangerate",
                 *_RATES, "catalog.stocklevel", "catalog.variant", "accounts.seller"),
        *_rights("change", "orders.step", "logistics.customsdeclaration"),
        *_rights("view add change delete", *_TARIFF, *_SEARCH, *_SETS),
        *_rights("view add change", "catalog.category"),
        *_rights("view", "catalog.searchmiss", "catalog.brandpage"),
        *_rights("view add change delete", *_EDITORIAL, "catalog.landingpage", "catalog.landingcollection"),
        *_rights("view add", "catalog.traceevent"),
    ],
    roles.FINANCE: [
        *_rights("view", *_PAID, *_RATES, "orders.order", "orders.sellerorder", "orders.orderline"),
        *_rights("add", "payments.exchangerate"),
        *_rights("view add change delete", "catalog.priceending"), *_rights("view", "catalog.scheduledprice"),
        *_rights("view", *_REPORTS, "compliance.reportrule"), "compliance.add_report", "compliance.close_report",
    ],
    roles.SUPPORT: [
        *_rights("view", *_ORDERS, *_SENT, "accounts.user", "accounts.address", "payments.payment"),
        *_rights("view change", "catalog.review"), "catalog.decide_reviews",
    ],
    roles.TRANSLATOR: _rights("view change", *_LISTING[:1], *_SETS[:2], "catalog.category", "catalog.option", "catalog.optionvalue",
                              "catalog.productimage", *_MEDIA, "accounts.seller", "catalog.brandpage", *_EDITORIAL, "catalog.landingpage")
                      + _rights("view add change delete", *_SEARCH) + _rights("view", "catalog.searchmiss")
                      + _rights("view change", "catalog.listingtexts") + ["catalog.review_texts"]
                      + _rights("view add change delete", "catalog.glossaryterm") + _rights("view", "catalog.translationjob"),
}  # fmt: skip
