"""The WSGI application that the production server loads."""

import os

from django.core.wsgi import get_wsgi_application

from config.startup import check_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
check_start()
