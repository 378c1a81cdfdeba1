from django.urls import path

from leads.outward_urls import urlpatterns as outward
from leads.views.activities import ActivityList, LogActivity, LogPeople
from leads.views.activity import (
    ActivityRecord,
    AddFiles,
    AddUndertaking,
    DeleteActivity,
    EditActivity,
    RestoreActivity,
)
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
    ResumeStep,
)
from leads.views.conflicts import (
    ConflictList,
    ConflictRecord,
    OpenConflict,
    RuleConflict,
    SideList,
    SideRecord,
    StateSide,
    WithdrawCase,
)
from leads.views.credit import AcceptSplit, CreditPage, DeclineSplit, ProposeSplit, SettleSplit, WithdrawSplit
from leads.views.handover import HandOverAll, HandoverList, HandoverRecord, ReceiveLead, ReturnLead
from leads.views.lists import CompanyOptions, LeadBoard, LeadList, MoveLead, UndoMove
from leads.views.pool import AssignFromPool, CorrectSource, PickLead, PoolList, ReleaseLead
from leads.views.records import LeadRecord
from leads.views.sharing import (
    AcceptOffer,
    DeclineOffer,
    OfferLead,
    OfferList,
    OfferRecord,
    WithdrawOffer,
)
from leads.views.sources import SourcesPage
from leads.views.submissions import (
    ClaimSubmission,
    ClaimSubmissionCompany,
    Judge,
    SubmissionList,
    SubmissionRecord,
    Submit,
)
from leads.views.undertakings import (
    ChangeUndertaking,
    KeepUndertaking,
    ReopenUndertaking,
    UndertakingList,
    WithdrawUndertaking,
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
    path("leads/pool/", PoolList.as_view(), name="pool"),
    path("leads/pool/assign/", AssignFromPool.as_view(), name="pool_assign"),
    path("leads/sources/", SourcesPage.as_view(), name="sources"),
    path("companies/<int:company_pk>/contest/", OpenConflict.as_view(), name="contest"),
    path("conflicts/", ConflictList.as_view(), name="conflicts"),
    path("conflicts/<int:pk>/", ConflictRecord.as_view(), name="conflict"),
    path("conflicts/<int:pk>/rule/", RuleConflict.as_view(), name="rule"),
    path("conflict-sides/", SideList.as_view(), name="sides"),
    path("conflict-sides/<int:pk>/", SideRecord.as_view(), name="side"),
    path("conflict-sides/<int:pk>/state/", StateSide.as_view(), name="state_side"),
    path("conflict-sides/<int:pk>/withdraw/", WithdrawCase.as_view(), name="withdraw_case"),
    path("leads/<int:pk>/pick/", PickLead.as_view(), name="pick"),
    path("leads/<int:pk>/release/", ReleaseLead.as_view(), name="release"),
    path("leads/<int:pk>/source/", CorrectSource.as_view(), name="source"),
    path("leads/<int:pk>/", LeadRecord.as_view(), name="record"),
    path("leads/<int:pk>/edit/", EditLead.as_view(), name="edit"),
    path("leads/<int:pk>/move/", MoveLead.as_view(), name="move"),
    path("leads/<int:pk>/move/undo/", UndoMove.as_view(), name="move_undo"),
    path("leads/<int:pk>/move/<slug:stage>/", MoveForStage.as_view(), name="move_form"),
    path("leads/<int:pk>/step/", PlanStep.as_view(), name="step"),
    path("leads/<int:pk>/step/done/", FinishStep.as_view(), name="step_done"),
    path("leads/<int:pk>/step/undo/", ResumeStep.as_view(), name="step_undo"),
    path("leads/<int:pk>/drop/", DropLead.as_view(), name="drop"),
    path("leads/<int:pk>/reopen/", ReopenLead.as_view(), name="reopen"),
    path("leads/<int:pk>/hand-over/", HandOverLead.as_view(), name="hand_over"),
    path("leads/<int:pk>/admission/", DecideAdmission.as_view(), name="admit"),
    path("leads/<int:pk>/log/", LogActivity.as_view(), name="log"),
    path("leads/<int:pk>/credit/", CreditPage.as_view(), name="credit"),
    path("leads/<int:pk>/credit/propose/", ProposeSplit.as_view(), name="credit_propose"),
    path("leads/<int:pk>/credit/settle/", SettleSplit.as_view(), name="credit_settle"),
    path("leads/credit/<int:pk>/accept/", AcceptSplit.as_view(), name="credit_accept"),
    path("leads/credit/<int:pk>/decline/", DeclineSplit.as_view(), name="credit_decline"),
    path("leads/credit/<int:pk>/withdraw/", WithdrawSplit.as_view(), name="credit_withdraw"),
    path("leads/<int:pk>/offer/", OfferLead.as_view(), name="offer_lead"),
    path("leads/offers/", OfferList.as_view(), name="offers"),
    path("leads/offers/<int:pk>/", OfferRecord.as_view(), name="offer"),
    path("leads/offers/<int:pk>/accept/", AcceptOffer.as_view(), name="offer_accept"),
    path("leads/offers/<int:pk>/decline/", DeclineOffer.as_view(), name="offer_decline"),
    path("leads/offers/<int:pk>/withdraw/", WithdrawOffer.as_view(), name="offer_withdraw"),
    path("leads/hand-over/", HandOverAll.as_view(), name="hand_over_all"),
    path("leads/handovers/", HandoverList.as_view(), name="handovers"),
    path("leads/handovers/<int:pk>/", HandoverRecord.as_view(), name="handover"),
    path("leads/handovers/<int:pk>/receive/", ReceiveLead.as_view(), name="handover_receive"),
    path("leads/handovers/<int:pk>/return/", ReturnLead.as_view(), name="handover_return"),
    path("log/", LogActivity.as_view(), name="log"),
    path("log/people/", LogPeople.as_view(), name="log_people"),
    path("activities/", ActivityList.as_view(), name="activities"),
    path("activities/<int:pk>/", ActivityRecord.as_view(), name="activity"),
    path("activities/<int:pk>/edit/", EditActivity.as_view(), name="activity_edit"),
    path("activities/<int:pk>/delete/", DeleteActivity.as_view(), name="activity_delete"),
    path("activities/<int:pk>/restore/", RestoreActivity.as_view(), name="activity_restore"),
    path("activities/<int:pk>/files/", AddFiles.as_view(), name="activity_files"),
    path("activities/<int:pk>/promises/add/", AddUndertaking.as_view(), name="undertaking_add"),
    path("promises/", UndertakingList.as_view(), name="undertakings"),
    path("promises/<int:pk>/", ChangeUndertaking.as_view(), name="undertaking"),
    path("promises/<int:pk>/kept/", KeepUndertaking.as_view(), name="undertaking_kept"),
    path("promises/<int:pk>/reopen/", ReopenUndertaking.as_view(), name="undertaking_reopen"),
    path("promises/<int:pk>/withdraw/", WithdrawUndertaking.as_view(), name="undertaking_withdraw"),
    path("submissions/", SubmissionList.as_view(), name="submissions"),
    path("submissions/add/", Submit.as_view(), name="submit"),
    path("submissions/<int:pk>/", SubmissionRecord.as_view(), name="submission"),
    path("submissions/<int:pk>/judge/", Judge.as_view(), name="judge"),
    path("submissions/<int:pk>/claim/", ClaimSubmission.as_view(), name="claim_submission"),
    path("submissions/<int:pk>/company/", ClaimSubmissionCompany.as_view(), name="submission_company"),
]
