"""Which service requests a person sees."""

from typing import Any

from core.isolation import ParkOwnedQuerySet


class TicketQuerySet(ParkOwnedQuerySet[Any]):
    """The park's staff see the park's requests; the enterprise sees its own."""
