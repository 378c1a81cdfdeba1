"""What the reader's parks know of a company as their target."""

from typing import TYPE_CHECKING

from companies.models import Company, TargetProfile

if TYPE_CHECKING:
    from accounts.models import User


def profiles_of(user: "User", company: Company) -> list[TargetProfile]:
    """The profiles of all parks where the reader sees them."""
    parks = user.access.parks_with("profiles.view")
    rows = TargetProfile.objects.visible_to(user).filter(company=company, park_id__in=parks)
    return list(rows.select_related("park").order_by("park_id"))


def profile_in(park_id: int, company: Company) -> TargetProfile:
    """The park's profile, or an unsaved empty one."""
    found = TargetProfile.objects.filter(park_id=park_id, company=company).first()
    return found or TargetProfile(park_id=park_id, company=company, version=0)
