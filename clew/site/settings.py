"""Django's settings, read from the environment and from the home; nothing here differs between demo and production but values."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from clew.kernel.limits import SESSION_HOURS_MAX
from clew.site.databases import databases
from clew.site.home import home
from clew.site.identity_providers import identity_providers
from clew.site.sign_in_settings import Policy, certificate_header, idle_minutes, lock_minutes, trusted_proxies

HERE = Path(__file__).resolve().parent

SECRET_KEY = os.environ.get("CLEW_SECRET_KEY") or home().read_or_make_secret("django")
DEBUG = False
ALLOWED_HOSTS = os.environ.get("CLEW_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("CLEW_ORIGINS", "").split(",") if origin]
#: Plain HTTP is for this machine alone; behind a proxy with TLS set CLEW_HTTPS=yes.
HTTPS = os.environ.get("CLEW_HTTPS", "no") == "yes"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "clew.ledger",
    "clew.access",
    "clew.vault",
    "clew.catalogue",
    "clew.intake",
    "clew.review",
    "clew.cooperation",
    "clew.demo",
    "clew.site",
]

MIDDLEWARE = [
    "clew.site.certificate_header.CertificateHeader",
    "django.middleware.security.SecurityMiddleware",
    "clew.site.headers.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "clew.site.gate.Gate",
]

ROOT_URLCONF = "clew.site.urls"
WSGI_APPLICATION = "clew.site.wsgi.application"
DATABASES: dict[str, dict[str, Any]] = databases()
DATABASE_ROUTERS = ["clew.site.databases.OneDatabase"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clew.site.context.navigation",
                "clew.site.context.ways_in",
            ],
        },
    },
]

AUTH_USER_MODEL = "access.Officer"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "clew.site.accounts.ClosedDoorAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
# Tries under one name are counted by `access.lockout`; this is for who tries many names from one address.
ACCOUNT_RATE_LIMITS = {"login_failed": "50/15m/ip"}
ACCOUNT_USER_DISPLAY = "clew.site.accounts.display_name"
MFA_ADAPTER = "clew.site.accounts.SealedSecretAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A passkey counts as both factors, so whoever holds it shows a finger, a face or a PIN to it each time.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_ISSUER = "Clew"
# A code typed in its last second arrives in the next step; one step of delay is what RFC 6238, section 5.2, allows.
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "clew.site.one_time_forms.SignInForm",
    "reauthenticate": "clew.site.one_time_forms.ConfirmForm",
    "add_webauthn": "clew.site.passkey_forms.AddForm",
    "authenticate_webauthn": "clew.site.passkey_forms.SecondFactorForm",
    "login_webauthn": "clew.site.passkey_forms.SignInForm",
    "reauthenticate_webauthn": "clew.site.passkey_forms.ConfirmForm",
}

CLEW_SIGN_IN = Policy.named(os.environ.get("CLEW_SIGN_IN", "any"))
#: Minutes after which a locked name opens by itself; 0: when an administrator unlocks it.
CLEW_LOCK_MINUTES = lock_minutes(os.environ.get("CLEW_LOCK_MINUTES", "0"))
CLEW_IDLE_MINUTES = idle_minutes(os.environ.get("CLEW_IDLE_MINUTES"))
#: What everybody acknowledges before they sign in (AC-8).
CLEW_BANNER = os.environ.get("CLEW_BANNER", "").strip()
CLEW_CERTIFICATE_HEADER = certificate_header(os.environ.get("CLEW_CERTIFICATE_HEADER", ""))
CLEW_TRUSTED_PROXIES = trusted_proxies(os.environ.get("CLEW_TRUSTED_PROXIES", ""))
CLEW_IDENTITY_PROVIDERS = identity_providers(os.environ, home())

SESSION_COOKIE_NAME = "__Host-clew" if HTTPS else "clew"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = "__Host-clew-csrf" if HTTPS else "clew-csrf"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
#: After this long everybody signs in again; a screen left alone locks long before (see `access.sessions`).
SESSION_COOKIE_AGE = SESSION_HOURS_MAX * 3600
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
# No other site learns an address from here; "no-referrer" would make browsers send forms without an origin, which are then refused.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "site_cache"}}

LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
# Served from where the rooms keep them: no copy that could be older than the code.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# Files in forms wait in memory, never on disk; browsers send theirs as frames, sealed chunk by chunk (see intake/frames.py).
FILE_UPLOAD_HANDLERS = ["clew.intake.uploads.InMemoryUploadHandler"]
DATA_UPLOAD_MAX_NUMBER_FILES = 64
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

PROCRASTINATE_DATABASE_ALIAS = "service"

#: The segments this machine searches.
CLEW_INDEX_PATH = home().index
#: Where sealed bytes are kept: a directory or `s3://bucket/prefix`.
CLEW_VAULT_URL = os.environ.get("CLEW_VAULT_URL") or str(home().vault)
CLEW_KEYS_DIRECTORY = str(home().keys)
#: Who seals words for the rooms below the vault.
CLEW_SEALER = "clew.site.sealing.sealer"

#: Whose ledgers this installation witnesses, and which installations witness its own (see how-to/witness.md).
CLEW_WITNESS_KEYS = os.environ.get("CLEW_WITNESS_KEYS", "")
CLEW_WITNESSES = os.environ.get("CLEW_WITNESSES", "")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "clew.site.tracebacks.LinesWithoutValues",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("CLEW_LOG_LEVEL", "WARNING")},
}
