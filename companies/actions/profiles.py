"""Changes to what a park knows of a company as its target."""

from typing import TYPE_CHECKING, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from companies.models import Company, Contact, TargetProfile
from core.access import require
from core.errors import Refused, Stale

if TYPE_CHECKING:
    from accounts.models import User


class Profile(TypedDict, total=False):
    """What people write; who decides follows from the contacts."""

    is_leader: bool | None
    key_technology: str
    association: str
    environment: str
    environment_state: str
    policy: str
    policy_state: str
    supply_chain: str
    supply_chain_state: str
    resources: str
    resources_state: str


@transaction.atomic
def write_profile(
    *, by: "User", park_id: int, company: Company, version: int | None, **facts: Unpack[Profile]
) -> TargetProfile:
    """Write the park's profile of a company; the first one begins it (`version` None or 0).

    Raises Stale when another version was read, also when somebody began it at the same moment.
    """
    require(by, "profiles.change", park_id)
    _first, begun = TargetProfile.objects.get_or_create(park_id=park_id, company=company, defaults={"created_by": by})
    profile: TargetProfile = TargetProfile.objects.select_for_update().get(park_id=park_id, company=company)
    if version is not None and not begun and profile.version != version:
        raise Stale(_("This profile was changed meanwhile. Reload it and repeat your change."))
    values = {name: value.strip() if isinstance(value, str) else value for name, value in facts.items()}
    if not begun and all(getattr(profile, name) == value for name, value in values.items()):
        return profile
    for name, value in values.items():
        setattr(profile, name, value)
    _check(profile)
    _look_at_people(profile)
    profile.version += 0 if begun else 1
    profile.save()
    return profile


def _check(profile: TargetProfile) -> None:
    """A demand has an answer only once it is known."""
    for name in TargetProfile.ITEMS["demands"]:
        state = getattr(profile, f"{name}_state")
        if not getattr(profile, name) and state != TargetProfile.Answer.OPEN:
            raise Refused(_("Write down what they want before you answer it."), field=name, code="required")


def follow_people(*, park_id: int, company_id: int) -> None:
    """After a contact changed: whether a decision maker is known and was met. No version: nobody wrote anything."""
    profile = TargetProfile.objects.select_for_update().filter(park_id=park_id, company_id=company_id).first()
    if profile is None:
        return
    before = (profile.decider_known, profile.decider_met)
    _look_at_people(profile)
    if before != (profile.decider_known, profile.decider_met):
        profile.save(update_fields=["decider_known", "decider_met", "filled"])


def _look_at_people(profile: TargetProfile) -> None:
    people = Contact.objects.filter(park_id=profile.park_id, company_id=profile.company_id, is_decision_maker=True)
    met = list(people.values_list("met_on", flat=True))
    profile.decider_known, profile.decider_met = bool(met), any(met)
    profile.count()
