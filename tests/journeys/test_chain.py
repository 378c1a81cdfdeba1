"""The main job in a real browser: from a name in the registry to the month's ranking, person by person."""

import io
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Locator, expect

from accounts.models import User
from companies.models import Industry
from leads.models import Activity, Lead, Submission
from parks.queries import month_of
from projects.models import Milestone, Payment, Project
from services.actions import ensure_catalogue
from services.models import Ticket
from tests.fixtures.browser import DESKTOP, PHONE, Tab
from tests.fixtures.cast import Cast
from tests.fixtures.live import LiveSite
from tests.fixtures.rows import make_activity, make_lead

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "a-long-password"
OpenTab = Callable[..., Tab]


def photo() -> bytes:
    """A small real picture."""
    data = io.BytesIO()
    Image.new("RGB", (320, 200), "#2a7f77").save(data, "JPEG")
    return data.getvalue()


class Person:
    """Somebody at a browser of their own."""

    def __init__(self, tab: Tab, site: LiveSite, user: User) -> None:
        self.tab, self.page, self.site = tab, tab.page, site
        user.set_password(PASSWORD)
        user.save()
        self.open("/login/")
        self.page.fill("[name=username]", user.username)
        self.page.fill("[name=password]", PASSWORD)
        self.page.press("[name=password]", "Enter")
        expect(self.page).not_to_have_url(re.compile("/login/"))

    def open(self, path: str) -> None:
        """Go to an address and wait until the page is quiet."""
        response = self.page.goto(self.site.url + path)
        assert response is not None
        assert response.status < 400, (path, response.status)
        self.page.wait_for_load_state("networkidle")

    def fill(self, **fields: str) -> None:
        """Type into the fields of the page's own form."""
        for name, value in fields.items():
            self.form.locator(f"[name={name}]").first.fill(value)

    def choose(self, name: str, value: str) -> None:
        """Pick a choice, be it a list or chips."""
        field = self.form.locator(f"[name={name}]").first
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        else:
            self.form.locator(f"[name={name}][value={value}]").check(force=True)

    @property
    def form(self) -> Locator:
        """The page's form."""
        return self.page.locator("#page-form")

    def attach(self, name: str) -> None:
        """Take a photograph into the form."""
        files = self.form.locator("input[type=file]").first
        files.set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": photo()})

    def send(self) -> None:
        """Submit the form and wait for where it leads."""
        before = self.page.url
        self.form.locator("button[type=submit], button:not([type])").first.click()
        self.page.wait_for_url(lambda url: url != before)
        self.page.wait_for_load_state("networkidle")

    def sees(self, words: str) -> None:
        """The words stand on the page."""
        expect(self.page.locator("body")).to_contain_text(words)

    def shot(self, name: str) -> None:
        """A picture for people, and axe-core's judgement, once all is there."""
        self.page.wait_for_load_state("networkidle")
        self.tab.shot(name)
        assert self.tab.serious_findings() == []


def test_the_chain_from_a_name_to_a_signed_project_with_funds_recognised(
    cast: Cast, live_site: LiveSite, open_tab: OpenTab
) -> None:
    officer = Person(open_tab(PHONE, 844), live_site, cast.officer)
    officer.shot("today-phone")
    lead = _finds_and_claims(officer, cast)
    _logs_a_visit_and_a_negotiation(officer, cast, lead)
    officer.open("/submissions/add/")
    officer.fill(title="一家激光企业计划北方设厂", content="展会上听说，已核对。")
    officer.send()

    manager = Person(open_tab(DESKTOP), live_site, cast.manager)
    manager.shot("today-manager")
    _judges(manager, cast)
    _moves_to_screening(manager, lead)
    project = _admits_and_signs(manager, cast, lead)
    _claims_and_recognises(officer, manager, cast, project)
    _month_leads_to_its_records(manager)


def _finds_and_claims(officer: Person, cast: Cast) -> Lead:
    for asked in ("光电", "gdyx", "91320206MA1"):
        officer.open(f"/search/?q={asked}")
        officer.sees("示例光电有限公司")
    officer.open(f"/companies/{cast.company.pk}/claim/")
    officer.fill(title="光电模组生产基地")
    officer.send()
    with cast.everywhere():
        lead: Lead = Lead.objects.get(company=cast.company)
    officer.shot("lead-phone")
    return lead


def _logs_a_visit_and_a_negotiation(officer: Person, cast: Cast, lead: Lead) -> None:
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    officer.open(f"/leads/{lead.pk}/log/?kind=outbound_visit")
    officer.choose("kind", "outbound_visit")
    officer.fill(met="对方负责人", summary="介绍厂房，对方关心层高。", next_step="送厂房方案", next_date=tomorrow)
    officer.attach("visit.jpg")
    officer.shot("log-phone")
    officer.send()
    officer.open(f"/leads/{lead.pk}/log/?kind=negotiation")
    officer.choose("kind", "negotiation")
    officer.fill(summary="就租金与交付标准交换意见。")
    officer.send()
    with cast.everywhere():
        visit = Activity.objects.get(kind="outbound_visit")
        assert (visit.by_id, visit.files.count()) == (cast.officer.pk, 1)
        assert Activity.objects.filter(kind="negotiation", lead=lead).count() == 1


def _judges(manager: Person, cast: Cast) -> None:
    with cast.everywhere():
        submission = Submission.objects.get()
    manager.open(f"/submissions/{submission.pk}/judge/")
    manager.form.locator("[name=valid]").first.check(force=True)
    manager.send()
    with cast.everywhere():
        assert Submission.objects.get().state == "valid"


def _moves_to_screening(manager: Person, lead: Lead) -> None:
    manager.open(f"/leads/{lead.pk}/move/negotiating/")
    expect(manager.page.locator("main")).to_contain_text("进入在谈须已会见决策人")
    manager.open(f"/companies/{lead.company_id}/contacts/add/")
    manager.form.locator("[name=is_decision_maker]").check()
    manager.fill(name="示例总经理", met_on=f"{timezone.localdate()}")
    manager.send()
    given = {"amount": "2.66亿", "demands": "厂房 3,000 平方米"}
    Industry.objects.get_or_create(code="C39", defaults={"name": "计算机、通信和其他电子设备制造业"})
    for stage in ("negotiating", "screening"):
        manager.open(f"/leads/{lead.pk}/move/{stage}/")
        manager.fill(**{name: text for name, text in given.items() if manager.form.locator(f"[name={name}]").count()})
        if (industry := manager.form.locator("select[name=industry]")).count():
            industry.select_option(index=1)
        manager.send()
    manager.open("/leads/board/")
    expect(manager.page.locator("main")).to_contain_text("示例光电有限公司")
    manager.shot("lead-board")


def _admits_and_signs(manager: Person, cast: Cast, lead: Lead) -> Project:
    manager.open(f"/leads/{lead.pk}/admission/")
    manager.choose("decision", "admitted")
    manager.fill(reason="产业定位相符，同意入园。")
    manager.send()
    manager.open(f"/leads/{lead.pk}/sign/")
    today = timezone.localdate().isoformat()
    manager.fill(name="光电模组生产基地", signed_on=today, agreed_amount="2.66亿")
    manager.fill(party_zone="测试开发区管理委员会", party_enterprise="示例光电有限公司")
    manager.choose("case_officer", str(cast.officer.pk))
    manager.send()
    with cast.everywhere():
        project: Project = Project.objects.get()
        assert int(project.agreed_amount) == 266_000_000
        assert project.signed_by_id == cast.officer.pk
        assert Milestone.objects.filter(project=project).count() >= 6
    manager.open(f"/projects/{project.pk}/")
    manager.shot("project")
    manager.open("/projects/board/")
    manager.sees("光电模组生产基地")
    manager.shot("project-board")
    return project


def _claims_and_recognises(officer: Person, manager: Person, cast: Cast, project: Project) -> None:
    officer.open(f"/projects/{project.pk}/payments/add/")
    officer.fill(paid_on=timezone.localdate().isoformat(), amount="2660万")
    officer.choose("evidence", "bank_slip")
    officer.attach("slip.jpg")
    officer.send()
    with cast.everywhere():
        payment = Payment.objects.get()
    manager.open("/payments/")
    manager.shot("payments")
    manager.open(f"/payments/{payment.pk}/recognise/")
    manager.send()
    with cast.everywhere():
        assert Payment.objects.get().state == "recognised"


def _month_leads_to_its_records(manager: Person) -> None:
    manager.open(f"/reports/zone/{month_of(timezone.localdate()):%Y-%m}/")
    manager.sees("2,660 万元")
    manager.shot("ranking-running")
    manager.page.locator("a[href*='indicator=amount_agreed']").first.click()
    manager.page.wait_for_url(re.compile("indicator=amount_agreed"))
    manager.sees("光电模组生产基地")


def test_an_enterprise_asks_the_park_answers_and_the_enterprise_rates(
    cast: Cast, live_site: LiveSite, open_tab: OpenTab
) -> None:
    with cast.everywhere():
        ensure_catalogue(cast.inner)
    enterprise = Person(open_tab(PHONE, 844), live_site, cast.enterprise)
    enterprise.shot("portal-phone")
    enterprise.open("/portal/requests/new/")
    enterprise.shot("portal-choose-phone")
    enterprise.page.locator(".ld-portal-tile").first.click()
    enterprise.page.locator(".ld-portal-item").first.click()
    enterprise.page.fill("[name=title]", "营业执照变更")
    enterprise.page.fill("[name=text]", "法定地址变更，请协助。")
    enterprise.shot("portal-request-phone")
    enterprise.page.locator("form:has([name=title]) button").last.click()
    enterprise.page.wait_for_url(re.compile(r"/portal/requests/\d+/"))
    with cast.everywhere():
        ticket = Ticket.objects.get()
        assert (ticket.company_id, ticket.park_id) == (cast.settled.pk, cast.inner.pk)

    operator = Person(open_tab(DESKTOP), live_site, cast.operator_manager)
    operator.open("/tickets/")
    operator.sees("营业执照变更")
    operator.shot("tickets")
    operator.open(f"/tickets/{ticket.pk}/")
    operator.page.fill("[name=message]", "已办结，请查收。")
    operator.shot("ticket")
    operator.page.locator("button[name=do][value=resolve]").click()
    expect(operator.page.locator("[name=message]")).to_have_value("")
    with cast.everywhere():
        assert Ticket.objects.get().state == "resolved"

    enterprise.open(f"/portal/requests/{ticket.pk}/")
    enterprise.sees("已办结，请查收。")
    enterprise.page.locator("a[href*='/thanks/']").first.click()
    enterprise.page.locator("[name=rating][value='5']").first.check(force=True)
    enterprise.page.locator("form:has([name=rating]) button").last.click()
    expect(enterprise.page.locator("[name=rating]")).to_have_count(0)
    with cast.everywhere():
        closed = Ticket.objects.get()
        assert (closed.state, closed.rating) == ("closed", 5)


def test_a_closed_month_is_ranked_and_every_figure_leads_to_its_records(
    cast: Cast, live_site: LiveSite, open_tab: OpenTab
) -> None:
    last_month = month_of(month_of(timezone.localdate()) - timedelta(days=1))
    with cast.everywhere():
        for person, visits in ((cast.officer, 3), (cast.colleague, 1)):
            for _visit in range(visits):
                _visited(cast, person, last_month)
    call_command("close_month", park="zone", month=f"{last_month:%Y-%m}")
    call_command("close_month", park="zone", month=f"{last_month:%Y-%m}")

    manager = Person(open_tab(DESKTOP), live_site, cast.manager)
    manager.open(f"/reports/zone/{last_month:%Y-%m}/")
    manager.sees("officer")
    manager.shot("ranking")
    link = manager.page.locator("a[href*='indicator=outbound_visits']").first
    expect(link).to_have_text("3")
    link.click()
    manager.page.wait_for_url(re.compile("indicator=outbound_visits"))
    expect(manager.page.locator("main tbody tr")).to_have_count(3)
    phone = Person(open_tab(PHONE, 844), live_site, cast.leader)
    phone.open(f"/reports/zone/{last_month:%Y-%m}/")
    phone.shot("ranking-phone")


def _visited(cast: Cast, person: User, month: date) -> None:
    lead = Lead.objects.filter(owner=person).first() or make_lead(
        cast.zone, owner=person, department=cast.promotion, counted_month=month
    )
    make_activity(cast.zone, by=person, lead=lead, department=cast.promotion, counted_month=month)
