"""Why a line failed, was left or is strange: kept as a code with details, said in the reader's language."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from core.creditcode import check_credit_code

Reason = list[Any]
"""A code and its details, as JSON keeps them; empty when there is nothing to say."""

TEXTS: Final[dict[str, str | Promise]] = {
    "no_name": _("There is no company name."),
    "long_name": _("The company name is longer than 200 characters."),
    "repeated": _("The same company as on line {0}, which counts."),
    "too_many_cells": _("The line has more cells than the heading has names."),
    "stewards": _("The registry has this company. Its facts are kept by the stewards and were left as they are."),
    "same_name": _("A company of this name is there already: {0}."),
    "same_stock": _("Another company has this stock code: {0}."),
    "same_code": _("Another company of yours has this number: {0}."),
    "several": _("{0} companies could be meant, the first is {1}."),
    "somebody_else": _("Somebody wrote the same company at the same moment."),
    "code_invalid": _("{0}: {1}"),
    "code_old15": _("{0}: old 15-digit number."),
    "code_old13": _("{0}: old 13-digit number."),
    "cut": _("“{0}” was cut to {1} characters."),
    "no_date": _("“{0}” is not a date and was left out."),
    "no_industry": _("“{0}” is not an industry of GB/T 4754 and was left out."),
    "no_exchange": _("“{0}” is not a stock exchange and was left out."),
    "exchange_alone": _("“{0}” was left out: there is no stock code."),
    "no_mark": _("“{0}” is not a mark and was left out."),
    "no_address": _("“{0}” is not a web address and was left out."),
    "merged": _("This company was merged into another one, which was left as it is."),
    "similar": _("A company of a very similar name is there already: {0}."),
    "gone": _("The company is no longer there."),
    "changed": _("Changed since: {0}."),
    "in_use": _("In use: something in the system refers to it."),
    "lead_touched": _("Its lead is being worked on."),
    "lead_given_up": _("Its lead was given up. The company stays, since the lead's log tells of it."),
    "not_allowed": _("You may no longer change this company."),
}
# Details that are names of fields.
FIELD_DETAILS: Final = {"cut", "changed"}


def say(reason: Sequence[Any]) -> str:
    """One reason as a sentence."""
    if not reason:
        return ""
    code, *details = reason
    if code in FIELD_DETAILS and details:
        details[0] = ", ".join(label_of(name) for name in str(details[0]).split(","))
    if code == "code_invalid" and details:
        details.append(check_credit_code(str(details[0])).warning)
    return str(TEXTS.get(code, code)).format(*details)


def say_all(reasons: Iterable[Sequence[Any]]) -> list[str]:
    """Several of them."""
    return [say(reason) for reason in reasons]


def label_of(name: str) -> str:
    """A field's name as people read it."""
    return str(LABELS.get(name, name))


LABELS: Final[dict[str, str | Promise]] = {
    **{field.name: field.verbose_name for field in Company._meta.local_fields},
    "origin_park": _("Origin"),
    "lead_owner": _("Lead: owner (name or user name)"),
    "lead_next_step": _("Lead: next step"),
    "lead_next_date": _("Lead: date of the next step"),
    "lead_note": _("Lead: source note"),
}
