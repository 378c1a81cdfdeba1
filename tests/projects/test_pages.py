"""The pages of projects as each role meets them."""

import uuid
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from leads.models import Lead
from projects.models import Milestone, MilestoneTemplate, Project
from tests.fixtures.cast import Cast
from tests.projects.conftest import Site
from tests.projects.test_payments import claim

Slip = Callable[[], SimpleUploadedFile]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def first_step(cast: Cast, project: Project) -> Milestone:
    with cast.everywhere():
        found: Milestone = project.milestones.get(position=1)
        return found


def sign_form(cast: Cast, **values: object) -> dict[str, object]:
    return {
        "name": "示例光电一期",
        "signed_on": "2026-08-03",
        "agreed_amount": "2.66亿",
        "currency": "CNY",
        "party_zone": "测试开发区管委会",
        "party_enterprise": "示例光电有限公司",
        "case_officer": cast.officer.pk,
        "request_key": str(uuid.uuid4()),
    } | values


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("leader", 200),
        ("manager", 200),
        ("officer", 200),
        ("colleague", 200),
        ("auditor", 200),
        ("window", 200),
        ("park_admin", 200),
        ("operator_manager", 404),
        ("sibling_manager", 404),
        ("stranger", 404),
        ("enterprise", 403),
    ],
)
def test_who_sees_the_record(cast: Cast, site: Site, name: str, status: int) -> None:
    project = site.project()
    assert signed_in(cast.people[name]).get(f"/projects/{project.pk}/").status_code == status


@pytest.mark.parametrize(
    ("name", "status"),
    [("manager", 200), ("auditor", 200), ("operator_manager", 200), ("officer", 404), ("sibling_manager", 404)],
)
def test_the_zones_leaders_look_into_an_inner_park_and_its_officers_do_not(
    cast: Cast, site: Site, name: str, status: int
) -> None:
    project = site.inner_project()
    assert signed_in(cast.people[name]).get(f"/projects/{project.pk}/").status_code == status


@pytest.mark.parametrize("tab", ["plan", "funds", "timeline", "nonsense"])
def test_every_tab_renders_whole_and_in_part(cast: Cast, site: Site, slip: Slip, tab: str) -> None:
    project = site.project(responsible_leader=cast.leader)
    claim(cast, project, files=[slip()], note="首期设备款")
    client = signed_in(cast.manager)
    whole = client.get(f"/projects/{project.pk}/", {"tab": tab})
    part = client.get(f"/projects/{project.pk}/", {"tab": tab}, headers={"HX-Request": "true", "HX-Target": "tab"})
    assert (whole.status_code, part.status_code) == (200, 200)
    assert "<html" in whole.text
    assert "<html" not in part.text


def test_who_may_not_see_payments_has_no_such_tab(cast: Cast, site: Site) -> None:
    project = site.project()
    pages = [signed_in(cast.people[name]).get(f"/projects/{project.pk}/").text for name in ("window", "officer")]
    assert ["tab=funds" in page for page in pages] == [False, True]


def test_buttons_follow_what_one_may_do(cast: Cast, site: Site) -> None:
    project = site.project()
    add, done = f"/projects/{project.pk}/payments/add/", f"/milestones/{first_step(cast, project).pk}/done/"
    shown = {
        name: [url in signed_in(cast.people[name]).get(f"/projects/{project.pk}/").text for url in (add, done)]
        for name in ("officer", "auditor", "window")
    }
    assert shown == {"officer": [True, True], "auditor": [False, False], "window": [False, False]}


def test_the_zone_finds_no_buttons_on_an_inner_project_and_cannot_post_either(cast: Cast, site: Site) -> None:
    project = site.inner_project()
    step = first_step(cast, project)
    client = signed_in(cast.manager)
    assert f"/milestones/{step.pk}/done/" not in client.get(f"/projects/{project.pk}/").text
    answers = [
        client.post(f"/milestones/{step.pk}/done/", {"done_on": "2026-08-03"}).status_code,
        client.post(f"/projects/{project.pk}/payments/add/", {}).status_code,
        client.post(f"/projects/{project.pk}/end/", {"reason": "越权"}).status_code,
    ]
    assert answers == [403, 403, 403]
    assert first_step(cast, project).done_on is None


def test_signing_over_the_form_lays_out_the_plan_and_says_what_may_move(cast: Cast, site: Site) -> None:
    with cast.everywhere():
        lead = site.lead()
    client = signed_in(cast.manager)
    form = client.get(f"/leads/{lead.pk}/sign/")
    assert lead.company.name in form.text
    answer = client.post(f"/leads/{lead.pk}/sign/", sign_form(cast), follow=True)
    assert answer.status_code == 200
    assert "2027" in answer.text
    with cast.everywhere():
        project = Project.objects.get(lead=lead)
        assert answer.redirect_chain == [(f"/projects/{project.pk}/", 302)]
        assert project.agreed_amount == Decimal(266_000_000)


def test_a_form_submitted_twice_signs_once(cast: Cast, site: Site) -> None:
    with cast.everywhere():
        lead = site.lead()
    client, form = signed_in(cast.manager), sign_form(cast)
    first, second = (client.post(f"/leads/{lead.pk}/sign/", form) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    with cast.everywhere():
        assert Project.objects.count() == 1


def test_who_may_not_sign_is_told_so(cast: Cast, site: Site) -> None:
    with cast.everywhere():
        lead, foreign = site.lead(), site.lead(cast.inner, cast.operator_officer)
    statuses = {
        name: signed_in(cast.people[name]).get(f"/leads/{lead.pk}/sign/").status_code
        for name in ("leader", "manager", "officer", "auditor", "operator_manager", "stranger", "enterprise")
    }
    assert statuses == {
        "leader": 200,
        "manager": 200,
        "officer": 403,
        "auditor": 403,
        "operator_manager": 404,
        "stranger": 403,
        "enterprise": 403,
    }
    assert signed_in(cast.manager).get(f"/leads/{foreign.pk}/sign/").status_code == 403


@pytest.mark.parametrize("amount", ["两亿", "1e400", "-5", "", "0", "1,23", "999999999999999999"])
def test_a_bad_amount_stays_in_the_form_with_its_error(cast: Cast, site: Site, amount: str) -> None:
    with cast.everywhere():
        lead = site.lead()
    answer = signed_in(cast.manager).post(f"/leads/{lead.pk}/sign/", sign_form(cast, agreed_amount=amount))
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"agreed_amount"}
    with cast.everywhere():
        assert Lead.objects.get(pk=lead.pk).stage == "screening"


def test_other_parks_ids_are_no_choices_in_any_field(cast: Cast, site: Site) -> None:
    with cast.everywhere():
        lead = site.lead()
    site.inner_project()
    with cast.everywhere():
        template = MilestoneTemplate.objects.get(park=cast.inner)
    changed = {
        "case_officer": cast.operator_officer.pk,
        "responsible_leader": cast.operator_manager.pk,
        "template": template.pk,
    }
    client = signed_in(cast.leader)
    answer = client.post(f"/leads/{lead.pk}/sign/", sign_form(cast, **changed))
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == changed.keys()


def test_a_lead_that_is_not_admitted_is_refused_on_top(cast: Cast, site: Site) -> None:
    with cast.everywhere():
        lead = site.lead(admitted=False)
    answer = signed_in(cast.manager).post(f"/leads/{lead.pk}/sign/", sign_form(cast))
    assert answer.status_code == 409
    assert answer.context["form"].non_field_errors()


def test_a_step_is_done_moved_and_opened_over_the_forms(cast: Cast, site: Site) -> None:
    project = site.project()
    step, client = first_step(cast, project), signed_in(cast.officer)
    assert client.get(f"/milestones/{step.pk}/move/").status_code == 200
    moved = client.post(f"/milestones/{step.pk}/move/", {"due_on": "2026-09-10", "reason": "等待变更", "version": 1})
    assert moved["Location"] == f"/projects/{project.pk}/?tab=plan"
    done = client.post(f"/milestones/{step.pk}/done/", {"done_on": "2026-08-03", "version": 2})
    reopened = client.post(f"/milestones/{step.pk}/reopen/", {"reason": "材料退回", "version": 3})
    assert (moved.status_code, done.status_code, reopened.status_code) == (302, 302, 302)
    step = first_step(cast, project)
    assert (step.due_on, step.done_on, step.version) == (date(2026, 9, 10), None, 4)


def test_a_stale_form_is_answered_with_412_and_keeps_what_was_typed(cast: Cast, site: Site) -> None:
    step = first_step(cast, site.project())
    client = signed_in(cast.officer)
    answer = client.post(f"/milestones/{step.pk}/move/", {"due_on": "2026-09-10", "reason": "等待变更", "version": 7})
    assert answer.status_code == 412
    assert "等待变更" in answer.text


@pytest.mark.parametrize("page", ["done", "move", "reopen"])
def test_strangers_steps_do_not_exist(cast: Cast, site: Site, page: str) -> None:
    step = first_step(cast, site.project())
    for name in ("operator_manager", "sibling_manager", "stranger"):
        client = signed_in(cast.people[name])
        foreign, missing = (client.get(f"/milestones/{pk}/{page}/") for pk in (step.pk, 10**15))
        assert (foreign.status_code, missing.status_code) == (404, 404)


def test_responsible_people_are_changed_and_a_project_is_ended_over_the_forms(cast: Cast, site: Site) -> None:
    project = site.project()
    client = signed_in(cast.manager)
    people = {"case_officer": cast.colleague.pk, "responsible_leader": cast.leader.pk, "version": 1}
    assert client.post(f"/projects/{project.pk}/responsible/", people).status_code == 302
    assert client.post(f"/projects/{project.pk}/end/", {"reason": "企业放弃", "version": 2}).status_code == 302
    with cast.everywhere():
        project.refresh_from_db()
    assert (project.case_officer, project.state) == (cast.colleague, "terminated")
    assert client.get(f"/projects/{project.pk}/").status_code == 200


def test_a_step_is_added_over_the_form(cast: Cast, site: Site) -> None:
    project = site.project()
    form = {
        "kind": "other",
        "name": "能评",
        "starts_on": "2026-08-03",
        "due_on": "2026-08-20",
        "owner": cast.officer.pk,
    }
    assert signed_in(cast.officer).post(f"/projects/{project.pk}/milestones/add/", form).status_code == 302
    wrong = signed_in(cast.officer).post(f"/projects/{project.pk}/milestones/add/", form | {"due_on": "2026-08-01"})
    assert wrong.context["form"].errors.keys() == {"due_on"}


def test_names_are_shown_as_text(cast: Cast, site: Site) -> None:
    site.project(name="<img src=x onerror=alert(1)>")
    for url in ("/projects/", "/projects/board/"):
        assert "<img src=x" not in signed_in(cast.manager).get(url).text


def plan_form(steps: list[tuple[str, str, str, object, object]]) -> dict[str, object]:
    form: dict[str, object] = {"steps-TOTAL_FORMS": len(steps), "steps-INITIAL_FORMS": 0}
    for place, values in enumerate(steps):
        names = ("kind", "name", "line", "starts_after", "takes")
        form |= {f"steps-{place}-{name}": value for name, value in zip(names, values, strict=True)}
    return form


def test_a_parks_usual_plan_is_edited_and_used_by_the_next_signing(cast: Cast, site: Site) -> None:
    before = site.project()
    client = signed_in(cast.park_admin)
    assert client.get("/projects/plans/")["Location"] == "/projects/plans/zone/"
    assert "工商变更" in client.get("/projects/plans/zone/").text
    steps = [("registration", "", "licence", 0, 5), ("other", "能评", "", 5, 10), ("", "", "", "", "")]
    assert client.post("/projects/plans/zone/", plan_form(steps)).status_code == 302
    after = site.project()
    with cast.everywhere():
        assert [(m.name, str(m.due_on)) for m in after.milestones.all()] == [
            ("工商变更", "2026-08-10"),
            ("能评", "2026-08-24"),
        ]
        assert before.milestones.count() == 8


@pytest.mark.parametrize(
    "steps",
    [
        [("", "", "", "", "")],
        [("other", "", "", 0, 5)],
        [("filing", "", "", -1, 5)],
        [("filing", "", "", 0, 0)],
        [("filing", "", "", "", 5)],
        [("filing", "", "", 1999, 1999)],
        [("word", "", "", 0, 5)],
    ],
)
def test_a_senseless_plan_is_refused(cast: Cast, site: Site, steps: list[tuple[str, str, str, object, object]]) -> None:
    site.project()
    answer = signed_in(cast.park_admin).post("/projects/plans/zone/", plan_form(steps))
    assert answer.status_code == 422
    with cast.everywhere():
        assert MilestoneTemplate.objects.get(park=cast.zone).steps.count() == 8


def test_a_plan_is_kept_by_its_own_park(cast: Cast) -> None:
    statuses = {
        name: signed_in(cast.people[name]).get("/projects/plans/inner/").status_code
        for name in ("operator_manager", "manager", "park_admin", "sibling_manager", "officer", "enterprise")
    }
    assert statuses == {
        "operator_manager": 200,
        "manager": 404,
        "park_admin": 404,
        "sibling_manager": 404,
        "officer": 403,
        "enterprise": 403,
    }
