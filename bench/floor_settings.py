"""The floor: the same server and database, Django's own session and nothing else; no row security, shell or filters."""

from config.settings import *  # noqa: F403 - the same database and people

ROOT_URLCONF = "bench.floor"
WSGI_APPLICATION = "bench.floor_wsgi.application"
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
