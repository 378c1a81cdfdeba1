"""Parts of every park's upkeep: what is due in services without anybody's doing."""

from core.upkeep import upkeep
from services import actions


@upkeep("services.breaches")
def record_breaches(park_id: int) -> None:
    """Limits that passed unnoticed are stamped, so that figures are complete."""
    actions.record_breaches(park_id=park_id)


@upkeep("services.withdrawn")
def cancel_reminders(park_id: int) -> None:
    """Nobody is reminded of a request that was withdrawn."""
    actions.cancel_reminders(park_id=park_id)


@upkeep("services.silence")
def close_silent(park_id: int) -> None:
    """Resolutions to which nobody objected in time are closed."""
    actions.close_silent(park_id=park_id)
