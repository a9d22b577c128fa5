"""The pages of the admin that belong to no table: they look across the layers, so the composition root has them."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, path

from accounts.admin_site import ShopSite
from marketplace.onboarding_page import onboarding_page
from marketplace.rule_preview_page import preview_page
from marketplace.rule_review_page import review_page


def rule_pages(site: ShopSite) -> list[URLPattern]:
    """What officers look at beside the tables of rules."""
    preview = site.admin_view(preview_page)
    return [
        path("rules/review/", site.admin_view(review_page), name="rules_review"),
        path("compliance/<slug:table>/preview/", preview, name="rules_preview"),
        path("compliance/<slug:table>/<int:key>/preview/", preview, name="rules_preview"),
    ]


def seller_pages(site: ShopSite) -> list[URLPattern]:
    """What sellers look at beside their tables."""
    return [path("onboarding/", site.admin_view(onboarding_page), name="onboarding")]


admin.site.add_pages(rule_pages)
admin.site.add_pages(seller_pages)
