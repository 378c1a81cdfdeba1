"""Funds in place: claimed with evidence, recognised or rejected by a second person, once."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.queries import department_of
from core.access import require
from core.errors import Conflict, Refused, Stale
from core.files import DOCUMENTS, store_attachment
from core.money import short_money
from leads.actions import share_result
from leads.actions.rewards import FUNDS, recognise_reward
from leads.models import SharedResult
from notices.actions import cancel, queue
from parks.queries import counted_month
from projects.actions.reminders import recognisers_of
from projects.actions.rows import change, held, in_yuan, log, past_day, require_open, words
from projects.models import Payment, PaymentFile, Project, ProjectLog

if TYPE_CHECKING:
    from accounts.models import User

MOST_FILES = 10


@transaction.atomic
def claim_payment(
    *,
    by: "User",
    project: Project,
    paid_on: date,
    amount: Decimal,
    currency: str = "CNY",
    rate: Decimal | None = None,
    evidence: str,
    files: Sequence[UploadedFile] = (),
    note: str = "",
) -> Payment:
    """Report funds that arrived on `paid_on`; `rate` is the mid-rate of that day for foreign currency.

    It counts only after a second person has recognised it. Without a file (possible for programs) recognition needs a
    written reason.
    """
    require(by, "payments.claim", project.park_id)
    past_day(paid_on, "paid_on")
    yuan, used_rate = in_yuan(amount, currency, rate, "amount")
    if evidence not in Payment.Evidence.values:
        raise Refused(_("Choose the kind of evidence."), field="evidence", code="evidence")
    held_project = held(project)
    require_open(held_project)
    payment: Payment = Payment.objects.create(
        park_id=held_project.park_id,
        project=held_project,
        company_id=held_project.company_id,
        paid_on=paid_on,
        amount=amount,
        currency=currency,
        rate=used_rate,
        amount_yuan=yuan,
        evidence=evidence,
        note=words(note, "note", 240),
        claimed_by=by,
        department_id=department_of(by, held_project.park_id),
        claimed_at=timezone.now(),
    )
    _attach(payment, by, files)
    log(held_project, ProjectLog.Kind.CLAIMED, by, payment=payment, to_day=paid_on)
    _tell_recognisers(payment, held_project, by)
    return payment


@transaction.atomic
def add_evidence(*, by: "User", payment: Payment, files: Sequence[UploadedFile]) -> Payment:
    """Hand in more scanned evidence while the claim waits."""
    require(by, "payments.claim", payment.park_id)
    row = _waiting(held(payment))
    if not files:
        raise Refused(_("Choose at least one file."), field="files", code="no_file")
    _attach(row, by, files)
    return row


@transaction.atomic
def recognise_payment(*, by: "User", payment: Payment, reason: str = "", version: int | None = None) -> Payment:
    """A second person accepts the evidence: the payment counts, in the month of `paid_on` or the month open now.

    Repeated by the same person it changes nothing; after another decision it is a Conflict.
    """
    _check_second_person(by, payment)
    row = held(payment)
    if row.state == Payment.State.RECOGNISED and row.decided_by_id == by.pk:
        return row
    _waiting(row, version)
    reason = words(reason, "reason", 240)
    if not reason and not row.files.exists():
        message = _("No evidence was handed in. Ask for it, or write down what you have seen.")
        raise Refused(message, field="reason", code="no_evidence")
    change(
        row,
        state=Payment.State.RECOGNISED,
        decided_by=by,
        decided_at=timezone.now(),
        reason=reason,
        counted_month=counted_month(row.park_id, row.paid_on),
    )
    share_result(
        lead=row.project.lead,
        kind=SharedResult.Kind.FUNDS,
        origin=row.uuid,
        amount=row.amount_yuan,
        happened_on=row.paid_on,
    )
    _decided(row, ProjectLog.Kind.RECOGNISED, by)
    lead = row.project.lead
    recognise_reward(by=by, lead=lead, basis=FUNDS, amount=row.amount_yuan, occasion=f"funds:{row.pk}")
    return row


@transaction.atomic
def reject_payment(*, by: "User", payment: Payment, reason: str, version: int | None = None) -> Payment:
    """A second person does not accept the evidence and says why; the claimer may claim again."""
    _check_second_person(by, payment)
    reason = words(reason, "reason", 240, _("Say why the payment is not recognised."))
    row = held(payment)
    if row.state == Payment.State.REJECTED and row.decided_by_id == by.pk:
        return row
    _waiting(row, version)
    change(row, state=Payment.State.REJECTED, decided_by=by, decided_at=timezone.now(), reason=reason)
    _decided(row, ProjectLog.Kind.REJECTED, by)
    return row


def _check_second_person(by: "User", payment: Payment) -> None:
    require(by, "projects.recognise", payment.park_id)
    if payment.claimed_by_id == by.pk:
        message = _("You claimed this payment yourself. A second person has to decide.")
        raise Refused(message, code="second_person", status=409)


def _waiting(payment: Payment, version: int | None = None) -> Payment:
    """A held claim that waits for its decision, in the version that was read; who decided is said before stale."""
    if payment.state != Payment.State.CLAIMED:
        message = _("%(name)s decided this payment already: %(state)s.")
        names = {"name": payment.decided_by, "state": payment.get_state_display()}
        raise Conflict(message % names, code="already_decided")
    if version is not None and payment.version != version:
        raise Stale(_("Somebody else changed this meanwhile. Look at it again and repeat your change."))
    return payment


def _attach(payment: Payment, by: "User", files: Sequence[UploadedFile]) -> None:
    if payment.files.count() + len(files) > MOST_FILES:
        raise Refused(_("At most %(n)s files.") % {"n": MOST_FILES}, field="files", code="too_many_files")
    for file in files:
        attachment = store_attachment(park_id=payment.park_id, by=by, file=file, allowed=DOCUMENTS)
        PaymentFile.objects.create(park_id=payment.park_id, payment=payment, attachment=attachment)


def _tell_recognisers(payment: Payment, project: Project, by: "User") -> None:
    queue(
        park_id=payment.park_id,
        recipients=[person for person in recognisers_of(payment.park_id) if person.pk != by.pk],
        kind="payment_claimed",
        key=f"payment:{payment.pk}:claimed",
        text=partial(_claimed_text, payment, project),
        url=project.get_absolute_url() + "?tab=funds",
    )


def _claimed_text(payment: Payment, project: Project) -> tuple[str, str]:
    names = {"project": project.name, "amount": short_money(payment.amount_yuan), "name": payment.claimed_by}
    names |= {"date": payment.paid_on, "evidence": payment.get_evidence_display()}
    subject = _("To recognise: %(amount)s · %(project)s") % names
    return subject, _("%(name)s claims %(amount)s paid on %(date)s. Evidence: %(evidence)s.") % names


def _decided(payment: Payment, kind: str, by: "User") -> None:
    """Log it, take the question back from the other recognisers, tell the claimer."""
    project = payment.project
    log(project, kind, by, payment=payment, to_day=payment.paid_on, reason=payment.reason)
    cancel(park_id=payment.park_id, key_prefix=f"payment:{payment.pk}:claimed")
    texts: dict[str, Callable[[], tuple[str, str]]] = {
        ProjectLog.Kind.RECOGNISED: partial(_recognised_text, payment, project),
        ProjectLog.Kind.REJECTED: partial(_rejected_text, payment, project),
    }
    queue(
        park_id=payment.park_id,
        recipients=[payment.claimed_by],
        kind="payment_decided",
        key=f"payment:{payment.pk}:decided",
        text=texts[kind],
        url=project.get_absolute_url() + "?tab=funds",
    )


def _recognised_text(payment: Payment, project: Project) -> tuple[str, str]:
    names = {"project": project.name, "amount": short_money(payment.amount_yuan), "name": payment.decided_by}
    names["month"] = f"{payment.counted_month:%Y-%m}"
    subject = _("Recognised: %(amount)s · %(project)s") % names
    return subject, _("%(name)s recognised the payment; it counts in %(month)s.") % names


def _rejected_text(payment: Payment, project: Project) -> tuple[str, str]:
    names = {"project": project.name, "amount": short_money(payment.amount_yuan), "name": payment.decided_by}
    subject = _("Not recognised: %(amount)s · %(project)s") % names
    return subject, _("%(name)s did not recognise the payment. Reason: %(reason)s") % (
        names | {"reason": payment.reason}
    )
