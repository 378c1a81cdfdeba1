"""History written by database triggers: every insert, update and delete of a table, bulk and raw SQL included."""

from collections.abc import Callable
from typing import Any

import pghistory
from django.db import models


def tracked(**options: Any) -> Callable[[type[models.Model]], type[models.Model]]:
    """Class decorator: keep an append-only event table beside the model; `exclude` names columns of personal data."""
    decorator: Callable[[type[models.Model]], type[models.Model]] = pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        append_only=True,
        # Once a statement instead of once a row: a definer function switches the search path and asks for the context
        # at each call, a millisecond a row, which is nine tenths of a bulk write.
        level=pghistory.Statement,
        **options,
    )
    return decorator
