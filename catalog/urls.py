"""Addresses of the catalogue."""

from django.urls import path

from catalog.views import browsing, door, editorial, looking, picking, reporting, reviewing, tracing, typing, wishing

urlpatterns = [
    path("", browsing.home, name="home"),
    path("category/<slug:slug>/", browsing.category, name="category"),
    path("product/<slug:slug>/", browsing.product, name="product"),
    path("product/<slug:slug>/offers/", browsing.offers, name="offers"),
    path("product/<slug:slug>/reviews/", reviewing.reviews, name="reviews"),
    path("brand/<slug:slug>/", browsing.brand, name="brand"),
    path("collection/<slug:slug>/", editorial.collection, name="collection"),
    path("trace/", tracing.find_trace, name="find_trace"),
    path("trace/<slug:slug>/", tracing.trace_page, name="trace"),
    path("trace/<slug:slug>/batch/<str:batch>/", tracing.trace_page, name="trace_batch"),
    path("trace/<slug:slug>/events.json", tracing.trace_file, name="trace_file"),
    path("search/", browsing.search, name="search"),
    path("search/suggest/", typing.suggest, name="suggest"),
    path("compare/", looking.compare, name="compare"),
    path("viewed/", looking.viewed, name="viewed"),
    path("pick/", picking.pick, name="pick"),
    path("account/wishes/", wishing.wishes, name="wishes"),
    path("account/wishes/keys/", wishing.keys, name="picks_keys"),
    path("account/wishes/share/", wishing.share, name="wishes_share"),
    path("wishes/<str:token>/", wishing.shared, name="wishes_shared"),
    path("landed-cost/", door.landed_cost, name="landed_cost"),
    path("report/<slug:slug>/", reporting.report_listing, name="report_listing"),
    path("report/<slug:slug>/review/<int:review_id>/", reporting.report_listing, name="report_review"),
    path("notice/<str:token>/", reporting.notice_status, name="notice_status"),
]
