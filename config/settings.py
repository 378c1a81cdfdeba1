"""All settings of Luodi, read once from the environment (config/env.py); importing them starts nothing."""

from pathlib import Path

import django_stubs_ext
import pghistory
from django import forms
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import env

# Generic base classes (`FormView[…]`) can be written as the type checker reads them.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
LUODI_HOME = Path(env.text("LUODI_HOME", str(BASE_DIR / "var"))).resolve()
LUODI_MODE = env.choice("LUODI_MODE", "demo", ("demo", "production"))
PRODUCTION = LUODI_MODE == "production"
DEBUG = env.flag("LUODI_DEBUG", default=False)

SECRET_KEY = env.text("LUODI_SECRET_KEY", "" if PRODUCTION else "demonstration-only-not-a-secret-" + "0" * 32)
if not SECRET_KEY:
    raise ImproperlyConfigured("LUODI_SECRET_KEY must be set when LUODI_MODE=production")
ALLOWED_HOSTS = env.text("LUODI_HOSTS", "" if PRODUCTION else "*").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in env.text("LUODI_ORIGINS", "").split(",") if origin]
PUBLIC_URL = env.text("LUODI_URL", "http://127.0.0.1:8000")

INSTALLED_APPS = [
    "core",
    "accounts",
    "notices",
    "parks",
    "companies",
    "leads",
    "projects",
    "services",
    "portal",
    "reports",
    "desk",
    "demo",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.middleware.TokenMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "core.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "portal.middleware.PortalMiddleware",
    "core.middleware.ScopeMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "desk.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "core.templatetags.ui",
                "core.templatetags.formats",
                "core.templatetags.lists",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    },
    {
        "BACKEND": "core.jinja.Engine",
        "NAME": "jinja2",
        "DIRS": [BASE_DIR / "templates", Path(forms.__path__[0]) / "jinja2"],
        "OPTIONS": {"environment": "core.jinja.environment"},
    },
]

# Data ---------------------------------------------------------------------------------------------------------------
DATABASES = {
    "default": env.database(env.text("DATABASE_URL", "postgresql://luodi_app@127.0.0.1:5432/luodi"))
    # No ATOMIC_REQUESTS: ScopeMiddleware's transaction reaches further, around the rendering, too.
    | {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
}
DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", 5)
DATABASES["default"]["OPTIONS"].setdefault("application_name", "luodi")
# The history is written at every change and read by the row it tells of, never by what that row referred to.
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(db_index=True)
REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
MEDIA_ROOT = LUODI_HOME / "files"
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# People -------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.backends.Backend"]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "desk:today"
LOGOUT_REDIRECT_URL = "accounts:login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = False
API_TOKEN_HOURS = 12
# A wrong password is counted per name and address; REMOTE_ADDR only, a forged X-Forwarded-For gains nothing.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "core.middleware.client_address"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_LOCKOUT_CALLABLE = "accounts.views.locked_out"
AXES_VERBOSE = False

# Words, days and pages ----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
STATIC_URL = "/static/"
STATIC_ROOT = LUODI_HOME / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "core.staticfiles.PackageFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "core.staticfiles.HashedStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
FORM_RENDERER = "core.jinja.FormRenderer"
INSTALLED_APPS.append("django.forms")
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Mail ---------------------------------------------------------------------------------------------------------------
EMAIL_URL = env.text("EMAIL_URL", "")
if EMAIL_URL:
    globals().update(env.email(EMAIL_URL))
elif PRODUCTION:
    raise ImproperlyConfigured("EMAIL_URL must be set when LUODI_MODE=production")
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = LUODI_HOME / "mail"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("LUODI_MAIL_FROM", "Luodi <luodi@localhost>")

# Security -----------------------------------------------------------------------------------------------------------
TLS = env.flag("LUODI_TLS", default=PRODUCTION)
SESSION_COOKIE_NAME = "__Host-session" if TLS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if TLS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = TLS
CSRF_FAILURE_VIEW = "core.views.out_of_date"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
BEHIND_PROXY = env.flag("LUODI_BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# API ----------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["core.rest.RequestUserAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["core.rest.Declared"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.MultiPartParser",
        "rest_framework.parsers.FormParser",
    ],
    "DEFAULT_PAGINATION_CLASS": "core.rest.CursorPages",
    "DEFAULT_FILTER_BACKENDS": [
        "core.rest.ViewFilter",
        "core.rest.SearchFilter",
        "core.rest.OrderingFilter",
    ],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.rest.problem",
    "COERCE_DECIMAL_TO_STRING": True,
    "PAGE_SIZE": 50,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Luodi API",
    "DESCRIPTION": "Investment promotion and enterprise service of industrial parks.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "JobState": "core.models.Job.State",
        "SubmissionState": "leads.models.Submission.State",
        "ProjectState": "projects.models.Project.State",
        "PaymentState": "projects.models.Payment.State",
        "TicketState": "services.models.Ticket.State",
        "ReportState": "reports.models.Report.State",
        "NoticeState": "notices.models.Notice.State",
        "ClaimConflictState": "leads.models.ClaimConflict.State",
        "ErasureReason": "companies.models.Contact.Erasure",
        "OutsiderKind": "leads.models.PersonReveal.Kind",
        "DropReason": "leads.models.leads.DropReason",
        "LeadStage": "leads.models.leads.Stage",
        "DemandAnswer": "companies.models.TargetProfile.Answer",
        "ActivityKind": "leads.models.Activity.Kind",
        "CostKind": "leads.models.costs.CostKind",
        "HourKind": "leads.models.ReceptionItem.Kind",
        "ParticipantBasis": "leads.models.EventPerson.Basis",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LUODI_LOG_LEVEL", "WARNING")},
}
