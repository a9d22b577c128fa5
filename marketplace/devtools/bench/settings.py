"""The settings of the shop with what measuring needs: the bare page beside it, and counts on demand."""

from __future__ import annotations

from pathlib import Path

from marketplace.settings import *  # noqa: F403
from marketplace.settings import MIDDLEWARE, STORAGES, TEMPLATES

ROOT_URLCONF = "marketplace.devtools.bench.urls"
# The demo leaves its files as they are; production names them by content and compresses them.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
WHITENOISE_USE_FINDERS = False
MIDDLEWARE = ["marketplace.devtools.bench.counting.CountingMiddleware", *MIDDLEWARE]
# What `startproject` writes, with the languages that its documentation adds.
BARE_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {**TEMPLATES[0], "NAME": "django"},
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "NAME": "bare",
        "DIRS": [Path(__file__).parent / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
