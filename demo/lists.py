"""Views of lists as people keep them: some shared by the manager, one of the officer's own."""

from typing import Final

from core.lists.saved import Definition, save_view
from demo.story import World

# Who, which list, name, what it shows, who sees it, pinned.
VIEWS: Final = (
    (
        "manager",
        "leads:list",
        "在谈重点",
        Definition(
            {"stage": ["negotiating", "screening"]}, "-amount", ["company", "owner", "amount", "tier", "next", "light"]
        ),
        "park",
        True,
    ),
    (
        "manager",
        "leads:list",
        "本部门逾期",
        Definition({"due": ["overdue"]}, "next", ["company", "owner", "next", "due", "last"]),
        "department",
        False,
    ),
    ("officer", "leads:list", "我的下一步", Definition({"owner": ["me"], "open": ["true"]}, "next"), "own", True),
    ("manager", "leads:submissions", "待研判", Definition({"state": ["pending"]}, "at"), "park", False),
    ("leader", "projects:list", "进度落后", Definition({"light": ["red"]}, "-agreed"), "park", True),
)


def tell_lists(world: World) -> None:
    """Saved today, through the product's own action."""
    for login, list_name, name, definition, visibility, pinned in VIEWS:
        user = world.people[login]
        save_view(
            by=user,
            park_id=user.access.home_park_id or 0,
            list_name=list_name,
            name=name,
            definition=definition,
            visibility=visibility,
            is_pinned=pinned,
        )
