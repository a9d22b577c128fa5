"""Every address of the site. Shop pages carry their language; machines' addresses do not."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps.views import index as sitemap_index
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path, re_path

from accounts.demo import demo
from catalog.views.media import media_file
from marketplace import views
from marketplace.sitemaps import SITEMAPS
from orders.views.order import webhook

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemap_index, {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap"}, name="sitemap_index"),
    path("sitemap-<section>.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    path("webhooks/payments/<slug:provider>/", webhook, name="payment_webhook"),
    path("i18n/", include("django.conf.urls.i18n")),
    *i18n_patterns(
        path("", include("catalog.urls")),
        path("", include("orders.urls")),
        path("", include("compliance.urls")),
        path("account/", include("accounts.urls")),
        path("demo/", demo, name="demo"),
        path("region/", views.set_region, name="set_region"),
        path("legal/<slug:page>/", views.legal, name="legal"),
        path("how-prices-work/", views.how_prices_work, name="how_prices_work"),
    ),
]

if settings.DEBUG or settings.DEMO:
    urlpatterns.append(re_path(r"^media/(?P<path>.*)$", media_file))
