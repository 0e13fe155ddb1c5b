"""Settings of the site: everything a deployer chooses is read from the environment, here alone.

The variables are listed in .env.example and in the README. Importing this module needs neither a
database nor Redis, because collectstatic runs at build time without them.
"""

import ipaddress
import logging
import re
import ssl
import sys
import warnings
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")


def flag(name: str, *, default: bool) -> bool:
    """Return a variable that is on or off. Raises ImproperlyConfigured for any other word."""
    words = {"on": True, "true": True, "yes": True, "1": True}
    words |= {"off": False, "false": False, "no": False, "0": False, "": default}
    value = env.str(name, default="").strip().lower()
    if value not in words:
        raise ImproperlyConfigured(f"{name} must be on or off, not {value!r}.")
    return words[value]


def number(name: str, *, default: int) -> int:
    """Return a variable that is a number from 0 up. Raises ImproperlyConfigured for others."""
    value = env.str(name, default="").strip() or str(default)
    if not (value.isascii() and value.isdigit()):
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    return int(value)


# --- What kind of process this is -----------------------------------------------------------

DEBUG = flag("DEBUG", default=False)
RATE_LIMITS = flag("RATE_LIMITS", default=True)
# Proxies in front of us that append to X-Forwarded-For; 0 means no X-Forwarded header is believed.
# Heroku's router is one, and a dyno always carries DYNO.
TRUSTED_PROXY_COUNT = number("TRUSTED_PROXY_COUNT", default=1 if "DYNO" in env.ENVIRON else 0)
# Open at once in a server process. Behind one address there may be a whole company.
SOCKETS_PER_ADDRESS = number("SOCKETS_PER_ADDRESS", default=500)

DEVELOPMENT_SECRET_KEY = "development-only-secret-key-never-for-a-site-that-others-can-reach"
BUILDING = any(command in sys.argv for command in ("collectstatic", "compilemessages"))
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    if not (DEBUG or BUILDING):
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Set it to a long random string, or DEBUG=on for development."
        )
    SECRET_KEY = DEVELOPMENT_SECRET_KEY
elif SECRET_KEY == DEVELOPMENT_SECRET_KEY and not DEBUG:
    raise ImproperlyConfigured("SECRET_KEY is the development key. Set one of your own.")
elif not DEBUG and (SECRET_KEY.startswith("django-insecure-") or len(set(SECRET_KEY)) < 5):
    raise ImproperlyConfigured("SECRET_KEY can be guessed. Set it to a long random string.")

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])


def is_of_development(host: str) -> bool:
    """Tell whether ``host`` can only mean this machine, or one in a private network."""
    name = host.strip("[].").rpartition(".")[2]
    if name in ("localhost", "testserver", "test", "local", "internal"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_private
    except ValueError:
        return False


# With DEBUG, faults are shown with the code and the settings around them.
if DEBUG and "DYNO" in env.ENVIRON:
    raise ImproperlyConfigured("DEBUG is for development alone: turn it off on Heroku.")
if DEBUG and not all(map(is_of_development, ALLOWED_HOSTS)):
    raise ImproperlyConfigured(
        "DEBUG is for development alone, and ALLOWED_HOSTS names a host that others can reach."
    )

# --- The parts ------------------------------------------------------------------------------

INSTALLED_APPS = [
    "daphne",  # before staticfiles: its runserver speaks WebSocket
    "chatsite",
    "chat",
    "accounts",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "channels",
    "csp",
]

MIDDLEWARE = [
    "chatsite.middleware.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "chat.api.middleware.DatabaseCheck",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.SessionTracking",
    "accounts.middleware.OwnLanguage",
    "accounts.middleware.BanGate",
    "accounts.middleware.AdminGate",
    "accounts.middleware.OwnTimeZone",
]

ROOT_URLCONF = "chatsite.urls"
# The admin's first segment. Another one than "admin" keeps out of the way of those who only try.
ADMIN_PATH = env.str("ADMIN_PATH", default="").strip("/") or "admin"
if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", ADMIN_PATH):
    raise ImproperlyConfigured("ADMIN_PATH must be one word of letters, digits, dashes and _.")
if ADMIN_PATH in {"accounts", "api", "design", "media", "people", "rooms", "static", "ws"}:
    raise ImproperlyConfigured(f"ADMIN_PATH cannot be {ADMIN_PATH!r}: the site needs that itself.")
ASGI_APPLICATION = "chatsite.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.site",
            ],
        },
    }
]

# --- Database -------------------------------------------------------------------------------

STATEMENT_TIMEOUT = number("DATABASE_STATEMENT_TIMEOUT", default=10)  # s
LOCK_TIMEOUT = number("DATABASE_LOCK_TIMEOUT", default=5)  # s
# Threads of a server process that talk to the database, and so its connections for live work.
DATABASE_THREADS = number("DATABASE_THREADS", default=4)
# Connections that the event loop stores messages on.
DATABASE_WRITERS = 2
DATABASE_POOL = number("DATABASE_POOL", default=2 * DATABASE_THREADS + DATABASE_WRITERS)
# What is left of the pool for requests: with more of them at once, live work would wait for them.
REQUESTS_AT_ONCE = max(1, DATABASE_POOL - DATABASE_THREADS - DATABASE_WRITERS)

try:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of an unknown engine, of which we tell ourselves
        database = env.db_url_config(
            env.str("DATABASE_URL", default="") or f"sqlite:///{BASE_DIR / 'db.sqlite3'}"
        )
except (ValueError, KeyError, environ.ImproperlyConfigured) as error:
    raise ImproperlyConfigured(f"DATABASE_URL cannot be read: {error}") from error

match database.get("ENGINE"):
    case "django.db.backends.sqlite3":
        database["OPTIONS"] = {
            "timeout": LOCK_TIMEOUT,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
    case "django.db.backends.postgresql":
        database["CONN_MAX_AGE"] = 0
        # So that a page does not get a connection that was lost while it lay in the pool.
        database["CONN_HEALTH_CHECKS"] = True
        database.setdefault("OPTIONS", {})
        database["OPTIONS"] |= {
            # Threads for live work, and as many again for pages.
            "pool": {
                "min_size": 1,
                "max_size": DATABASE_POOL,
                "timeout": 5,  # s
            },
            "connect_timeout": 5,  # s
            # A database host that vanished is noticed, and does not keep our threads for ever.
            "keepalives_idle": 10,  # s
            "keepalives_interval": 5,  # s
            "keepalives_count": 3,
            "tcp_user_timeout": 15_000,  # ms
            "options": (
                f"-c statement_timeout={STATEMENT_TIMEOUT}s -c lock_timeout={LOCK_TIMEOUT}s"
                # A process that froze or vanished amid a transaction holds no room for long.
                f" -c idle_in_transaction_session_timeout={STATEMENT_TIMEOUT}s"
                " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5"
                " -c tcp_keepalives_count=3"
            ),
        }
    case _:
        raise ImproperlyConfigured(
            "DATABASE_URL must begin with postgres:// or sqlite:///, for instance "
            "postgres://chat:secret@localhost:5432/chat"
        )
DATABASES = {"default": database}

# --- Redis: hints between processes, never the truth -----------------------------------------

REDIS_URL = env.str("REDIS_URL", default="")


def redis_host(url: str) -> dict:
    """Return the connection settings of ``url`` for redis-py and channels-redis.

    Raises ImproperlyConfigured for an address that is not redis://, rediss:// or unix://.
    """
    if urlsplit(url).scheme not in ("redis", "rediss", "unix"):
        raise ImproperlyConfigured(
            "REDIS_URL must begin with redis://, rediss:// or unix://, for instance "
            "redis://localhost:6379/0"
        )
    # redis-py's own default of 5 s would end an idle subscription.
    host = {"address": url, "socket_timeout": None, "socket_connect_timeout": 5}
    if url.startswith("rediss://"):
        # Heroku's Redis presents a certificate that it signed itself.
        host["ssl_cert_reqs"] = ssl.CERT_NONE
    return host


if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [redis_host(REDIS_URL)], "prefix": "chat"},
        }
    }
    CACHES = {
        "default": {
            "BACKEND": "chatsite.cache.HintCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2}
            | ({"ssl_cert_reqs": None} if REDIS_URL.startswith("rediss://") else {}),
        }
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- What it is called, and who gets in --------------------------------------------------------

SITE_NAME = env.str("SITE_NAME", default="Parlour")
SIGNUP = flag("SIGNUP", default=True)
# Public rooms that a new member joins at sign-up, by slug, as far as they exist.
WELCOME_ROOMS = env.list("WELCOME_ROOMS", default=["general"])

# --- Who is who -----------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
# The database, not a cache: a revoked session must be gone everywhere at once.
SESSION_ENGINE = "django.contrib.sessions.backends.db"

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
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

EMAIL_URL = env.str("EMAIL_URL", default="")
MAIL_CONFIGURED = bool(EMAIL_URL) and not EMAIL_URL.startswith("consolemail:")
try:
    # Printed mail would put the secrets of its links into the log.
    unset = "consolemail://" if DEBUG else "dummymail://"
    vars().update(env.email_url_config(EMAIL_URL or unset))
except (ValueError, KeyError, environ.ImproperlyConfigured) as error:
    raise ImproperlyConfigured(f"EMAIL_URL cannot be read: {error}") from error
EMAIL_TIMEOUT = 10  # s, so that a mail server that hangs holds nobody up for long
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="chat@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "signup": "accounts.forms.SignupForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
}
ACCOUNT_USERNAME_MIN_LENGTH = 2
# Words that mean more than one member when they are mentioned.
ACCOUNT_USERNAME_BLACKLIST = ["all", "channel", "everyone", "here", "room"]
ACCOUNT_EMAIL_NOTIFICATIONS = MAIL_CONFIGURED
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*" if MAIL_CONFIGURED else "email", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if MAIL_CONFIGURED else "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = True
# Tries at one account are counted by accounts.guessing.
ACCOUNT_RATE_LIMITS: dict[str, str] | bool = {"login_failed": "10/m/ip"} if RATE_LIMITS else False
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
# Without mail no address can be confirmed, and a second step must be possible all the same.
MFA_ALLOW_UNVERIFIED_EMAIL = not MAIL_CONFIGURED
MFA_RATE_LIMITS: dict[str, str] | bool = {} if RATE_LIMITS else False
MFA_FORMS = {"add_webauthn": "accounts.forms.AddPasskeyForm"}
MFA_TOTP_ISSUER = SITE_NAME
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
# on: staff have no rights of staff until they have set up a second step.
STAFF_TWO_FACTOR = flag("STAFF_TWO_FACTOR", default=False)
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
USERSESSIONS_TRACK_ACTIVITY = True

# --- Security -------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
# It looks for Django's SecurityMiddleware by name; ours is that one, with an exception.
SILENCED_SYSTEM_CHECKS = ["security.W001"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# TLS in front is the rule outside development; a site in a closed network says HTTPS=off. A browser
# on this very machine is exempt: see chatsite.middleware.
HTTPS = flag("HTTPS", default=not DEBUG)
LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "[::1]"}
# `__Host-`: nobody but this very host, over TLS, can have set it, no neighbour under its domain.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"  # which scripts of ours read, for its header
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}language"
SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "chatsite.notes.Notes"
if HTTPS:
    SECURE_SSL_REDIRECT = flag("SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = number("HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = flag("HSTS_INCLUDE_SUBDOMAINS", default=True)
    SECURE_HSTS_PRELOAD = flag("HSTS_PRELOAD", default=True)

# Where links in mails lead. The Host header of whoever asked for a mail says nothing.
SITE_URL = env.str("SITE_URL", default="").rstrip("/")
if SITE_URL and not re.fullmatch(r"https?://[^/?#@\s]+", SITE_URL):
    raise ImproperlyConfigured("SITE_URL must be as https://chat.example.org, without a path.")
if not SITE_URL:
    named = [host for host in ALLOWED_HOSTS if not host.startswith((".", "*"))]
    if MAIL_CONFIGURED and not named:
        raise ImproperlyConfigured("SITE_URL is not set, and links in mails need it.")
    SITE_URL = f"{'https' if HTTPS else 'http'}://{(named or ['localhost'])[0]}"

# --- Files ----------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "media/"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(BASE_DIR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "chatsite.storage.HashedStaticFiles"
    },
}

# --- Language and time ----------------------------------------------------------------------

LANGUAGE_CODE = "en"
# Each but the first has a catalogue in locale/; `manage.py words` writes what is read of it.
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("ar", "العربية")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "chatsite.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Logs -----------------------------------------------------------------------------------

LOG_LEVEL = (env.str("LOG_LEVEL", default="") or "INFO").upper()
if LOG_LEVEL not in logging.getLevelNamesMapping():
    raise ImproperlyConfigured(f"LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR, not {LOG_LEVEL}.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "chat": {"level": LOG_LEVEL},
        "chatsite": {"level": LOG_LEVEL},
        # The hub tells once that Redis is away; the layer would add a traceback a second.
        "channels_redis": {"level": "CRITICAL"},
        "django.request": {"level": "ERROR"},
        "django.channels.server": {"level": "WARNING"},
    },
}
