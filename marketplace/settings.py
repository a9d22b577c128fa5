"""Every setting, read from the environment; the table of names is docs/reference/settings.md.

Unsafe defaults hold only with DEBUG. A missing or wrong value stops the start with one sentence.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONCE, NONE, SELF
from kombu import Queue

from marketplace import admin_look
from marketplace.environment import OPERATOR_FIELDS, Environment
from marketplace.schedule import BULK, ROUTES, SCHEDULE, SWIFT

BASE_DIR = Path(__file__).resolve().parent.parent
if "pytest" not in sys.modules:
    environ.Env.read_env(os.environ.get("SAMPAN_ENV_FILE", BASE_DIR / ".env"))
env = Environment()

DEBUG = env.flag("DEBUG", False)
DEMO = env.flag("DEMO", False)
SECRET_KEY = env.secret("SECRET_KEY", debug="not-a-secret-for-development-only" if DEBUG else None)
SITE_URL = env.url("SITE_URL", debug="http://localhost:8000" if DEBUG else None).rstrip("/")
_site = urlsplit(SITE_URL)
SECURE = _site.scheme == "https"
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", [_site.hostname, "localhost", "127.0.0.1"] if DEBUG else [_site.hostname])
CSRF_TRUSTED_ORIGINS = env.names("CSRF_TRUSTED_ORIGINS", [SITE_URL])
INTERNAL_IPS = ["127.0.0.1"]
OPERATOR = env.record("OPERATOR", OPERATOR_FIELDS)

# Apps, from the kernel up ---------------------------------------------------------------------------------
INSTALLED_APPS = [
    "modeltranslation",
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.import_export",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.contrib.humanize",
    "pgtrigger",
    "pghistory",
    "djmoney",
    "treebeard",
    "import_export",
    "django_countries",
    "phonenumber_field",
    "csp",
    "django_htmx",
    "lucide",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_prometheus",
    "django_structlog",
    "marketplace.kernel",
    "accounts",
    "compliance",
    "payments",
    "logistics",
    "catalog",
    "orders",
    "insights",
    "marketplace.apps.MarketplaceConfig",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "marketplace.middleware.PolicyMiddleware",
    "marketplace.middleware.AdminPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "marketplace.middleware.ReadableMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "marketplace.middleware.RequestLogMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.admin_gate.SecondFactorMiddleware",
    "marketplace.middleware.RegionMiddleware",
    "marketplace.middleware.RefusalMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "marketplace.urls"
WSGI_APPLICATION = "marketplace.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "marketplace.kernel.templatetags.ui",
                "marketplace.kernel.templatetags.photos",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "marketplace.context.shop",
            ],
        },
    }
]

FORM_RENDERER = "marketplace.kernel.form_renderer.QuickRenderer"

# State ----------------------------------------------------------------------------------------------------
DATABASES = {"default": env.database("DATABASE_URL", debug="postgres:///sampan" if DEBUG else None)}
DATABASES["default"] |= {"CONN_MAX_AGE": env.number("DATABASE_CONN_MAX_AGE", 600), "CONN_HEALTH_CHECKS": True}
# Each connection keeps its plans, for planning takes longer than most queries. A pooler in between has to know
# prepared statements (PgBouncer from 1.21 on).
DATABASES["default"]["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": 2}
REDIS_URL = env.text("REDIS_URL", debug="redis://127.0.0.1:6379/0" if DEBUG else None)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "sampan",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2, "health_check_interval": 30},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"  # a session for what no cookie holds

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", BASE_DIR / "var" / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = env.path("MEDIA_ROOT", BASE_DIR / "var" / "media")
PRIVATE_ROOT = env.path("PRIVATE_ROOT", BASE_DIR / "var" / "private")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_ROOT, "base_url": None},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# The first key encrypts what is secret about traders, every one decrypts (docs/decisions/0018).
DOCUMENT_KEYS = env.keys("DOCUMENT_KEYS", debug="bm90LWEtc2VjcmV0LWluLWRldmVsb3BtZW50LW9ubHk=" if DEBUG else None)
WHITENOISE_USE_FINDERS = DEBUG or DEMO
WHITENOISE_AUTOREFRESH = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FETCH_FROM_PRIVATE_ADDRESSES = False
IMPORT_MAX_BYTES = env.number("IMPORT_MAX_BYTES", 64 * 1024 * 1024)
IMPORT_SELLER = env.text("IMPORT_SELLER", debug="")

# Languages, regions ---------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("zh-hans", "简体中文"),
    ("ja", "日本語"),
    ("ar", "العربية"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("es", "Español"),
]
LANGUAGES_BIDI = ["ar"]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "language"
FORMAT_MODULE_PATH = "marketplace.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
MODELTRANSLATION_DEFAULT_LANGUAGE = "en"
MODELTRANSLATION_FALLBACK_LANGUAGES = ("en",)
CURRENCIES = ["EUR", "USD", "GBP", "JPY", "CNY", "CHF", "NOK", "SEK", "DKK", "PLN", "CAD", "AUD", "NZD", "SGD", "KRW"]
CURRENCIES += ["MXN", "BRL", "AED", "SAR", "KWD", "KES"]
REGION_COOKIE_NAME = "region"

# Accounts -------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account_home"
LOGOUT_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 900
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "signup": "10/m/ip",
    "reset_password": "10/m/ip,3/5m/key",
    "confirm_email": "1/10s/key,10/h/key",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "reauthenticate": "10/m/user",
    "report_listing": "5/h/ip,20/d/ip",
    "pick": "120/m/ip",
    "buyer_number": "20/h/ip",
    "share_wishes": "20/h/user",
}
ACCOUNT_FORMS = {
    "login": "accounts.sign_in_forms.SignInForm",
    "signup": "accounts.sign_in_forms.SignUpForm",
    "add_email": "accounts.sign_in_forms.AddEmailForm",
    "change_password": "accounts.sign_in_forms.ChangePasswordForm",
    "set_password": "accounts.sign_in_forms.SetPasswordForm",
    "reset_password": "accounts.sign_in_forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.sign_in_forms.ChooseNewPasswordForm",
    "confirm_email_verification_code": "accounts.sign_in_forms.ConfirmEmailForm",
    "confirm_password_reset_code": "accounts.sign_in_forms.ConfirmResetForm",
    "reauthenticate": "accounts.sign_in_forms.ReauthenticateForm",
}
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": True, "length": 8}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.flag("BEHIND_TLS_PROXY", False) else 0
ROLE_RIGHTS = "marketplace.roles.ROLE_RIGHTS"
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.sign_in_forms.SecondStepForm",
    "reauthenticate": "accounts.sign_in_forms.ConfirmSecondStepForm",
    "activate_totp": "accounts.sign_in_forms.ActivateAppForm",
    "add_webauthn": "accounts.passkey_forms.AddPasskeyForm",
    "edit_webauthn": "accounts.passkey_forms.RenamePasskeyForm",
    "authenticate_webauthn": "accounts.passkey_forms.PasskeySecondStepForm",
    "login_webauthn": "accounts.passkey_forms.PasskeySignInForm",
    "reauthenticate_webauthn": "accounts.passkey_forms.ConfirmPasskeyForm",
}
MFA_TOTP_TOLERANCE = 1
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Sampan"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE

# Mail -----------------------------------------------------------------------------------------------------
EMAIL_CONFIG = env.mail("EMAIL_URL", debug="filemail:///" + str(BASE_DIR / "var" / "mail") if DEBUG else None)
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"Sampan <orders@{_site.hostname}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Outside: payment providers, carriers ------------------------------------------------------------------------
PAYMENT_PROVIDERS = env.names("PAYMENT_PROVIDERS", ["payments.providers.sandbox.SandboxProvider"])
CARRIERS = env.names("CARRIERS", ["logistics.providers.sandbox.SandboxCarrier"])
SANDBOX_URL = env.url("SANDBOX_URL", debug="http://localhost:8001" if DEBUG else "").rstrip("/")
SANDBOX_SECRET = env.secret("SANDBOX_SECRET", debug="sandbox-secret-for-development" if DEBUG else "")
ECB_RATES_URL = env.url(
    "ECB_RATES_URL",
    debug=f"{SANDBOX_URL}/ecb/" if DEMO and SANDBOX_URL else "https://www.ecb.europa.eu/stats/eurofxref/",
)
VIES_URL = env.url(
    "VIES_URL",
    debug=f"{SANDBOX_URL}/vies/checkVatService"
    if DEMO and SANDBOX_URL
    else "https://ec.europa.eu/taxation_customs/vies/services/checkVatService",
)
VIES_REQUESTER = env.text("VIES_REQUESTER", debug="")
TRANSLATOR = env.text("TRANSLATOR", "catalog.providers.deepl.DeepL")
TRANSLATION_URL = env.url("TRANSLATION_URL", debug=f"{SANDBOX_URL}/deepl" if DEMO and SANDBOX_URL else "")
TRANSLATION_KEY = env.secret("TRANSLATION_KEY", debug=SANDBOX_SECRET if DEMO else "")
PERSONAL_RECORDS = ["catalog.personal_records.Wishes", "catalog.personal_records.Reviews"]
SELLER_CURRENCIES = "marketplace.seller_currencies.SellerCurrencies"

# Work in the background --------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "health_check_interval": 10,
    "socket_keepalive": True,
    "socket_timeout": 10,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1, "interval_step": 0.2}
CELERY_BEAT_SCHEDULE = SCHEDULE
CELERY_TASK_QUEUES = [Queue(SWIFT), Queue(BULK)]  # a worker that is told nothing takes both
CELERY_TASK_ROUTES = ROUTES
CELERY_TIMEZONE = "UTC"
STEP_LEASE_SECONDS = env.number("STEP_LEASE_SECONDS", 120)
HANDLING_DAYS = env.number("HANDLING_DAYS", 2)  # from the payment, or the day on which the goods are ready
MINUTES_TO_PAY = env.number("MINUTES_TO_PAY", 30)
MINUTES_TO_PAY_BEYOND_SHARE = env.number("MINUTES_TO_PAY_BEYOND_SHARE", 10)
GUEST_SHARE_PERCENT = env.number("GUEST_SHARE_PERCENT", 50)  # of what lies in one place
UNPAID_OF_A_BUYER = env.number("UNPAID_OF_A_BUYER", 5)
UNPAID_OF_A_NETWORK = env.number("UNPAID_OF_A_NETWORK", 20)
LAPSES_IN_A_DAY = env.number("LAPSES_IN_A_DAY", 5)
TRACKING_POLL_SECONDS = env.number("TRACKING_POLL_SECONDS", 5 if DEMO else 1800)

# Security -------------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", SECURE)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_TLS_PROXY", False) else None
SECURE_HSTS_SECONDS = env.number("SECURE_HSTS_SECONDS", 31_536_000 if SECURE else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
METRICS_TOKEN = env.secret("METRICS_TOKEN", debug="")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *([SANDBOX_URL] if SANDBOX_URL else [])],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# Logs -----------------------------------------------------------------------------------------------------
LOG_FORMAT = env.choice("LOG_FORMAT", ["json", "text"], "text" if DEBUG else "json")
TESTING = "pytest" in sys.modules
from marketplace.logs import logging_config

LOGGING = logging_config(LOG_FORMAT, level=env.text("LOG_LEVEL", "WARNING" if TESTING else "INFO"))
DJANGO_STRUCTLOG_CELERY_ENABLED = True
# One line for a request, when it is answered, and one for a task; they name neither the reader nor their address.
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = DJANGO_STRUCTLOG_CELERY_TASK_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = ""

# Looks of the admin ---------------------------------------------------------------------------------------

UNFOLD = admin_look.UNFOLD

env.stop_on_errors()
