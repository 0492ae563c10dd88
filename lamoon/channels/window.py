"""What platforms let through once a person has not written for a day: approved templates, and replies of the team.

WhatsApp's window for answers is 24 hours (Meta, "Customer service windows"); after it only templates that Meta approved may
be sent. Messenger's and Instagram's is 24 hours too, and seven days for replies of people with the tag HUMAN_AGENT (Meta,
"Messenger Platform policy"), for apps that have the permission of that name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from lamoon.booking.notices import ABOUTS, About
from lamoon.settings import CHANNELS, ChannelSettings

OUTSIDE: Final = (
    "more than 24 hours since they wrote: the platform lets nothing through until they write again. Call them or send an "
    "e-mail"
)
"""Why a message was not delivered, and what staff can do."""
HUMAN_AGENT_WINDOW: Final = timedelta(days=7)
TAGGED: Final = ("messenger", "instagram")
ON: Final = ("on", "true", "1", "yes")
_ENTRY: Final = re.compile(r"(?P<about>\w+)=(?P<name>\w+)(?::(?P<language>\w+))?")
_EXAMPLE: Final = "confirmed=visit_confirmed:en_US,reminder=visit_reminder:en_US"


@dataclass(frozen=True)
class Template:
    """An approved template with what it is filled with: {{1}} the studio, {{2}} the reference, {{3}} the appointment.

    `name` is WhatsApp's, or Twilio's content SID; `language` is WhatsApp's code, empty at Twilio.
    """

    name: str
    language: str = ""
    values: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def of_row(cls, row: Any) -> Template | None:
        """The template in a row of deliveries."""
        return cls(row["name"], row["language"], tuple(row["values"])) if row else None

    def as_row(self) -> dict[str, Any]:
        """For a row of deliveries."""
        return {"name": self.name, "language": self.language, "values": list(self.values)}


@dataclass(frozen=True)
class Windows:
    """What goes out after a window has closed. `templates` by channel and notice; `tagged`: channels with HUMAN_AGENT."""

    templates: Mapping[str, Mapping[About, Template]] = field(default_factory=dict)
    tagged: Sequence[str] = ()

    @classmethod
    def of(cls, settings: ChannelSettings) -> Windows:
        """By the settings. Raises ValueError that names the variable."""
        templates = {
            "whatsapp": _read("LAMOON_WHATSAPP_TEMPLATES", settings.whatsapp_templates),
            "twilio_whatsapp": _read("LAMOON_TWILIO_WHATSAPP_TEMPLATES", settings.twilio_whatsapp_templates),
        }
        return cls(templates, TAGGED if settings.meta_human_agent.lower() in ON else ())

    def length(self, channel: str, *, by_team: bool) -> timedelta | None:
        """How long after a person's last message the platform accepts ours; None without a limit."""
        known = CHANNELS.get(channel)
        if known is None or known.window is None:
            return None
        return HUMAN_AGENT_WINDOW if by_team and channel in self.tagged else known.window

    def template(self, channel: str, about: About, values: Sequence[str]) -> Template | None:
        """The template for a notice, filled in; None where none was approved."""
        found = self.templates.get(channel, {}).get(about)
        return Template(found.name, found.language, tuple(map(_one_line, values))) if found else None


AS_USUAL: Final = Windows()
"""Nothing goes out after a window has closed."""


def _read(variable: str, text: str) -> dict[About, Template]:
    known: dict[str, About] = {about: about for about in ABOUTS}
    found: dict[About, Template] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        match = _ENTRY.fullmatch(entry)
        about = known.get(match["about"]) if match else None
        if match is None or about is None:
            raise ValueError(f"{variable} has '{entry}': expected notices with their templates, such as {_EXAMPLE}")
        found[about] = Template(match["name"], match["language"] or "")
    return found


def _one_line(value: str) -> str:
    """WhatsApp refuses line breaks, tabs and more than four spaces in a value, and an empty one."""
    return " ".join(value.split()) or "-"
