"""Companies that somebody typed in a second time, one pair that is not the same, and one that was merged yesterday."""

from datetime import timedelta
from typing import TYPE_CHECKING

import time_machine
from django.utils import timezone

from companies.actions import add_company, mark_different, merge_companies
from companies.actions.merge import carry_out
from companies.duplicates import propose_for
from companies.models import Company, Duplicate

if TYPE_CHECKING:
    from accounts.models import User
    from parks.models import Park


def tell_duplicates(parks: "dict[str, Park]", people: "dict[str, User]") -> None:
    """The review list has something to review."""
    known = list(Company.objects.live().filter(code_kind="valid", is_demo=True, origin_park=None).order_by("pk")[:6])
    if len(known) < 6:
        return
    first, second, third, fourth, fifth, sixth = known
    steward, manager, officer, park = people["parkadmin"], people["manager"], people["officer"], parks["jibei"]
    registry = [_registry(f"{first.name[:-4]}（集团）有限公司"), _registry(f"{second.city or ''} {second.name}")]
    with time_machine.travel(timezone.now() - timedelta(days=1), tick=False):
        propose_for([*registry, _registry(third.name, short_names=[third.name[:-4]])])
        for known_one, name in ((fourth, f"{fourth.name[:-4]}股份公司"), (fifth, f"（{park.name}）{fifth.name}")):
            own = add_company(by=officer, park_id=park.pk, name=name)
            propose_for([own, known_one])
        pair = Duplicate.objects.of(third).filter(state=Duplicate.State.OPEN).first()
        if pair is not None:
            merge = merge_companies(
                by=steward, duplicate=pair, survivor=third, reason="同一家企业，第二次录入时没有填代码"
            )
            carry_out(merge.pk)
        own = add_company(by=officer, park_id=park.pk, name=f"{sixth.name[:-4]}有限责任公司")
        pair = Duplicate.objects.of(own).first()
        if pair is not None:
            mark_different(by=manager, duplicate=pair, reason="法定代表人和地址都不同，只是字号相近")


def _registry(name: str, **values: object) -> Company:
    """A row of an older list that came without a code."""
    return Company.objects.create(name=name, source="示例旧名录", is_demo=True, **values)
