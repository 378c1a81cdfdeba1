"""A form that is submitted twice is carried out once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction

from core.models import RequestKey

if TYPE_CHECKING:
    from accounts.models import User


@dataclass
class Once:
    """`url` is set when the same key was carried out before; `finish` remembers where the first one led."""

    record: RequestKey | None
    url: str | None = None

    def finish(self, url: str) -> None:
        """Remember where the first submission led, for its repetitions."""
        if self.record is not None:
            RequestKey.objects.filter(pk=self.record.pk).update(url=url)


@contextmanager
def once(*, user: "User", key: UUID | str | None) -> Iterator[Once]:
    """Carry out the body unless the user's key was used before; a second request at the same moment waits."""
    if not key:
        yield Once(None)
        return
    try:
        with transaction.atomic():
            record = RequestKey.objects.create(user=user, key=key)
    except IntegrityError:
        yield Once(None, RequestKey.objects.get(user=user, key=key).url)
        return
    yield Once(record)
