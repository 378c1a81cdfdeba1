"""What the machine writes where people write: what a card is kept for, and why an imported lead was given up."""

from django.utils.translation import gettext as _

from core.sayings import saying


@saying
def investment_promotion() -> str:
    """What a contact is kept for where nobody says."""
    return _("Investment promotion")


@saying
def import_taken_back(*, name: str) -> str:
    """Why a lead that a list made was given up."""
    return _("The import “%s” was taken back.") % name


@saying
def merge_fault() -> str:
    """A fault of the program kept two companies from being merged, or a merge from being undone."""
    return _("It could not be done because of a fault. Try again.")
