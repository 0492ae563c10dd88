"""What the visitor reads: Rasa's replies as safe trees, and the chat's notices."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import phonenumbers

from lamoon.chat.model import Choice, Draft
from lamoon.chat.safe_tree import markdown_tree, with_choices
from lamoon.contract import EMERGENCIES, Kind, ReplyMetadata
from lamoon.errors import ContractError
from lamoon.knowledge import Topics
from lamoon.phrasebook import say
from lamoon.studio import Studio, is_open, next_opening
from lamoon.studio.model import month, weekday
from lamoon.text.clean import clean, escape_markdown


def greeting(studio: Studio) -> str:
    """The first message: the owner's greeting or the default, always with the disclosure that a computer program
    answers.
    """
    disclosure = say("disclosure")
    if studio.greeting:
        return say("own_greeting", greeting=studio.greeting, disclosure=disclosure)
    return say("greeting", studio=studio.name, disclosure=disclosure)


def consent(studio: Studio) -> str:
    """The text before the first message, the owner's or the default."""
    return studio.consent or say("consent", emergency=studio.numbers.emergency)


def apology(studio: Studio) -> str:
    """Shown when the assistant has no answer. The gateway can still take a message for the team."""
    return say("apology", contact=_contact(studio), emergency=studio.numbers.emergency)


def delayed(studio: Studio) -> str:
    """Shown with a message that waits until the assistant works again."""
    return say("delayed", contact=_contact(studio), emergency=studio.numbers.emergency)


def too_fast(studio: Studio, count: int, seconds: float) -> str:
    """Shown after messages beyond the rate limit; the last has its turn in so many seconds."""
    what = say("too_fast_one") if count == 1 else say("too_fast_several", count=count)
    return say("too_fast", what=what, seconds=math.ceil(seconds), emergency=studio.numbers.emergency)


def left_waiting(studio: Studio) -> str:
    """Shown when the member of staff who owns the conversation has gone silent."""
    return say("left_waiting", contact=_contact(studio), opening=_opening(studio))


def nobody_came(studio: Studio) -> str:
    """Shown when the visitor asked for a person and still waits. Promises nothing that studio.yml does not say."""
    return say("nobody_came", contact=_contact(studio), opening=_opening(studio))


def asked_for_person(studio: Studio) -> str:
    """Shown when the visitor asks for a person: when a person can come, as far as studio.yml says."""
    opening = _opening(studio)
    if opening:
        return say("asked_closed", opening=opening)
    within = say("team_answers_within", time=studio.answer_time) if studio.answer_time else say("asked_unknown")
    return say("asked_open" if is_open(studio, datetime.now(studio.zone)) else "asked", within=within)


def _contact(studio: Studio) -> str:
    return studio.contact_sentence() if studio.phone or studio.email or studio.booking_link else ""


def _opening(studio: Studio) -> str:
    """When a closed studio opens again; empty while it is open or its hours are unknown."""
    moment = datetime.now(studio.zone)
    opening = None if is_open(studio, moment) else next_opening(studio, moment)
    if opening is None:
        return ""
    day, name = weekday(opening.weekday()), month(opening.month)
    return say("opening", day=day, month=name, number=opening.day, time=f"{opening:%H:%M}")


log = logging.getLogger("lamoon.chat.replies")

MOST_CHOICES = 10


class Replies:
    """Makes drafts of Rasa's replies and of notices, for one studio."""

    def __init__(self, studio: Studio, topics: Topics) -> None:
        self._topics = topics
        self._studio = studio

    def drafts(self, replies: Sequence[Mapping[str, Any]]) -> list[Draft]:
        """The replies of a turn in order, without those that have neither text nor choices."""
        drafts = [self._draft(reply) for reply in replies]
        return [draft for draft in drafts if draft.text or draft.choices]

    def own(self, text: str, kind: Kind) -> Draft:
        """A notice. Phone numbers in it become links."""
        return Draft(text, markdown_tree(text, self._emergency_links()), kind)

    def typed(self, lines: Sequence[str]) -> Draft:
        """What a person of the team typed, line by line, as it is. Phone numbers in it become links."""
        body = markdown_tree("\\\n".join(map(escape_markdown, lines)), self._emergency_links())
        return Draft("\n".join(lines), body, "text")

    def _emergency_links(self) -> dict[str, str]:
        return contact_links(self._studio) | emergency_links(self._studio)

    def _draft(self, reply: Mapping[str, Any]) -> Draft:
        metadata = _metadata(reply)
        text = str(reply.get("text") or "")
        buttons = (reply.get("buttons") or [])[:MOST_CHOICES]
        beside = {str(button["beside"]): index for index, button in enumerate(buttons) if "beside" in button}
        links = self._emergency_links() if metadata.kind in EMERGENCIES else contact_links(self._studio)
        return Draft(
            text=text,
            body=with_choices(markdown_tree(text, links), beside),
            kind=metadata.kind,
            choices=tuple(_choice(button) for button in buttons),
            source=self._source(metadata.topic),
            forgets=metadata.effect in ("forgets", "withdraws"),
            withdraws=metadata.effect == "withdraws",
            calls_team=metadata.effect == "calls_team",
            reports=metadata.effect is not None,
        )

    def _source(self, topic_id: str) -> dict[str, str] | None:
        """The section of the guide that an answer comes from."""
        topic = self._topics.by_id.get(topic_id)
        return {"topic": topic.id, "section": topic.section, "title": topic.title} if topic else None


def _metadata(reply: Mapping[str, Any]) -> ReplyMetadata:
    """The reply's metadata. When it cannot be read, the reply is sent as plain text rather than dropped."""
    try:
        return ReplyMetadata.from_dict(reply.get("metadata") or {})
    except ContractError as error:
        log.error("A reply is shown as plain text: %s", error)
        return ReplyMetadata()


def contact_links(studio: Studio) -> dict[str, str]:
    """Link targets of the studio's phone number, e-mail address and booking page."""
    links = {}
    if studio.phone:
        links[studio.phone] = _phone_link(studio.phone, studio.country)
    if studio.email:
        links[studio.email] = f"mailto:{studio.email}"
    if studio.booking_link.startswith("https:"):
        links[studio.booking_link] = studio.booking_link
    return links


def emergency_links(studio: Studio) -> dict[str, str]:
    """Link targets of the numbers to call, and of the chat, for emergencies, crises and violence at home."""
    known = studio.numbers
    numbers = filter(None, (known.emergency, known.crisis, known.violence))
    calls = {number: "tel:" + "".join(filter(str.isdigit, number)) for number in numbers}
    return calls | ({known.crisis_chat: known.crisis_chat} if known.crisis_chat else {})


def _phone_link(phone: str, country: str) -> str:
    return "tel:" + phonenumbers.format_number(phonenumbers.parse(phone, country), phonenumbers.PhoneNumberFormat.E164)


def _choice(button: Mapping[str, Any]) -> Choice:
    title = clean(str(button.get("title") or ""))
    return Choice(title, str(button.get("payload") or title), main=bool(button.get("main")))
