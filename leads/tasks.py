"""Parts of every park's upkeep: what is due in leads without anybody's doing."""

from core.upkeep import upkeep
from leads import actions
from leads.actions import courier


@upkeep("leads.pool")
def return_to_pool(park_id: int) -> None:
    """Leads whose protection is over fall into the public pool."""
    actions.return_expired(park_id=park_id)


@upkeep("leads.offers")
def end_offers(park_id: int) -> None:
    """Offers to other parks that nobody answered in time end on both sides."""
    actions.expire_offers(park_id=park_id)


@upkeep("leads.conflicts", scoped=False)
def carry_conflicts(park_id: int) -> None:
    """Cases between parks are brought before the zone, rulings back to the parks."""
    courier.carry(park_id)
