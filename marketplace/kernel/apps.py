"""The kernel as an app: it has template tags and no tables."""

from django.apps import AppConfig

from marketplace.kernel import late_excel

late_excel.register()  # apps are imported one and all before any of them is made ready


class KernelConfig(AppConfig):
    name = "marketplace.kernel"
    label = "kernel"
