from django.urls import include, path

from accounts import views

urlpatterns = [
    path("", views.home, name="account_home"),
    path("profile/", views.profile, name="account_profile"),
    path("addresses/", views.addresses, name="account_addresses"),
    path("addresses/add/", views.address_add, name="account_address_add"),
    path("addresses/fields/", views.address_fields, name="account_address_fields"),
    path("addresses/<int:key>/", views.address_edit, name="account_address_edit"),
    path("addresses/<int:key>/default/", views.address_default, name="account_address_default"),
    path("addresses/<int:key>/delete/", views.address_delete, name="account_address_delete"),
    path("data/", views.data, name="account_data"),
    path("data/export/", views.export, name="account_export"),
    path("data/erase/", views.erase, name="account_erase"),
    path("security/", include("allauth.mfa.urls")),
    path("", include("allauth.account.urls")),
]
