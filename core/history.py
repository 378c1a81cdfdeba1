"""History written by database triggers: every insert, update and delete of a tracked table, bulk and raw SQL included."""

from collections.abc import Callable
from typing import Any

from django.db import models

import pghistory


def tracked(**options: Any) -> Callable[[type[models.Model]], type[models.Model]]:
    """Class decorator: keep an append-only event table beside the model; `exclude` names columns of personal data."""
    return pghistory.track(
        pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), append_only=True, **options
    )
