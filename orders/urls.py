"""Addresses of a purchase, in the language of the page."""

from django.urls import path

from orders.views import account, cart, checkout, order, reviewing

urlpatterns = [
    path("cart/", cart.cart, name="cart"),
    path("cart/add/", cart.add, name="cart_add"),
    path("cart/from-wishes/", cart.move_wish, name="wishes_move"),
    path("cart/lines/<int:line_id>/", cart.change, name="cart_update"),
    path("cart/waiting/<str:number>/", cart.put_back, name="cart_put_back"),
    path("checkout/", checkout.checkout, name="checkout"),
    path("order/<str:token>/", order.order, name="order"),
    path("order/<str:token>/invoice/", order.invoice, name="invoice"),
    path("order/<str:token>/pay/", order.pay, name="pay"),
    path("order/<str:token>/return/", order.payment_return, name="payment_return"),
    path("order/<str:token>/review/<int:line_id>/", reviewing.review, name="review"),
    path("track/<str:token>/", order.track, name="track"),
    path("account/orders/", account.orders, name="account_orders"),
]
