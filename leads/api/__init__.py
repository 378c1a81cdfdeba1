"""The routes of this app in `/api/v1/`."""

from core.api import ViewSet
from leads.api.activities import ActivityViewSet
from leads.api.leads import LeadViewSet
from leads.api.submissions import SubmissionViewSet

routes: list[tuple[str, type[ViewSet]]] = [
    ("leads", LeadViewSet),
    ("activities", ActivityViewSet),
    ("submissions", SubmissionViewSet),
]
