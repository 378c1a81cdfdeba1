"""Sessions in the database, as Django keeps them; every request reads one, with a statement that need not be built."""

from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone

from core.prepared import Prepared

READ = Prepared(
    "session",
    """SELECT session_key, session_data, expire_date FROM django_session
    WHERE session_key = %(key)s AND expire_date > %(now)s""",
)


class SessionStore(db.SessionStore):
    """Django's own, but for the reading (`SESSION_ENGINE`)."""

    def _get_session_from_db(self) -> Any:
        """The row of the cookie's key; None when it is unknown or over."""
        rows = READ.rows(key=self.session_key, now=timezone.now())
        if not rows:
            self._session_key = None
            return None
        [(key, data, expires)] = rows
        return self.model(session_key=key, session_data=data, expire_date=expires)
