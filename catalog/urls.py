"""Addresses of the catalogue."""

from django.urls import path

from catalog.views import browsing, door, reporting

urlpatterns = [
    path("", browsing.home, name="home"),
    path("category/<slug:slug>/", browsing.category, name="category"),
    path("product/<slug:slug>/", browsing.product, name="product"),
    path("brand/<slug:slug>/", browsing.brand, name="brand"),
    path("search/", browsing.search, name="search"),
    path("landed-cost/", door.landed_cost, name="landed_cost"),
    path("report/<slug:slug>/", reporting.report_listing, name="report_listing"),
    path("notice/<str:token>/", reporting.notice_status, name="notice_status"),
]
