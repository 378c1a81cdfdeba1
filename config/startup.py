"""What must be true before a web or worker process serves anybody."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection


def check_start() -> None:
    """Refuse to start outside the boundary, and in production with a demonstration's login.

    Raises ImproperlyConfigured; a database that cannot be reached raises its own OperationalError.
    """
    from accounts.models import User
    from core.reconcile import plan

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        role, bypasses = cursor.fetchone()
    if bypasses:
        raise ImproperlyConfigured(f"The database role {role} bypasses row security; connect as luodi_app.")
    missing = plan()
    if missing:
        raise ImproperlyConfigured(f"Run `manage.py migrate` as the owner first; missing: {missing[:3]}")
    if settings.PRODUCTION:
        demo = list(User.objects.filter(is_demo=True, is_active=True).values_list("username", flat=True)[:3])
        if demo:
            raise ImproperlyConfigured(f"LUODI_MODE=production refuses demonstration logins: {', '.join(demo)} …")
    connection.close()
