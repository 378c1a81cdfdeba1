"""The tags that templates build the interface from; available everywhere without {% load %}."""

import functools
import json
import re
import zlib
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField, widgets
from django.template import engines
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.jobs import look_of
from core.periods import SpanWidget

register = template.Library()

ICONS = settings.BASE_DIR / "node_modules" / "@tabler" / "icons" / "icons"
AVATAR_COLOURS = 8
# A light always has a shape and a word beside its colour.
LIGHTS: dict[str, tuple[str, str | Promise]] = {
    "green": ("●", _("On track")),
    "amber": ("▲", _("At risk")),
    "red": ("◆", _("Late")),
    "grey": ("○", _("Not started")),
}
# What Django renders as text, every browser has a picker for.
NATIVE = {
    widgets.DateInput: ("date", "%Y-%m-%d"),
    widgets.DateTimeInput: ("datetime-local", "%Y-%m-%dT%H:%M"),
    widgets.TimeInput: ("time", "%H:%M"),
}
LIGHT_NAMES = {"yellow": "amber", "gray": "grey", "none": "grey", "": "grey"}


@functools.cache
def drawing(name: str) -> str:
    """The paths of an icon, read once from the icon package; `name-filled` is the filled variant."""
    folder, file = ("filled", name.removesuffix("-filled")) if name.endswith("-filled") else ("outline", name)
    if not re.fullmatch(r"[a-z0-9-]+", file):
        raise ValueError(f"not the name of an icon: {name!r}")
    svg = (ICONS / folder / f"{file}.svg").read_text(encoding="utf-8")
    body = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    return re.sub(r'\s*<path stroke="none"[^>]*/>\s*|\n\s*', "", body)


@functools.lru_cache(maxsize=512)
def drawn(name: str, css: str, label: str) -> SafeString:
    fill = "currentColor" if name.endswith("-filled") else "none"
    stroke = "none" if name.endswith("-filled") else "currentColor"
    role = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon {}" {} viewBox="0 0 24 24" width="20" height="20" fill="{}" stroke="{}" stroke-width="1.75" '
        'stroke-linecap="round" stroke-linejoin="round">{}</svg>',
        css,
        role,
        fill,
        stroke,
        mark_safe(drawing(name)),  # noqa: S308 - from the icon package
    )


@register.simple_tag
def icon(name: str, css: str = "", label: str | Promise = "") -> SafeString:
    """`{% icon "phone" %}`: an inline drawing; without `label` it is decoration and hidden from screen readers."""
    return drawn(name, css, str(label))


@register.simple_tag
def light(state: str, label: str | Promise = "", *, bare: bool = False, language: str = "") -> SafeString:
    """`{% light project.light %}`: shape and word; `bare=True` keeps the word for screen readers only."""
    return lamp(LIGHT_NAMES.get(state or "", state), str(label), bare, language or get_language() or "")


@functools.lru_cache(maxsize=512)
def lamp(name: str, label: str, bare: bool, _language: str) -> SafeString:  # noqa: FBT001 - the key of a cache
    """One light in one language; lists print it for every row."""
    shape, word = LIGHTS.get(name, LIGHTS["grey"])
    return format_html(
        '<span class="ld-light ld-light-{}"{}><span class="ld-light-shape" aria-hidden="true">{}</span>'
        '<span class="{}">{}</span></span>',
        name if name in LIGHTS else "grey",
        format_html(' title="{}"', label or word) if bare else "",
        shape,
        "visually-hidden" if bare else "ld-light-word",
        label or word,
    )


@register.filter
def initial(name: object) -> str:
    """The character of a person's avatar: the given name's last for Chinese names, else the first letter."""
    text = str(name or "").strip()
    if not text:
        return "?"
    return text[0].upper() if text.isascii() else text[-1].upper()


@register.filter
def hue(name: object) -> int:
    """A stable number from 0 to 7 for a name, the colour class of its avatar."""
    return zlib.crc32(str(name).encode()) % AVATAR_COLOURS


@register.simple_tag
def avatar(name: object, size: str = "") -> SafeString:
    """`{% avatar lead.owner %}`: a coloured initial; the name itself is its title."""
    return portrait(str(name or ""), size)


@functools.lru_cache(maxsize=2048)
def portrait(name: str, size: str) -> SafeString:
    """The avatar of one name; lists print the same few for every row."""
    return format_html(
        '<span class="ld-avatar ld-hue-{} {}" title="{}" aria-hidden="true">{}</span>',
        hue(name),
        f"ld-avatar-{size}" if size else "",
        name,
        initial(name),
    )


@register.filter
def percent_of(value: Any, whole: Any) -> int:
    """How far `value` is on the way to `whole`, 0 to 100, for the thin bars."""
    try:
        return max(0, min(100, round(100 * float(value) / float(whole))))
    except (TypeError, ValueError, ZeroDivisionError):
        return 0


def dressed(bound: BoundField) -> BoundField:
    """Give the field's widget the classes of the interface, unless its form chose its own."""
    widget = bound.field.widget
    for part in getattr(widget, "widgets", [widget]):
        dress_widget(part, wrong=bool(bound.errors))
    return bound


def dress_widget(widget: Any, *, wrong: bool) -> None:
    classes = [*widget.attrs.get("class", "").split(), widget_class(widget), "is-invalid" if wrong else ""]
    widget.attrs["class"] = " ".join(dict.fromkeys(name for name in classes if name))
    if isinstance(widget, widgets.Textarea):
        # Ten rows is Django's own default, not a form's wish.
        widget.attrs["rows"] = 4 if widget.attrs.get("rows") in (None, "10") else widget.attrs["rows"]
    if widget.__class__ in NATIVE:
        widget.input_type, widget.format = NATIVE[widget.__class__]


def widget_class(widget: Any) -> str:
    if isinstance(widget, widgets.CheckboxInput | widgets.RadioSelect | widgets.CheckboxSelectMultiple):
        return "form-check-input"
    if isinstance(widget, widgets.Select):
        return "form-select"
    return "" if widget.is_hidden else "form-control"


@register.filter
def kind(bound: BoundField) -> str:
    """How the field is laid out: `check`, `choices`, `file`, `range` or `plain`."""
    widget = bound.field.widget
    if isinstance(widget, widgets.MultiWidget):
        return "plain" if isinstance(widget, SpanWidget) else "range"
    if isinstance(widget, widgets.RadioSelect | widgets.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, widgets.CheckboxInput):
        return "check"
    return "file" if isinstance(widget, widgets.FileInput) else "plain"


@register.simple_tag
def field(bound: BoundField, css: str = "") -> SafeString:
    """`{% field form.amount %}`: label, input, help and errors, tied together for screen readers."""
    partial: Any = engines["jinja2"].get_template("parts/field.jinja")
    text: str = partial.render({"field": dressed(bound), "css": css})
    return mark_safe(text)  # noqa: S308 - autoescaped


@register.inclusion_tag("parts/fields.html")
def fields(form: BaseForm) -> dict[str, Any]:
    """`{% fields form %}`: errors of the whole form, hidden inputs and all fields."""
    return {"form": form, "visible": [dressed(bound) for bound in form.visible_fields()]}


@register.filter
def dress(bound: BoundField) -> BoundField:
    """`{{ form.amount|dress }}`: the bare input with the interface's classes."""
    return dressed(bound)


@register.filter
def at(mapping: Any, key: Any) -> Any:
    """`{{ mapping|at:key }}`."""
    return mapping.get(key, "") if hasattr(mapping, "get") else ""


@register.filter
def as_json(value: Any) -> str:
    """For a data attribute; it is escaped like any text."""
    return json.dumps(value, ensure_ascii=False)


@register.filter
def job_label(job: Any) -> str:
    """What a kind of job is called."""
    return str(look_of(job.kind).label)


@register.filter
def job_stoppable(job: Any) -> bool:
    """Whether its owner may stop it."""
    return look_of(job.kind).stoppable


@register.filter
def job_template(job: Any) -> str:
    """The partial that shows what came of it."""
    return look_of(job.kind).template


@register.filter
def joined(values: Any, separator: str = "、") -> SafeString:
    return mark_safe(separator.join(str(conditional_escape(value)) for value in values))  # noqa: S308 - each part is escaped
