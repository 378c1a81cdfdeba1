"""Who a session belongs to: the person and what they may do, in one statement for every request."""

from typing import Any, Final

from django.contrib.auth.backends import ModelBackend
from django.db import connection

from accounts.access import GRANTED, access_from
from accounts.models import User
from core.prepared import Prepared

FIELDS: Final = [field.attname for field in User._meta.concrete_fields]
_GRANTED = GRANTED.format(user="person.id", active="person.is_active")
PERSON: Final = Prepared(
    "person",
    f"""
SELECT {", ".join(f"person.{field.column}" for field in User._meta.concrete_fields)}, granted.*
FROM accounts_user person LEFT JOIN LATERAL ({_GRANTED}) granted ON true
WHERE person.id = %(user)s ORDER BY granted.level, granted.id""",  # noqa: S608 - the names of our own columns
)


class Backend(ModelBackend):
    """Django's own, but for the reading."""

    def get_user(self, user_id: Any) -> User | None:
        """The active person, with their access."""
        rows = PERSON.rows(user=user_id)
        if not rows:
            return None
        width = len(FIELDS)
        user = User.from_db(connection.alias, FIELDS, rows[0][:width])
        user.access = access_from([row[width:] for row in rows if row[width] is not None])
        return user if self.user_can_authenticate(user) else None
