"""The field of the demonstration: photos of visits, promises kept and forgotten, visits that do not count yet."""

import io
from datetime import timedelta
from typing import Final

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from demo.story import World
from leads.actions import Word, add_file, log_activity, settle_undertaking
from leads.models import OPEN_STAGES, Activity, Lead
from parks.models import ParkRules

NEEDS_EVIDENCE: Final = "jibei"
HALLS: Final = ((32, 96, 110), (120, 92, 40), (64, 84, 120), (96, 60, 72))
ASKED: Final = ("希望厂房层高 8 米以上", "需要双回路供电", "员工宿舍 60 间", "希望本月内看两处厂房")
PROMISED: Final = (
    ("送厂房平面图和报价", 3),
    ("请供电公司到现场勘查", 6),
    ("答复房租减免的审批进度", -2),
    ("介绍两家表面处理配套企业", 9),
)


def tell_of_field(world: World) -> None:
    """The newest open leads of every officer get visits with evidence, or one that lacks its photo."""
    park = world.parks[NEEDS_EVIDENCE]
    ParkRules.objects.update_or_create(park=park, defaults={"visit_needs_photo": True, "visit_needs_person": True})
    rows = Lead.objects.filter(stage__in=OPEN_STAGES, pooled_at=None).select_related("company", "owner", "park")
    for place, lead in enumerate(rows.order_by("owner_id", "-id")):
        if place % 3 == 0:
            _visit(lead, place)
        elif place % 3 == 1 and lead.park_id == park.pk:
            _bare_visit(lead)


def _visit(lead: Lead, place: int) -> None:
    """Photos, people, what was asked and promised; one of the two promises was kept."""
    with time_machine.travel(timezone.now() - timedelta(days=4 + place % 3, hours=place % 4), tick=False):
        text, days = PROMISED[place % len(PROMISED)]
        due = timezone.localdate() + timedelta(days=max(days + 4, 1))
        activity = log_activity(
            by=lead.owner,
            lead=lead,
            kind="outbound_visit" if place % 2 else "inbound_visit",
            happened_at=timezone.now() - timedelta(hours=1),
            summary="一同看了厂房和展厅，谈到用电、层高和交付时间。",
            met="对方负责人甲，技术负责人乙",
            place="示例产业园 3 号厂房",
            asked=[ASKED[place % len(ASKED)]],
            promised=[Word(text, due), Word("会后发会议纪要", timezone.localdate() + timedelta(days=1))],
        )
        for number in range(1 + place % 2):
            add_file(by=lead.owner, activity=activity, file=_photo(place + number))
    minutes = activity.undertakings.get(text="会后发会议纪要")
    settle_undertaking(by=lead.owner, undertaking=minutes, state="kept")


def _bare_visit(lead: Lead) -> Activity:
    """Logged in the car: the photo is still on the phone."""
    return log_activity(
        by=lead.owner,
        lead=lead,
        kind="outbound_visit",
        happened_at=timezone.now() - timedelta(hours=3),
        summary="上门拜访，约定下周带图纸再谈。",
        met="对方负责人甲",
    )


def _photo(number: int) -> SimpleUploadedFile:
    """A hall in plain colours, so that nobody takes it for a real one."""
    wall = HALLS[number % len(HALLS)]
    picture = Image.new("RGB", (960, 640), wall)
    draw = ImageDraw.Draw(picture)
    draw.polygon([(0, 640), (960, 640), (640, 400), (320, 400)], fill=(176, 176, 168))
    for column in range(6):
        draw.rectangle([column * 170 + 30, 60, column * 170 + 110, 300], fill=tuple(min(255, c + 70) for c in wall))
    draw.rectangle([420, 250, 540, 400], fill=(230, 226, 210))
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=82)
    return SimpleUploadedFile(f"厂房照片{number}.jpg", data.getvalue(), "image/jpeg")
