"""A request on a Friday afternoon in the inner park, and the people around it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import pytest
import time_machine

from accounts.models import Membership, Role
from core.isolation import user_scope
from core.worktime import SHANGHAI
from parks.models import Park
from services.actions import submit_ticket
from services.models import CatalogueItem, Ticket
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_item

DAYS = {"Fri": 6, "Sat": 7, "Mon": 9, "Tue": 10, "Wed": 11, "Thu": 12}


def at(text: str) -> datetime:
    """“Fri 16:30”: Friday is 6 November 2026."""
    day, clock = text.split()
    return datetime.combine(date(2026, 11, DAYS[day]), time.fromisoformat(clock), SHANGHAI)


@dataclass
class Desk:
    """The clock in the test's hand, a park, its service and what people do there."""

    cast: Cast
    park: Park
    item: CatalogueItem
    traveller: time_machine.Traveller

    def at(self, moment: str) -> None:
        """It is now “Mon 10:00”."""
        self.traveller.move_to(at(moment))

    def ask(self, moment: str = "Fri 16:30", **values: Any) -> Ticket:
        """The enterprise submits a request at that moment."""
        self.at(moment)
        person = self.cast.enterprise
        asked: dict[str, Any] = {"item": self.item, "title": "工商变更", "text": "请协助办理"}
        with user_scope(person):
            return submit_ticket(by=person, company=self.cast.settled, park=self.park, **(asked | values))

    def do(self, action: Any, moment: str, who: str, ticket: Ticket, **values: Any) -> Ticket:
        """Somebody acts on it at that moment, in a scope of their own."""
        self.at(moment)
        person = self.cast.people[who]
        with user_scope(person):
            action(by=person, ticket=ticket, **values)
        with self.cast.everywhere():
            ticket.refresh_from_db()
        return ticket


@pytest.fixture
def desk(cast: Cast) -> Iterator[Desk]:
    """Target: an answer in two working hours, a resolution in four."""
    cast.people["second"] = _colleague(cast, "second")
    cast.people["third"] = _colleague(cast, "third")
    with cast.everywhere():
        item = make_item(cast.inner, response_minutes=120, resolve_minutes=240)
    with time_machine.travel(at("Fri 16:30"), tick=False) as traveller:
        yield Desk(cast, cast.inner, item, traveller)


def _colleague(cast: Cast, name: str) -> Any:
    from accounts.models import User

    user = User.objects.create(username=name, display_name=name, email=f"{name}@example.com")
    Membership.objects.create(user=user, park=cast.inner, role=Role.objects.get(code="operator_officer"))
    return user
