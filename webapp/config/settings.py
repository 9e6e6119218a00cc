"""Django's settings: one file, everything that differs between places from the environment.

| variable | meaning | default |
|---|---|---|
| `DATABASE_URL`, `DATABASE_OWNER_URL` | PostgreSQL 15+; see `databases` | embedded, in `var/` |
| `CELERY_BROKER_URL` | `redis://...` or `amqp://...` | files in `var/broker` |
| `BIANMIN_VAR` | data, attachments, keys, logs | `var/` in the checkout |
| `SECRET_KEY`, `FIELD_KEY` | signing; encryption of sensitive values | made once, `var/secrets` |
| `ALLOWED_HOSTS` | names the site answers to, comma separated | this machine only |
| `CSRF_TRUSTED_ORIGINS` | `https://name` behind a proxy, comma separated | none |
| `HTTPS` | 1: cookies and redirects for https only | 1, but 0 with `DEMO` |
| `TRUST_PROXY` | 1: believe `X-Forwarded-Proto` of the proxy in front | 0 |
| `DEMO` | 1: demo accounts may exist and sign in | 0 |
| `ATTACHMENTS` | folder of uploaded files | `var/attachments` |
| `CLAMAV` | virus scanner: `tcp://127.0.0.1:3310` or `unix:/run/clamav/clamd.ctl` | none: files are not scanned |
| `FONTS` | folder with the county's own faces (仿宋_GB2312, 方正小标宋) for PDF files | Noto Serif SC |
| `PUBLIC_ADDRESS` | `https://name` under which applicants reach the query page; printed as QR code | none: no code |
| `NOTIFY_MAIL` | mail server: `mailtos://user:password@host?from=bm@host` (apprise) | none: no mail |
| `NOTIFY_SMS` | gateway of text messages: `jsons://host/path` gets `phone`, `message` | none: no SMS |
| `LOG_LEVEL` | DEBUG, INFO, WARNING | INFO |
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from webapp.config import keys
from webapp.config.databases import chosen_role, target
from webapp.config.folders import FRONTEND, ROOT, living, private


def _flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").strip().lower() in {"1", "true", "yes"}


def _names(name: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


# -- what kind of installation ------------------------------------------------------------

DEBUG = False
DEMO = _flag("DEMO")
HTTPS = _flag("HTTPS", default=not DEMO)

SECRET_KEY = keys.secret("SECRET_KEY", keys.signing_key)
FIELD_KEY = keys.secret("FIELD_KEY", keys.field_key)
for _name, _value in (("SECRET_KEY", SECRET_KEY), ("FIELD_KEY", FIELD_KEY)):
    if len(_value) < 40 or _value.startswith("django-insecure"):
        raise ImproperlyConfigured(
            f"{_name} 太短或是示例值。请删掉这个环境变量（会自动生成一个），或换成 40 个以上的随机字符。"
        )

ALLOWED_HOSTS = _names("ALLOWED_HOSTS") or ["127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = _names("CSRF_TRUSTED_ORIGINS")

# -- what it is made of -------------------------------------------------------------------

INSTALLED_APPS = [
    "webapp.core",
    "webapp.audit",
    "webapp.accounts",
    "webapp.organisations",
    "webapp.catalogue",
    "webapp.processes",
    "webapp.changes",
    "webapp.cases",
    "webapp.contacts",
    "webapp.fees",
    "webapp.inboxes",
    "webapp.designer",
    "webapp.office",
    "webapp.portal",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "axes",
    "csp",
    "django_htmx",
]

CHANGE_KINDS = [
    "webapp.changes.kinds.item_guide.ItemGuide",
    "webapp.changes.kinds.item_materials.ItemMaterials",
    "webapp.changes.kinds.item_limits.ItemLimits",
    "webapp.changes.kinds.item_switches.ItemSwitches",
    "webapp.changes.kinds.item_fee.ItemFee",
    "webapp.changes.kinds.item_departments.ItemDepartments",
    "webapp.changes.kinds.item_path.ItemPath",
    "webapp.changes.kinds.item_offer.ItemOffer",
    "webapp.changes.kinds.item_offer.ItemNew",
    "webapp.changes.kinds.parameter.CountyParameter",
    "webapp.changes.kinds.parameter.RoleParameter",
    "webapp.changes.kinds.verb.VerbRoles",
    "webapp.office.kinds.roles.RoleName",
    "webapp.office.kinds.roles.RoleNew",
    "webapp.office.kinds.units.UnitChange",
    "webapp.office.kinds.units.WindowSet",
    "webapp.office.kinds.posts.PostChange",
    "webapp.office.kinds.posts.PostNew",
    "webapp.office.kinds.supervision.SupervisionBands",
    "webapp.office.calendar_change.CalendarDays",
    "webapp.office.calendar_change.CalendarWeek",
    "webapp.office.calendar_change.UnitHours",
]
"""What the county changes on pages (`webapp.changes.kinds`), in the order of lists."""

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "webapp.config.compression.CompressPagesMiddleware",
    "csp.middleware.CSPMiddleware",
    "webapp.core.incoming.IncomingMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "webapp.config.language.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "webapp.organisations.middleware.ActingMiddleware",
    "webapp.core.access.AccessMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "webapp.config.urls"
WSGI_APPLICATION = "webapp.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "webapp.config.navigation.navigation",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# -- database -----------------------------------------------------------------------------

DATABASES = {"default": target(chosen_role()).django() | {"ATOMIC_REQUESTS": False}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- people -------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.Officer"
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "home"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 10}  # type: ignore[assignment]

SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

# Five wrong passwords for one name from one address close it for a quarter of an hour.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_HANDLER = "webapp.accounts.lockout.DiscreetHandler"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address"]
AXES_HTTP_RESPONSE_CODE = 429
AXES_LOCKOUT_CALLABLE = "webapp.accounts.views.locked_out"
CSRF_FAILURE_VIEW = "webapp.accounts.views.form_expired"

# -- what the browser may do --------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if HTTPS else 0
# Other names under the county's domain are not ours to decide about.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
TRUST_PROXY = _flag("TRUST_PROXY")
if TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# -- language and time --------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "webapp" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# -- files --------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = private(living() / "static")
FRONTEND_DIST = FRONTEND
_SERIF = FRONTEND.parent / "node_modules" / "@expo-google-fonts" / "noto-serif-sc"
FONTS = [
    *([Path(os.environ["FONTS"])] if os.environ.get("FONTS") else []),
    _SERIF / "400Regular",
    _SERIF / "700Bold",
]
_DEMO_ADDRESS = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}" if DEMO else ""
PUBLIC_ADDRESS = os.environ.get("PUBLIC_ADDRESS", _DEMO_ADDRESS).rstrip("/")
STATICFILES_DIRS = [FRONTEND] if FRONTEND.is_dir() else []
ATTACHMENTS = Path(os.environ.get("ATTACHMENTS") or living() / "attachments")
MEDIA_ROOT = private(ATTACHMENTS)
MEDIA_URL = ""
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "webapp.config.static_files.HashedFiles"},
}
CLAMAV = os.environ.get("CLAMAV", "")
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# Names made from the content: by Vite, by Django.
WHITENOISE_IMMUTABLE_FILE_TEST = r"/(assets/.+-[\w-]{8}|.+\.[0-9a-f]{12})\.\w+$"
WHITENOISE_ALLOW_ALL_ORIGINS = False

# -- later work ---------------------------------------------------------------------------

OUTBOX_CHANNELS = {  # what carries each kind of message of the outbox
    "notify": "webapp.cases.channels.notify",
    "case-command": "webapp.cases.channels.case_command",
    "send-signal": "webapp.cases.channels.send_signal",
    "deliver-signal": "webapp.cases.channels.deliver_signal",
    "start-case": "webapp.cases.channels.start_case",
    "typeset": "webapp.cases.channels.typeset",
    "transfer-case": "webapp.cases.channels.transfer_case",
    "forward-command": "webapp.cases.channels.forward_command",
    "recount": "webapp.cases.channels.recount",
    "examine-file": "webapp.cases.channels.examine_file",
    "tell": "webapp.organisations.channels.tell",
    "digest": "webapp.inboxes.channels.digest",
}
NOTIFY = {
    "mail": os.environ.get("NOTIFY_MAIL", ""),
    "sms": os.environ.get("NOTIFY_SMS", ""),
}
_FILES_AS_BROKER = "filesystem://localhost"
CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL") or _FILES_AS_BROKER
if CELERY_BROKER_URL == _FILES_AS_BROKER:
    _broker = private(living() / "broker")
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(private(_broker / "messages")),
        "data_folder_out": str(private(_broker / "messages")),
        "control_folder": str(private(_broker / "control")),
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A request never waits for a broker that is away: the tables hold what is due.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "bianmin"
CELERY_TASK_ROUTES = {
    "cases.*": {"queue": "bianmin.cases"},
    "inboxes.*": {"queue": "bianmin.cases"},
    "processes.*": {"queue": "bianmin.processes"},
    "changes.*": {"queue": "bianmin.processes"},
    "core.*": {"queue": "bianmin.core"},
}
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = TIME_ZONE
CELERY_ENABLE_UTC = True

# -- log ----------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"discreet": {"()": "webapp.config.logs.Discreet"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "discreet"},
    },
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "axes": {"level": "ERROR"},
        "apprise": {"level": "CRITICAL"},  # its lines hold addresses and texts
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
    },
}
