"""Personal data of people outside the house: who looked, and an old salon whose participants were kept too long."""

from datetime import timedelta

from demo.outward import PARK, at, on
from demo.story import World
from leads.actions.events import PEOPLE_KEPT, hold_event, paste_people, plan_event
from leads.actions.personal import reveal_person
from leads.models import Event, EventPerson, ReceptionGuest, Referrer


def tell_personal(world: World) -> None:
    """Told after the events and receptions, on their people."""
    park, by = world.parks[PARK].pk, world.people["manager"]
    _old_salon(world)
    own = {"park_id": park, "erased_at": None}
    looks = (
        (-9, world.people["officer"], Referrer.objects.filter(**own).order_by("id").first()),
        (-4, world.people["officer"], EventPerson.objects.filter(**own, user=None).order_by("-id").first()),
        (-1, by, ReceptionGuest.objects.filter(**own).order_by("id").first()),
    )
    for days, who, row in looks:
        if row is not None:
            with on(at(days, 10, 20)):
                reveal_person(by=who, row=row)


def _old_salon(world: World) -> None:
    by, begins = world.people["manager"], at(-PEOPLE_KEPT.days - 25, 14)
    with on(begins - timedelta(days=10)):
        salon = plan_event(
            by=by,
            park_id=world.parks[PARK].pk,
            kind="salon",
            title="汽车零部件企业家沙龙",
            starts_at=begins,
            ends_at=begins + timedelta(hours=3),
            place="创新中心路演厅",
        )
    with on(begins + timedelta(hours=2)):
        paste_people(by=by, event=salon, text="嘉宾壬，示例传动有限公司，厂长\n嘉宾癸，示例制动有限公司", attended=True)
    with on(begins + timedelta(days=2)):
        hold_event(by=by, event=salon, summary="两家企业希望来园看厂房。")
    Event.objects.filter(pk=salon.pk).update(is_demo=True)
