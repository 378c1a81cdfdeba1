"""Migrations of a new database in a fraction of the time.

Django renders a class for every model that is related to the one an operation touches; since everything here refers to
parks and people, that is all of them, some hundred times over. A new model needs only itself to be rendered, and an
index, a constraint or a trigger changes no field at all. Data migrations get everything rendered anew, as Django does
whenever it has put rendering off (`is_delayed`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db.migrations.operations import AddConstraint, AddIndex, CreateModel
from pgtrigger.migrations import AddTrigger

Forwards = Callable[[Any, str, Any], None]
SPARED: Final[tuple[Any, ...]] = (CreateModel, AddIndex, AddConstraint, AddTrigger)


@contextmanager
def rendering_little() -> Iterator[None]:
    """Inside the block, these operations render what they need and no more."""
    originals = {operation: operation.state_forwards for operation in SPARED}
    for operation, original in originals.items():
        operation.state_forwards = _sparing(original, renders=operation is CreateModel)
    try:
        yield
    finally:
        for operation, original in originals.items():
            operation.state_forwards = original


def _sparing(original: Forwards, *, renders: bool) -> Forwards:
    def state_forwards(self: Any, app_label: str, state: Any) -> None:
        # Without `apps` the state changes its description only; with it, it would render at once.
        apps = state.__dict__.pop("apps", None)
        original(self, app_label, state)
        if apps is None:
            return
        state.apps, state.is_delayed = apps, True
        if renders:
            apps.render_multiple([state.models[app_label, self.name_lower]])

    return state_forwards
