"""The admin's tables of people and sellers, and its pages that belong to no table.

Tables that other packages have registered by themselves go: every table here says whose its rows are.
"""

from django.contrib import admin

from accounts.admin import site_pages

for _model in list(admin.site._registry):
    admin.site.unregister(_model)
site_pages.install(admin.site)

from accounts.admin import people, sellers  # noqa: E402

__all__ = ["people", "sellers", "site_pages"]
