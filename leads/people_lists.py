"""Reading a pasted list of people: a person a line, cells between tabs or commas, in the order that lists have."""

import re
from typing import NamedTuple

from django.utils.translation import gettext as _

from core.errors import Refused

MOST_LINES = 500
LONGEST = 200_000
CELLS = re.compile(r"\t|[,，;；]")
PHONE = re.compile(r"\+?[0-9][0-9 \-]{5,18}[0-9]")


class Line(NamedTuple):
    """One person."""

    name: str
    organisation: str = ""
    title: str = ""
    phone: str = ""
    email: str = ""


def read_lines(text: str) -> list[Line]:
    """The people of a pasted list; `Refused` at `text` names the first line that cannot be a person."""
    if len(text) > LONGEST:
        raise Refused(_("The list is too long."), field="text", code="too_long")
    found = [
        _line(number, raw.replace("\x00", "")) for number, raw in enumerate(text.splitlines(), start=1) if raw.strip()
    ]
    if not found:
        raise Refused(_("Paste at least one line."), field="text", code="required")
    if len(found) > MOST_LINES:
        raise Refused(_("At most %(n)s lines at a time.") % {"n": MOST_LINES}, field="text", code="too_many_lines")
    return list(dict.fromkeys(found))


def _line(number: int, raw: str) -> Line:
    """Telephone and mail are known by their looks, wherever they stand; the other cells by their order."""
    cells = [cell.strip() for cell in CELLS.split(raw)]
    phone = next((cell for cell in cells if PHONE.fullmatch(cell)), "")
    email = next((cell for cell in cells if "@" in cell), "")
    words = [cell for cell in cells if cell and cell not in {phone, email}]
    name = words[0] if words else ""
    if not name or len(name) > 60:
        raise Refused(_("Line %(n)s does not begin with a name.") % {"n": number}, field="text", code="no_name")
    organisation, title = ([*words[1:], "", ""])[:2]
    return Line(name, organisation[:200], title[:80], phone[:30], email[:254])
