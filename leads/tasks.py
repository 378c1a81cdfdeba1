"""Parts of every park's upkeep: what is due in leads without anybody's doing."""

from core.upkeep import upkeep
from leads import actions


@upkeep("leads.pool")
def return_to_pool(park_id: int) -> None:
    """Leads whose protection is over fall into the public pool."""
    actions.return_expired(park_id=park_id)


@upkeep("leads.offers")
def end_offers(park_id: int) -> None:
    """Offers to other parks that nobody answered in time end on both sides."""
    actions.expire_offers(park_id=park_id)
