"""The tables of a purchase, by subject."""

from orders.models.carts import Cart, CartLine
from orders.models.fulfilment import Fulfilment, Step
from orders.models.invoices import Invoice
from orders.models.orders import Order, OrderLine, OrderPayment, Quote, SellerOrder

__all__ = [
    "Cart",
    "CartLine",
    "Fulfilment",
    "Invoice",
    "Order",
    "OrderLine",
    "OrderPayment",
    "Quote",
    "SellerOrder",
    "Step",
]
