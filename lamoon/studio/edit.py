"""Changes of studio.yml: one section after the other, with all comments kept, and checked before anything is written."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import LiteralScalarString

from lamoon.studio.file import CALENDAR_NUMBERS, NUMBERS
from lamoon.studio.model import WEEKDAYS, CalendarRules

_KEY: Final = re.compile(r"([A-Za-z_]\w*)\s*:")
WIDTH: Final = 4096
"""Longer than any line of the file: ruamel breaks what is longer."""

Given = Mapping[str, Sequence[str]]
"""The fields of a form: each name with all of its values, in their order."""


@dataclass(frozen=True)
class Field:
    """A value of one line.

    Attributes:
        name: in the file.
        label: for people.
        help: how it is written, with an example.
        long: it may be a sentence or two.
    """

    name: str
    label: str
    help: str = ""
    long: bool = False


@dataclass(frozen=True)
class Section:
    """A page of settings.

    Attributes:
        id: in addresses.
        title: of the page.
        why: what it is for, in a sentence.
        fields: its values of one line.
        keys: the top-level names of the file that it changes.
        write: puts the form into the file.
    """

    id: str
    title: str
    why: str
    fields: tuple[Field, ...]
    keys: tuple[str, ...]
    write: Callable[[CommentedMap, Given], None]


def _plain(*fields: Field) -> Callable[[CommentedMap, Given], None]:
    def write(root: CommentedMap, given: Given) -> None:
        for field in fields:
            _put(root, field.name, _one(given, field.name))

    return write


def _write_hours(root: CommentedMap, given: Given) -> None:
    days = root.get("hours")
    if not isinstance(days, CommentedMap):
        days = CommentedMap()
    for day in WEEKDAYS:
        _put(days, day, _one(given, day))
    if days:
        root["hours"] = days


def _write_closed(root: CommentedMap, given: Given) -> None:
    days = [line.strip() for text in given.get("closed_days", ()) for line in text.replace(",", "\n").splitlines()]
    found = CommentedSeq(day for day in days if day)
    found.fa.set_flow_style()
    if found or "closed_days" in root:
        root["closed_days"] = found


def _write_services(root: CommentedMap, given: Given) -> None:
    rows = zip(
        given.get("service_name", ()), given.get("service_minutes", ()), given.get("service_price", ()), strict=True
    )
    found = CommentedSeq()
    for name, minutes, price in rows:
        values = {"name": name.strip(), "minutes": _number(minutes), "price": price.strip() or None}
        if any(values.values()):
            found.append(CommentedMap((key, value) for key, value in values.items() if value is not None))
    _put_list(root, "services", found)


def _write_replies(root: CommentedMap, given: Given) -> None:
    found = CommentedSeq()
    for title, text in zip(given.get("reply_title", ()), given.get("reply_text", ()), strict=True):
        if title.strip() or text.strip():
            words = "\n".join(text.strip().splitlines())
            found.append(CommentedMap(title=title.strip(), text=LiteralScalarString(words) if "\n" in words else words))
    _put_list(root, "canned_replies", found)


def _write_emergency(root: CommentedMap, given: Given) -> None:
    emergency = root["emergency"]
    emergency["country"] = country = _one(given, "country")
    table = emergency["numbers"]
    if country in table and _one(given, "of") == country:
        for name in NUMBERS:
            _put(table[country], name, _one(given, name))


def _write_calendar(root: CommentedMap, given: Given) -> None:
    calendar = root.get("calendar")
    if not isinstance(calendar, CommentedMap):
        calendar = CommentedMap()
    _put(calendar, "source", _one(given, "source"))
    for name in CALENDAR_NUMBERS:
        value = _number(_one(given, name) or "")
        if name in calendar or value != getattr(CalendarRules(), name):
            _put(calendar, name, value)
    if calendar:
        root["calendar"] = calendar


_CONTACT = (
    Field("name", "Name of the studio"),
    Field("phone", "Phone number for visitors", "As it should read: (212) 555-0147"),
    Field("email", "E-mail address for visitors", "hello@example.com"),
    Field("address", "Street and town", "12 Garden Lane, Springfield"),
    Field("booking_link", "Your own booking page", "https://example.com/book"),
    Field("notify_email", "Where booking requests go", "Visitors never see it: bookings@example.com"),
    Field("time_zone", "Time zone", "America/New_York"),
)
_TIMES = (
    Field("answer_time", "How soon you usually answer", "It follows “The team answers”: within one working day"),
    Field("reminder_hours", "Hours before an appointment that the client is reminded", "1 to 168; empty means never"),
)
_CHAT = (
    Field("greeting", "The chat’s first words", "Empty means the assistant’s own words.", long=True),
    Field("consent", "What visitors agree to", "Empty means the assistant’s own words.", long=True),
    Field("privacy_link", "Your privacy page", "https://example.com/privacy"),
)

REPLIES: Final = Section(
    "replies", "Ready replies", "What the team often writes.", (), ("canned_replies",), _write_replies
)
"""Edited on a page of its own, by everybody."""
SECTIONS: Final = {
    section.id: section
    for section in (
        Section(
            "contact",
            "Name and contact",
            "How visitors reach you, and where requests go.",
            _CONTACT,
            tuple(field.name for field in _CONTACT),
            _plain(*_CONTACT),
        ),
        Section("hours", "Opening hours", "When you are open.", (), ("hours",), _write_hours),
        Section("closed", "Closed days", "Holidays and other days off.", (), ("closed_days",), _write_closed),
        Section("services", "Services and prices", "What you offer.", (), ("services",), _write_services),
        Section(
            "times",
            "Answers and reminders",
            "What clients may expect of you.",
            _TIMES,
            tuple(field.name for field in _TIMES),
            _plain(*_TIMES),
        ),
        Section(
            "chat",
            "Greeting and privacy",
            "What the chat shows before the first message.",
            _CHAT,
            tuple(field.name for field in _CHAT),
            _plain(*_CHAT),
        ),
        Section(
            "emergency", "Emergency numbers", "Whom the assistant names in need.", (), ("emergency",), _write_emergency
        ),
        Section(
            "calendar", "Free times", "Where the times come from that are offered.", (), ("calendar",), _write_calendar
        ),
    )
}


def changed_text(text: str, section: Section, given: Given) -> str:
    """The file with the form's values in it. Only lines of the section change; comments stay."""
    yaml: Any = YAML()
    yaml.preserve_quotes = True
    yaml.width = WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(type(None), lambda maker, _: maker.represent_scalar("tag:yaml.org,2002:null", ""))
    root = yaml.load(text)
    section.write(root, given)
    out = io.StringIO()
    yaml.dump(root, out)
    old, rest = _split(text)
    new, _ = _split(out.getvalue())
    kept = [
        above + (new[name][1] if name in section.keys and name in new else body) for name, (above, body) in old.items()
    ]
    added = [new[name][1] for name in section.keys if name in new and name not in old]
    return "".join([*kept, *added, rest])


def _one(given: Given, name: str) -> str | None:
    """A value on one line; None when it was left empty."""
    return " ".join(" ".join(given.get(name, ())).split()) or None


def _put(fields: CommentedMap, name: str, value: object) -> None:
    """Sets a field; one that is not there is not made for an empty value."""
    if value is not None or name in fields:
        fields[name] = value


def _put_list(root: CommentedMap, name: str, found: CommentedSeq) -> None:
    if not found:
        found.fa.set_flow_style()
    if found or name in root:
        root[name] = found


def _number(text: str) -> int | str | None:
    """A number where it is one; otherwise the text, whose mistake the check names."""
    text = text.strip()
    return int(text) if text.isdecimal() else text or None


def _split(text: str) -> tuple[dict[str, tuple[str, str]], str]:
    """The file by its top-level names: what stands above each (comments, blank lines), and its own lines; then the rest."""
    found: dict[str, tuple[str, str]] = {}
    above: list[str] = []
    name, body = "", [""]
    for line in text.splitlines(keepends=True):
        begins = _KEY.match(line)
        if begins:
            name, body = begins[1], [line]
            found[name] = ("".join(above), line)
            above = []
        elif not name or not line.strip() or line.startswith("#"):
            above.append(line)
        else:
            body += [*above, line]
            above = []
            found[name] = (found[name][0], "".join(body))
    return found, "".join(above)
