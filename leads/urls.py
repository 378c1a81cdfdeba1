from django.urls import path

from leads.outward_urls import urlpatterns as outward
from leads.views.activities import LogActivity
from leads.views.calendars import LeadCalendar
from leads.views.changes import (
    ClaimPage,
    DecideAdmission,
    DropLead,
    EditLead,
    FinishStep,
    HandOverLead,
    MoveForStage,
    PlanStep,
    ReopenLead,
)
from leads.views.lists import CompanyOptions, LeadBoard, LeadList, MoveLead
from leads.views.records import LeadRecord
from leads.views.submissions import (
    ClaimSubmission,
    ClaimSubmissionCompany,
    Judge,
    SubmissionList,
    SubmissionRecord,
    Submit,
)

app_name = "leads"
urlpatterns = [
    *outward,
    path("leads/", LeadList.as_view(), name="list"),
    path("leads/board/", LeadBoard.as_view(), name="board"),
    path("leads/calendar/", LeadCalendar.as_view(), name="calendar"),
    path("leads/add/", ClaimPage.as_view(), name="add"),
    path("leads/companies/", CompanyOptions.as_view(), name="companies"),
    path("companies/<int:company_pk>/claim/", ClaimPage.as_view(), name="claim"),
    path("leads/<int:pk>/", LeadRecord.as_view(), name="record"),
    path("leads/<int:pk>/edit/", EditLead.as_view(), name="edit"),
    path("leads/<int:pk>/move/", MoveLead.as_view(), name="move"),
    path("leads/<int:pk>/move/<slug:stage>/", MoveForStage.as_view(), name="move_form"),
    path("leads/<int:pk>/step/", PlanStep.as_view(), name="step"),
    path("leads/<int:pk>/step/done/", FinishStep.as_view(), name="step_done"),
    path("leads/<int:pk>/drop/", DropLead.as_view(), name="drop"),
    path("leads/<int:pk>/reopen/", ReopenLead.as_view(), name="reopen"),
    path("leads/<int:pk>/hand-over/", HandOverLead.as_view(), name="hand_over"),
    path("leads/<int:pk>/admission/", DecideAdmission.as_view(), name="admit"),
    path("leads/<int:pk>/log/", LogActivity.as_view(), name="log"),
    path("log/", LogActivity.as_view(), name="log"),
    path("submissions/", SubmissionList.as_view(), name="submissions"),
    path("submissions/add/", Submit.as_view(), name="submit"),
    path("submissions/<int:pk>/", SubmissionRecord.as_view(), name="submission"),
    path("submissions/<int:pk>/judge/", Judge.as_view(), name="judge"),
    path("submissions/<int:pk>/claim/", ClaimSubmission.as_view(), name="claim_submission"),
    path("submissions/<int:pk>/company/", ClaimSubmissionCompany.as_view(), name="submission_company"),
]
