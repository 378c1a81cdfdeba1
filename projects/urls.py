from django.urls import URLPattern, URLResolver, path

from projects.views import lists, milestones, payments, plans, records, signing

app_name = "projects"
urlpatterns: list[URLPattern | URLResolver] = [
    path("projects/", lists.ProjectList.as_view(), name="list"),
    path("projects/board/", lists.ProjectBoard.as_view(), name="board"),
    path("projects/board/print/", lists.ProjectBoardPrint.as_view(), name="board_print"),
    path("projects/plans/", plans.Plans.as_view(), name="plans"),
    path("projects/plans/<slug:code>/", plans.Plan.as_view(), name="plan"),
    path("projects/<int:pk>/", records.ProjectRecord.as_view(), name="record"),
    path("projects/<int:pk>/responsible/", signing.HandOver.as_view(), name="responsible"),
    path("projects/<int:pk>/end/", signing.End.as_view(), name="end"),
    path("projects/<int:pk>/milestones/add/", milestones.AddMilestone.as_view(), name="milestone_add"),
    path("projects/<int:pk>/payments/add/", payments.Claim.as_view(), name="claim"),
    path("leads/<int:pk>/sign/", signing.Sign.as_view(), name="sign"),
    path("milestones/<int:pk>/done/", milestones.CompleteMilestone.as_view(), name="milestone_done"),
    path("milestones/<int:pk>/move/", milestones.MoveMilestone.as_view(), name="milestone_move"),
    path("milestones/<int:pk>/reopen/", milestones.ReopenMilestone.as_view(), name="milestone_reopen"),
    path("payments/", lists.PaymentInbox.as_view(), name="payments"),
    path("payments/<int:pk>/evidence/", payments.AddEvidence.as_view(), name="evidence"),
    path("payments/<int:pk>/recognise/", payments.Recognise.as_view(), name="recognise"),
    path("payments/<int:pk>/reject/", payments.Reject.as_view(), name="reject"),
]
