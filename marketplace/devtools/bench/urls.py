"""The addresses of the shop, and that of the bare page."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import path

from marketplace.devtools.bench.bare import bare
from marketplace.urls import urlpatterns as shop

urlpatterns = [*i18n_patterns(path("bare/", bare, name="bare")), *shop]
