"""What the machine writes among people's words is read in each reader's language; what people typed stays."""

import copy
import pickle
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from accounts.models import User
from companies.actions import add_contact, change_contact
from companies.models import Contact
from companies.sayings import investment_promotion
from core.isolation import user_scope
from core.sayings import MARK, Said, read, saying
from leads.actions import drop_lead, move_lead
from leads.actions.stages import unmove_lead
from leads.models import Claim, DropReason, Lead, StageChange
from leads.sayings import lead_dropped, shared_by
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_company, make_contact, make_lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(cast: Cast) -> Lead:
    with cast.everywhere():
        make_contact(cast.zone, company=cast.company)
        company, demands = cast.company, "厂房"
        step = {"next_step": "送方案", "next_date": timezone.localdate() + timedelta(days=30)}
        return make_lead(cast.zone, owner=cast.officer, company=company, demands=demands, **step)


def page(user: User, path: str, language: str) -> str:
    User.objects.filter(pk=user.pk).update(language=language)
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client.get(path).content.decode()


def test_an_undone_move_is_told_to_everybody_in_their_language(cast: Cast, lead: Lead) -> None:
    with translation.override("zh-hans"), user_scope(cast.officer):
        moved = move_lead(by=cast.officer, lead=lead, to_stage="contacting", version=1)
        unmove_lead(
            by=cast.officer,
            lead=lead,
            version=moved.version,
            stage="planning",
            stage_since=lead.stage_since,
            protected_until=lead.protected_until,
        )
    assert "Move undone" in page(cast.manager, f"/leads/{lead.pk}/", "en")
    chinese = page(cast.manager, f"/leads/{lead.pk}/", "zh-hans")
    assert "Move undone" not in chinese
    with translation.override("zh-hans"), cast.everywhere():
        assert str(StageChange.objects.latest("pk").note) in chinese


def test_the_reason_of_the_list_is_translated_and_the_words_beside_it_are_not(cast: Cast, lead: Lead) -> None:
    with translation.override("zh-hans"), user_scope(cast.officer):
        drop_lead(by=cast.officer, lead=lead, why="silent", reason=f"明年再谈{MARK}")
    with translation.override("zh-hans"):
        chinese = str(DropReason.SILENT.label)
    with cast.everywhere():
        for language, label in (("en", "No answer any more"), ("zh-hans", chinese)):
            with translation.override(language):
                note = StageChange.objects.latest("pk").note
                assert label in note
                assert note.endswith("· 明年再谈")
                assert Claim.objects.filter(lead=lead).values_list("reason", flat=True).first() in {note, None}
                assert Lead.objects.get(pk=lead.pk).dropped_reason == "明年再谈"


def test_a_card_corrected_in_another_language_keeps_what_the_machine_said(cast: Cast) -> None:
    with translation.override("zh-hans"), user_scope(cast.officer):
        card = add_contact(by=cast.officer, park_id=cast.zone.pk, company=make_company(), name="王总")
    with translation.override("en"), user_scope(cast.officer):
        found = Contact.objects.get(pk=card.pk)
        assert found.purpose == "Investment promotion"
        change_contact(by=cast.officer, contact=found, version=1, title="CEO", purpose=str(found.purpose))
    with translation.override("zh-hans"), user_scope(cast.officer):
        again = Contact.objects.get(pk=card.pk)
        assert (again.title, again.purpose) == ("CEO", str(investment_promotion()))
        assert again.purpose != "Investment promotion"
        change_contact(by=cast.officer, contact=again, version=2, purpose="招商, 我写的")
    with translation.override("en"), user_scope(cast.officer):
        assert Contact.objects.get(pk=card.pk).purpose == "招商, 我写的"


def test_a_saying_is_text_in_whatever_language_it_is_printed_and_survives_copying() -> None:
    with translation.override("en"):
        said = lead_dropped(why="silent", words="x")
    assert isinstance(said, Said)
    with translation.override("zh-hans"):
        chinese = lead_dropped(why="silent", words="x")
        assert f"{said}" == str(chinese) != said
        for other in (copy.deepcopy(said), pickle.loads(pickle.dumps(said)), read(said.stored)):  # noqa: S301 - our own
            assert (str(other), getattr(other, "stored", "")) == (str(chinese), said.stored)


@pytest.mark.parametrize("text", [f"{MARK}nobody{MARK}{{}}", f"{MARK}lead_dropped{MARK}{{}}", MARK, f"{MARK}x{MARK}["])
def test_what_cannot_be_read_is_shown_without_its_mark(text: str) -> None:
    assert MARK not in read(text)
    assert not isinstance(read(text), Said)


def test_a_saying_has_one_author() -> None:
    with pytest.raises(ValueError, match="said twice"):
        saying(shared_by)


def test_a_reason_of_quotation_marks_alone_is_kept_whole(cast: Cast, lead: Lead) -> None:
    words = '"' * 240
    with translation.override("en"), user_scope(cast.officer):
        drop_lead(by=cast.officer, lead=lead, why=DropReason.SPACE, reason=words, version=1)
        assert StageChange.objects.latest("pk").note.endswith(words)
