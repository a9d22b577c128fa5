"""Addresses of the catalogue."""

from django.urls import path

from catalog import door_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("category/<slug:slug>/", views.category, name="category"),
    path("product/<slug:slug>/", views.product, name="product"),
    path("brand/<slug:slug>/", views.brand, name="brand"),
    path("search/", views.search, name="search"),
    path("landed-cost/", door_views.landed_cost, name="landed_cost"),
]
