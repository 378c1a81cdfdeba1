"""Sessions in the database, as Django keeps them; every request reads one, with a statement that need not be built."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

READ = "SELECT session_key, session_data, expire_date FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    """Django's own, but for the reading (`SESSION_ENGINE`)."""

    def _get_session_from_db(self) -> Any:
        """The row of the cookie's key; None when it is unknown or over."""
        with connection.cursor() as cursor:
            cursor.execute(READ, [self.session_key, timezone.now()])
            row: tuple[str, str, datetime] | None = cursor.fetchone()
        if row is None:
            self._session_key = None
            return None
        return self.model(session_key=row[0], session_data=row[1], expire_date=row[2])
