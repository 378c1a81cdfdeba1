"""What the machine writes where people write reasons: in the stage log, at the end of a claim, in a case."""

from django.utils.translation import gettext as _

from core.sayings import saying


@saying
def move_undone() -> str:
    """A move on the board that was a slip."""
    return _("Move undone")


@saying
def lead_dropped(*, why: str, words: str) -> str:
    """The reason of the list, and what was added to it."""
    from leads.models import DropReason

    return " · ".join(part for part in (str(DropReason(why).label), words) if part)


@saying
def company_free() -> str:
    """A contested claim ended before anybody ruled."""
    return _("The company is free now: claim it.")


@saying
def shared_by(*, park: str) -> str:
    """What a contact that came with an offered lead is kept for."""
    return _("Shared by %(park)s with the lead") % {"park": park}
