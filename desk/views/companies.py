"""Everything that the reader's parks know of one company."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from companies.editing import COMPANIES
from companies.models import Company
from core.access import fetch, person
from core.pages import Property, RecordPage, Tab, steps
from desk.queries.companies import SHOWN, Around, around, projects_of, story_of, tickets_of
from leads.models import OPEN_STAGES, Lead, Stage

STAGES = [(stage.value, stage.label) for stage in (*OPEN_STAGES, Stage.SIGNED)]
TOLD = 25
# Lines of the overview that stand there empty, too: what one asks of every company.
ALWAYS = 6
# The search keys, which no page shows.
KEYS = ("search_keys", "name_text", "pinyin_text", "initials_text", "normal_key", "alias_keys")


class CompanyRecord(RecordPage):
    """One company from all sides: who works on it, what happened, what it is."""

    permission = "companies.view"
    template_name = "desk/company.html"
    tabs = (Tab("story", _("Timeline"), "desk/company_story.html"),)
    shown = SHOWN

    def get_object(self) -> Company:
        """One that another park typed in does not exist for this reader."""
        rows = Company.objects.visible_to(person(self.request)).select_related("industry").defer(*KEYS)
        company: Company = fetch(rows, pk=self.kwargs["pk"])
        return company

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """A company that was merged leads to the one that it became; not for ever, a merge can be undone."""
        if self.object.is_merged:
            return HttpResponseRedirect(self.object.lasting.get_absolute_url())
        return super().get(request, *args, **kwargs)

    @cached_property
    def known(self) -> Around:
        """All of it; for the timeline alone only what it tells."""
        user = person(self.request)
        if self.is_tab:
            return Around(projects=projects_of(user, self.object), tickets=tickets_of(user, self.object))
        return around(user, self.object)

    @cached_property
    def lead(self) -> Lead | None:
        """The lead that the header speaks of."""
        return self.known.open_lead(self.access.home_park_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entries = story_of(person(self.request), self.object, self.known, self.scope)
        whole = self.request.GET.get("all") == "1" or len(entries) <= TOLD + 5
        own = {"entries": entries if whole else entries[:TOLD], "more_entries": not whole}
        return super().get_context_data(**(own | ({} if self.is_tab else self.around()) | kwargs))

    def around(self) -> dict[str, Any]:
        """Header and side panels."""
        lead = self.lead
        return {
            "known": self.known,
            "lead": lead,
            "profile": self.known.profile(self.access.home_park_id),
            "stages": steps(STAGES, lead.stage) if lead else [],
            "may": self.may(),
            "properties": self.properties(),
            "parks": {park.id: park.name for park in self.access.parks},
        }

    def may(self) -> dict[str, Any]:
        """The buttons that are there."""
        can, home = self.access.can, self.access.home_park_id
        claimed = any(lead.is_open and lead.park_id == home for lead in self.known.leads or [])
        return {
            "log": can("activities.log"),
            "claim": not claimed and home is not None and can("leads.claim", home),
            "edit": self.known.changeable and can("companies.change"),
            "contact": can("contacts.change"),
            "relate": can("profiles.change") or (can("profiles.view") and can("companies.steward")),
            **self.may_profile(),
            "duplicates": can("duplicates.view"),
            "leads": can("leads.view"),
            "projects": can("projects.view"),
            "tickets": can("tickets.view"),
            "contacts": can("contacts.view"),
        }

    def may_profile(self) -> dict[str, Any]:
        """In which parks this person writes the profile, and whether the home park has none yet."""
        parks, home = self.access.parks_with("profiles.change"), self.access.home_park_id
        begun = {profile.park_id for profile in self.known.profiles}
        return {"profile_parks": parks, "begin_profile": home in parks and home not in begun}

    def properties(self) -> list[Property]:
        company, founded = self.object, self.object.registered_on
        edit = COMPANIES.address_for(person(self.request), company)
        lines = [
            Property(_("Unified social credit code"), company.credit_code, numeric=True),
            Property(_("Industry"), company.industry, edit=edit("industry")),
            Property(_("Registered capital"), self.capital(), edit=edit("capital_raw")),
            Property(_("Registered on"), founded and date_format(founded, "DATE_FORMAT"), edit=edit("registered_on")),
            Property(_("Province"), company.province, edit=edit("province")),
            Property(_("City"), company.city, edit=edit("city")),
            Property(_("Address"), company.address, edit=edit("address")),
            Property(_("Short names"), "、".join(company.short_names)),
            Property(_("Former names"), "、".join(company.former_names)),
            Property(_("Foreign name"), company.foreign_name),
            Property(_("Stock code"), company.listing, numeric=True),
            Property(_("Website"), company.website, url=company.website, edit=edit("website")),
            Property(_("Source"), company.source),
        ]
        return [line for place, line in enumerate(lines) if place < ALWAYS or line.value]

    def capital(self) -> str:
        """The amount and, where it is written otherwise, as the register has it; a text without an amount is told."""
        raw, short = self.object.capital_raw, self.object.capital_short
        if raw and not short:
            return gettext("%(raw)s (the amount cannot be read)") % {"raw": raw}
        same = "".join(raw.split()) in {"", "".join(short.split())}
        return short if same else gettext("%(amount)s (register: %(raw)s)") % {"amount": short, "raw": raw}

    @property
    def seen_by(self) -> str | Promise:
        """Who sees what, in one sentence."""
        origin = self.object.origin_park
        if origin is not None:
            return gettext("Only %(park)s sees this company: it was typed in there.") % {"park": origin.name}
        return _("The company is in the registry that all parks see. What stands here is known to your parks only.")
