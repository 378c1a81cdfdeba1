"""The pages that every app builds on: list, record, form, action and board (docs/interface.md shows one of each)."""

from core.pages.base import LOGGED_IN, PUBLIC, Page
from core.pages.boards import BoardColumn, BoardPage
from core.pages.calendars import CalendarItem, CalendarPage
from core.pages.charts import Chart, Series
from core.pages.columns import Column
from core.pages.filters import Quick
from core.pages.forms import ActionPage, FormNeeded, FormPage
from core.pages.lists import Button, Empty, ListPage, View
from core.pages.records import Property, RecordPage, Step, Tab, TimelineEntry, steps

__all__ = [
    "LOGGED_IN",
    "PUBLIC",
    "ActionPage",
    "BoardColumn",
    "BoardPage",
    "Button",
    "CalendarItem",
    "CalendarPage",
    "Chart",
    "Column",
    "Empty",
    "FormNeeded",
    "FormPage",
    "ListPage",
    "Page",
    "Property",
    "Quick",
    "RecordPage",
    "Series",
    "Step",
    "Tab",
    "TimelineEntry",
    "View",
    "steps",
]
