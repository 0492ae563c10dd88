"""From what Rasa replied to what the visitor reads: a safe tree, its kind, choices and the source of an answer."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import phonenumbers

from lamoon.booking.answer import clean
from lamoon.contract import EMERGENCIES, Kind, ReplyMetadata
from lamoon.errors import ContractError
from lamoon.gateway.model import Choice, Draft
from lamoon.gateway.safe_tree import markdown_tree
from lamoon.knowledge import Topics
from lamoon.studio import Studio

log = logging.getLogger("lamoon.gateway.replies")

MOST_CHOICES = 10


class Replies:
    """Makes drafts of Rasa's replies, and of the gateway's own words, for one studio."""

    def __init__(self, studio: Studio, topics: Topics) -> None:
        self._topics = topics
        self._contact_links = contact_links(studio)
        self._emergency_links = self._contact_links | emergency_links(studio)

    def drafts(self, replies: Sequence[Mapping[str, Any]]) -> list[Draft]:
        """The replies of a turn in their order, those without text and choices left out."""
        drafts = [self._draft(reply) for reply in replies]
        return [draft for draft in drafts if draft.text or draft.choices]

    def own(self, text: str, kind: Kind) -> Draft:
        """Words of the gateway itself. Numbers in them can be called."""
        return Draft(text, markdown_tree(text, self._emergency_links), kind)

    def _draft(self, reply: Mapping[str, Any]) -> Draft:
        metadata = _metadata(reply)
        text = str(reply.get("text") or "")
        links = self._emergency_links if metadata.kind in EMERGENCIES else self._contact_links
        return Draft(
            text=text,
            body=markdown_tree(text, links),
            kind=metadata.kind,
            choices=tuple(_choice(button) for button in (reply.get("buttons") or [])[:MOST_CHOICES]),
            source=self._source(metadata.topic),
            forgets=metadata.effect == "forgets",
            calls_team=metadata.effect == "calls_team",
            reports=metadata.effect is not None,
        )

    def _source(self, topic_id: str) -> dict[str, str] | None:
        """Where in the guide an answer comes from."""
        topic = self._topics.by_id.get(topic_id)
        return {"topic": topic.id, "section": topic.section, "title": topic.title} if topic else None


def _metadata(reply: Mapping[str, Any]) -> ReplyMetadata:
    """What the reply says of itself. One that cannot be read is said as plain text, rather than not at all."""
    try:
        return ReplyMetadata.from_dict(reply.get("metadata") or {})
    except ContractError as error:
        log.error("A reply is shown as plain text: %s", error)
        return ReplyMetadata()


def contact_links(studio: Studio) -> dict[str, str]:
    """The studio's phone number, e-mail address and booking page, as words that can be clicked."""
    links = {}
    if studio.phone:
        links[studio.phone] = _phone_link(studio.phone, studio.country)
    if studio.email:
        links[studio.email] = f"mailto:{studio.email}"
    if studio.booking_link.startswith("https:"):
        links[studio.booking_link] = studio.booking_link
    return links


def emergency_links(studio: Studio) -> dict[str, str]:
    """The emergency numbers, as words that can be clicked."""
    numbers = filter(None, (studio.numbers.emergency, studio.numbers.crisis))
    return {number: "tel:" + "".join(filter(str.isdigit, number)) for number in numbers}


def _phone_link(phone: str, country: str) -> str:
    return "tel:" + phonenumbers.format_number(phonenumbers.parse(phone, country), phonenumbers.PhoneNumberFormat.E164)


def _choice(button: Mapping[str, Any]) -> Choice:
    title = clean(str(button.get("title") or ""))
    return Choice(title, str(button.get("payload") or title))
