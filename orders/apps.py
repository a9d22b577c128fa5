from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = _("Orders")

    def ready(self) -> None:
        """Every process knows the steps and hands them to workers: the web settles payments, too."""
        from orders import tasks  # noqa: F401 - the module enters itself in the book of steps
