"""The steps from signing to production: their kinds, their standard names, the lines in which they run side by side."""

from datetime import date
from typing import Final

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The names that the default plan writes: data of a Chinese park.
STANDARD_NAMES: Final = {
    "registration": "工商变更",
    "filing": "立项",
    "environment": "环评",
    "design": "施工图设计",
    "tender": "招标",
    "fit_out": "装修",
    "construction": "开工",
    "production": "投产",
}
LINES: Final[dict[str, str | Promise]] = {
    "licence": _("Licences"),
    "approval": _("Approvals"),
    "works": _("Design and works"),
    "production": _("Start of production"),
}


class StepKind(models.TextChoices):
    """The steps from signing to production, as article 001 lists them."""

    REGISTRATION = "registration", _("Registration change")
    FILING = "filing", _("Project filing")
    ENVIRONMENT = "environment", _("Environmental assessment")
    DESIGN = "design", _("Construction drawings")
    TENDER = "tender", _("Tender")
    FIT_OUT = "fit_out", _("Fit-out")
    CONSTRUCTION = "construction", _("Construction start")
    PRODUCTION = "production", _("In production")
    OTHER = "other", _("Other")


class Titled:
    """A step with its standard Chinese name is shown in the reader's language; a renamed one as it was typed."""

    kind: str
    name: str

    @property
    def title(self) -> str:
        """The step's name as pages show it."""
        kept = not self.name or self.name == STANDARD_NAMES.get(self.kind)
        return str(StepKind(self.kind).label) if kept and self.kind in StepKind.values else self.name


class NextStep(Titled):
    """What a list shows of the step that is due first."""

    def __init__(self, *, id: int, kind: str, name: str, due: str, owner: str) -> None:
        self.pk, self.kind, self.name, self.owner = id, kind, name, owner
        self.due_on = date.fromisoformat(due)
