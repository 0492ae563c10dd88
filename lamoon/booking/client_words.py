"""Texts of notices to clients, in the conversation and by e-mail: nothing about health, no promise, no repeated wish.

Mails are not private and phones show messages on locked screens, so a notice contains only the reference, the time, and
the text by staff.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Final, Literal, get_args

from lamoon.booking.notices import About
from lamoon.booking.outbox import Notice
from lamoon.phrasebook import say
from lamoon.studio import Studio

Decision = Literal["confirmed", "changed", "declined", "proposed", "cancelled"]
EDITABLE: Final[tuple[Decision, ...]] = get_args(Decision)
"""Events for which staff may write a text. `usual_text` is the default on their page."""
CANCELS: Final[tuple[About, ...]] = ("cancelled", "withdrawn", "declined")
"""Events that cancel an agreed appointment."""


@dataclass(frozen=True)
class ClientWords:
    """A notice to a client: `subject` of the mail, `lines` of both, `foot` of the mail only."""

    subject: str
    lines: tuple[str, ...] = field(repr=False)
    foot: tuple[str, ...] = field(repr=False)

    @property
    def message(self) -> str:
        """The text in a conversation."""
        return "\n\n".join(self.lines)

    @property
    def plain(self) -> str:
        """The mail's plain text."""
        return "\n\n".join((*self.lines, *self.foot)) + "\n"

    @property
    def html(self) -> str:
        """The mail in HTML: paragraphs and nothing else, so that no mail program loads anything."""
        paragraphs = "".join(f"<p>{_in_html(line)}</p>\n" for line in self.lines)
        foot = "".join(f'<p style="color:#555">{_in_html(line)}</p>\n' for line in self.foot)
        head = f'<head><meta charset="utf-8"><title>{escape(self.subject)}</title></head>'
        return f'<!doctype html>\n<html lang="en">\n{head}\n<body>\n{paragraphs}{foot}</body>\n</html>\n'


def client_words(notice: Notice, studio: Studio) -> ClientWords:
    """Return the text of a notice to a client."""
    agreed = notice.stage.appointment
    name, reference = studio.name, notice.request.reference
    facts = {
        "studio": name,
        "reference": reference,
        "appointment": agreed.said(studio.zone) if agreed else "",
    }
    timed = f"client_{notice.about}_time" if notice.about in CANCELS and agreed else f"client_{notice.about}"
    lines = [say(timed, **facts)]
    if notice.about == "receipt":
        lines.append(studio.team_answers_sentence())
    if notice.about in ("confirmed", "changed", "reminder") and studio.address:
        lines.append(studio.location_sentence())
    if notice.about in EDITABLE:
        lines += [line.strip() for line in notice.words.splitlines() if line.strip()]
    if notice.about == "reminder" and notice.route == "conversation":
        lines.append(say("client_reminder_answer"))
    subject = say("client_subject", what=say(f"client_subject_{notice.about}"), studio=name, reference=reference)
    keeps = () if notice.about in (*CANCELS, "reminder") else (say("client_reach_later", reference=reference),)
    return ClientWords(
        subject, tuple(lines), (*keeps, studio.contact_sentence(), say("client_foot", reference=reference, studio=name))
    )


def usual_text(about: Decision) -> str:
    """Return the desk's default text for the team to edit."""
    return say(f"text_{about}")


def _in_html(line: str) -> str:
    return "<br>\n".join(escape(part) for part in line.splitlines())
