"""What a lead came of, and the journey on which something was done: parts of the forms for leads and activities."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from leads.forms.outward import ChoiceOfRow
from leads.models import Event, Trip
from leads.queries.events import recent_events
from leads.queries.referrals import active_referrers
from leads.queries.trips import running_trips


class FromEvent(forms.Form):
    """The event that a lead came of; asked for where its source is an event."""

    event = ChoiceOfRow(label=_("Which event?"), required=False)

    def offer_events(self, park_id: int | None, present: Event | None = None) -> None:
        """The latest events of the park, and the present one; without any, nothing is asked."""
        events = recent_events(park_id) if park_id else []
        events += [present] if present and present not in events else []
        if events:
            self.fields["event"].offer(events)  # type: ignore[attr-defined]  # a ChoiceOfRow
        else:
            del self.fields["event"]


class FromReferrer(forms.Form):
    """Who brought the lead; asked for where its source is somebody's word, of those who keep referrers."""

    referrer = ChoiceOfRow(label=_("Who brought it?"), required=False)

    def offer_referrers(self, user: User, park_id: int | None) -> None:
        """The park's referrers by name; without any, nothing is asked."""
        known = active_referrers(park_id) if park_id and user.access.can("referrers.change", park_id) else []
        if known:
            self.fields["referrer"].offer(known)  # type: ignore[attr-defined]  # a ChoiceOfRow
        else:
            del self.fields["referrer"]


class OnTrip(forms.Form):
    """The trip that an activity belongs to: one's own that is under way is chosen already."""

    trip = ChoiceOfRow(label=_("On the trip"), required=False)

    def offer_trips(self, user: User, trips: list[Trip]) -> None:
        """These trips; without any, nothing is asked, unless one was given: the action says why it does not fit."""
        given = str(self["trip"].value() or "")
        if given.isdecimal() and len(given) < 19 and given not in {str(trip.pk) for trip in trips}:
            trips = [*trips, *Trip.objects.visible_to(user).filter(pk=given)]
        if trips or (given and self.is_bound):
            self.fields["trip"].offer(trips)  # type: ignore[attr-defined]  # a ChoiceOfRow
        else:
            del self.fields["trip"]

    def offer_journeys(self, user: User, park_id: int | None = None) -> None:
        """The trips on which the person is now, the one under way chosen already."""
        trips = [trip for trip in running_trips(user) if park_id in {None, trip.park_id}]
        self.fields["trip"].initial = under_way(trips)
        self.offer_trips(user, trips)


def under_way(trips: list[Trip]) -> str:
    """The key of the trip that has not ended for this person."""
    return next((str(trip.pk) for trip in trips if trip.until and trip.until >= timezone.localdate()), "")
