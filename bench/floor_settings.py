"""The floor: the same server and database, a session and nothing else; no row security, no shell, no filters."""

from config.settings import *  # noqa: F403 - the same database, sessions and people

ROOT_URLCONF = "bench.floor"
WSGI_APPLICATION = "bench.floor_wsgi.application"
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
DATABASES["default"]["ATOMIC_REQUESTS"] = False  # noqa: F405
