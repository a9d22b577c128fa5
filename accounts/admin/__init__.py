"""The admin's tables of people and sellers, and the site that the tables of all apps register with.

The site takes the place of the one that Unfold put up. What other packages had registered there by themselves stays
behind: every table here says whose its rows are.
"""

from django.contrib import admin
from django.contrib.admin import sites

from accounts.admin_site import ShopSite

admin.site = sites.site = ShopSite()

from accounts.admin import people, sellers  # noqa: E402 - they register with the site

__all__ = ["people", "sellers"]
