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
_RULES = (
    "compliance.regime", "compliance.taxrate", "compliance.dutyrate", "compliance.additionalduty", "compliance.fee",
    "compliance.goodsrestriction", "compliance.hscode",
)  # fmt: skip
_SENT = ("logistics.shipment", "logistics.parcel", "logistics.trackingevent", "logistics.customsdeclaration")
_ORDERS = ("orders.order", "orders.sellerorder", "orders.orderline", "orders.fulfilment", "orders.step")
_PAID = ("payments.payment", "payments.paymentevent", "payments.refund", "payments.exchangerate")

ROLE_RIGHTS: dict[str, Iterable[str]] = {
    roles.SELLER: [
        *_rights("view add change delete", *_LISTING),
        *_rights("view add change", "catalog.stocklevel", "catalog.importjob", "logistics.warehouse"),
        *_rights("view", "catalog.category", "catalog.pricechange", "orders.sellerorder", "orders.orderline",
                 "orders.fulfilment", "compliance.flag", "logistics.shipment", "logistics.trackingevent"),
        *_rights("view change", "accounts.seller"),
    ],
    roles.COMPLIANCE: [
        *_rights("view change", "compliance.flag"),
        *_rights("view", "compliance.flagevent", "catalog.product", "catalog.variant", "accounts.seller", *_ORDERS, *_SENT),
        *_rights("view add change", *_RULES),
    ],
    roles.OPERATIONS: [
        *_rights("view", *_ORDERS, *_SENT, "logistics.warehouse", "payments.payment", "catalog.stocklevel"),
        *_rights("change", "orders.step", "logistics.customsdeclaration"),
        *_rights("view add change", "logistics.shippingservice", "logistics.shippingrate"),
    ],
    roles.FINANCE: [*_rights("view", *_PAID, *_ORDERS), *_rights("add", "payments.refund", "payments.exchangerate")],
    roles.SUPPORT: _rights("view", *_ORDERS, *_SENT, "accounts.user", "accounts.address", "payments.payment"),
    roles.TRANSLATOR: _rights("view change", "catalog.product", "catalog.category", "catalog.option", "catalog.optionvalue"),
}  # fmt: skip
