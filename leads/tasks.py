"""Parts of every park's upkeep: what is due in leads without anybody's doing."""

from core.upkeep import upkeep
from leads import actions


@upkeep("leads.pool")
def return_to_pool(park_id: int) -> None:
    """Leads whose protection is over fall into the public pool."""
    actions.return_expired(park_id=park_id)
