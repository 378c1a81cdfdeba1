"""Promotion intelligence: the list, a new piece, reading and judging one."""

from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from companies.actions import add_company
from core.access import fetch, person, require
from core.pages import (
    LOGGED_IN,
    ActionPage,
    Button,
    Column,
    Empty,
    FormNeeded,
    FormPage,
    ListPage,
    Property,
    Quick,
    RecordPage,
)
from leads.actions import claim_submission, hand_over_lead, judge_submission, submit_information
from leads.filters import SubmissionFilter
from leads.forms.submissions import ClaimSubmissionForm, JudgeForm, SubmissionForm
from leads.models import Lead, Submission
from leads.queries.submissions import alike

REPORT = Button(
    _("Submit information"), "leads:submit", "plus", permission="submissions.add", primary=True, sheet=True, key="n"
)


class Readable:
    """Mixin of pages for those who submit and for those who only look: one of two permissions will do."""

    access: Any

    def check_permission(self) -> None:
        """403 for everybody else."""
        if not self.access.can("submissions.view") and not self.access.can("submissions.add"):
            raise PermissionDenied


class SubmissionList(Readable, ListPage):
    """One's own information, and everybody's for those who judge."""

    permission = LOGGED_IN
    title = _("Information submitted")
    filterset_class = SubmissionFilter
    rows_template = "leads/submission_rows.html"
    default_order = "-submitted_at"
    saves_views = True
    exports = True
    columns = (
        Column("title", _("Title")),
        Column("company", _("Company named"), export="company_name"),
        Column("state", _("State")),
        Column("by", _("Reported by"), export="submitted_by"),
        Column("at", _("Reported at"), sort="submitted_at"),
        Column("judge_by", _("Judge by")),
    )
    quick = (
        Quick(_("Mine"), "submitted_by", "me"),
        Quick(_("To be judged"), "state", "pending"),
        Quick(_("Overdue"), "late", "true"),
    )
    buttons = (REPORT,)
    empty = Empty(
        _("No information yet"),
        _("Heard that a company looks for a site? Anyone can report it; it is judged within days, and counts."),
        "bulb",
        "leads:submit",
        _("Submit information"),
        permission="submissions.add",
    )

    def get_queryset(self) -> QuerySet[Submission]:
        rows: QuerySet[Submission] = Submission.objects.visible_to(person(self.request)).with_people()
        return rows


class Submit(FormPage):
    """A new piece of intelligence."""

    permission = "submissions.add"
    title = _("Submit information")
    form_class = SubmissionForm
    fields_template = "leads/submission_fields.html"
    submit_label = _("Submit")
    success_message = _("Submitted.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": person(self.request)}

    def perform(self, form: SubmissionForm) -> Submission:
        data = form.cleaned_data
        return submit_information(
            by=person(self.request),
            park_id=form.park_id,
            title=data["title"],
            content=data["content"],
            company=data["company"],
            company_name=data["company_text"],
        )


def submission_of(page: Any) -> Submission:
    """The submission of the address."""
    rows = Submission.objects.visible_to(person(page.request)).with_people().select_related("park")
    found: Submission = fetch(rows, pk=page.kwargs["pk"])
    return found


class SubmissionRecord(Readable, RecordPage):
    """One piece of intelligence with its judgement."""

    permission = LOGGED_IN
    template_name = "leads/submission.html"

    def get_object(self) -> Submission:
        return submission_of(self)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, row = person(self.request), self.object
        judges = user.access.can("submissions.judge", row.park_id) and row.submitted_by_id != user.pk
        claims = row.state == Submission.State.VALID and row.lead_id is None
        own = {
            "properties": self.properties(),
            "alike": alike(user, row),
            "may_judge": judges and row.state == Submission.State.PENDING,
            "may_claim": claims and user.access.can("leads.claim", row.park_id),
            "assigns": assigns(self, row),
        }
        return super().get_context_data(**(own | kwargs))

    @property
    def claim_key(self) -> UUID:
        """One click makes one lead."""
        return uuid4()

    def properties(self) -> list[Property]:
        row = self.object
        company = row.company.get_absolute_url() if row.company else ""
        return [
            Property(_("Company named"), row.company_name, url=company),
            Property(_("Reported by"), row.submitted_by),
            Property(_("Department"), row.department),
            Property(_("Reported at"), row.submitted_at, template="parts/when.jinja"),
            Property(_("Judge by"), row.judge_by, template="parts/when.jinja"),
            Property(_("Park"), row.park.name),
        ]


class Judge(FormPage):
    """Valid, or not and why."""

    permission = "submissions.judge"
    title = _("Judge")
    form_class = JudgeForm
    submit_label = _("Record the judgement")
    success_message = _("The judgement is recorded.")

    @cached_property
    def submission(self) -> Submission:
        """For those who may judge in its park."""
        row = submission_of(self)
        require(person(self.request), "submissions.judge", row.park_id)
        return row

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.submission.version}

    def get_back_url(self) -> str:
        asked = super().get_back_url()
        return self.submission.get_absolute_url() if asked == "/" else asked

    def perform(self, form: JudgeForm) -> Submission:
        return judge_submission(by=person(self.request), submission=self.submission, **form.cleaned_data)


def assigns(page: Any, row: Submission) -> bool:
    """Does this person say who follows it up?"""
    return person(page.request).access.can("leads.assign", row.park_id)


class ClaimSubmission(ActionPage):
    """Valid information becomes a lead in one click; a company that is not named, or for whom, is asked first."""

    permission = "leads.claim"
    success_message = _("Claimed.")

    def perform(self) -> Lead:
        row = submission_of(self)
        require(person(self.request), "leads.claim", row.park_id)
        if row.company_id is None or assigns(self, row):
            raise FormNeeded(reverse("leads:submission_company", args=[row.pk]))
        return claim_submission(by=person(self.request), submission=row)


class ClaimSubmissionCompany(FormPage):
    """The company of information that named none, and who follows it up."""

    permission = "leads.claim"
    title = _("Make it a lead")
    form_class = ClaimSubmissionForm
    fields_template = "leads/take_up_fields.html"
    submit_label = _("Claim")
    success_message = _("Claimed.")

    @cached_property
    def submission(self) -> Submission:
        """For those who may claim in its park."""
        row = submission_of(self)
        require(person(self.request), "leads.claim", row.park_id)
        return row

    def get_initial(self) -> dict[str, Any]:
        return {"company_text": self.submission.company_name}

    def get_form_kwargs(self) -> dict[str, Any]:
        row = self.submission
        own = {"user": person(self.request), "park_id": row.park_id, "company": row.company}
        return super().get_form_kwargs() | own

    def perform(self, form: ClaimSubmissionForm) -> Lead:
        user, row, data = person(self.request), self.submission, form.cleaned_data
        company = data["company"] or add_company(by=user, park_id=row.park_id, name=form.new_company)
        lead = claim_submission(by=user, submission=row, company=company)
        if to := data.get("to"):
            hand_over_lead(by=user, lead=lead, to=to, note=data["note"])
        return lead
