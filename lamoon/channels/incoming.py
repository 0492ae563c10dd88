"""Turns events of a platform into messages of a conversation, and obeys commands.

Every step may run twice: platforms redeliver what got no response, and the gateway may have been killed in between. So
everything stored is keyed by the platform's event id.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from weakref import WeakValueDictionary

from lamoon.booking import BookingStore
from lamoon.channels.adapter import IncomingEvent, is_word, numbered_choice, read_choice_key
from lamoon.channels.rendering import plain, runs
from lamoon.channels.store import ChannelStore, Person
from lamoon.chat.corrections import corrected_words
from lamoon.chat.limits import LONGEST, RateLimit
from lamoon.chat.model import Choice, Message
from lamoon.chat.replies import Replies, consent, greeting
from lamoon.chat.store import ChatStore
from lamoon.chat.view import suggestions
from lamoon.chat.withdrawals import Withdrawals
from lamoon.contract import all_runs
from lamoon.phrasebook import phrase, phrasebook, say
from lamoon.storage.time import now
from lamoon.studio import Studio
from lamoon.text.answers import Deletion, parse_deletion
from lamoon.text.clean import clean_lines, phrase_key, plain_text
from lamoon.text.emoji import emoji_meaning

log = logging.getLogger("lamoon.channels")

STALE = timedelta(hours=24)
"""Older events get no answer; and a request this old may be a replayed copy."""
RECENT = 20
"""Messages searched for the choice that a number names: more than any turn sends."""
SHORT = 20
"""Characters; a longer message is not read as a number."""
WRITING = ("text", "choice", "reaction", "media", "start")
"""Kinds of events that open the platform's window for answers."""


@dataclass(frozen=True)
class Written:
    """A message for the assistant or the team, under our `name` of it: its `text`, or a `choice` of a message."""

    name: str
    text: str = field(repr=False)
    choice: tuple[int, int] | None = None
    note: str = ""
    """Ours, shown below the message."""

    @property
    def words(self) -> str:
        """The message for Rasa."""
        return corrected_words(self.text) if self.note else plain_text(self.text)


@dataclass(frozen=True)
class HandlingResult:
    """Result of handling an event: its conversation, if any, and what has to follow.

    `written`: a message for the intake, not stored before. `deletes`: what is to be deleted. `withdraws`: the words of a
    message are to be taken out of all that quotes them. `farewell`: last words to a person whose data was deleted.
    """

    conversation_id: str | None = None
    written: Written | None = None
    deletes: Deletion = "nothing"
    withdraws: bool = False
    farewell: str = ""


class IncomingHandler:
    """Stores events. Its methods block, except `locked`."""

    def __init__(
        self,
        chat: ChatStore,
        bookings: BookingStore,
        people: ChannelStore,
        replies: Replies,
        studio: Studio,
        limit: RateLimit,
    ) -> None:
        self._chat = chat
        self._bookings = bookings
        self._withdrawals = Withdrawals(bookings.database)
        self._people = people
        self._replies = replies
        self._studio = studio
        self._limit = limit
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    def locked(self, channel: str, address: str) -> asyncio.Lock:
        """Serialises the events of each person, in order of arrival."""
        return self._locks.setdefault((channel, address), asyncio.Lock())

    def keep(self, channel: str, event: IncomingEvent) -> HandlingResult:
        """Handles an event unless it was handled before. Raises StoreError, GoneError."""
        name = event_name(channel, event)
        if self._people.knows(name):
            return HandlingResult()
        kept = self._act(channel, event, name)
        if kept.deletes == "nothing" and not kept.written:
            self.note(name, kept.conversation_id, writes=event.kind in WRITING)
        return kept

    def note(self, name: str, conversation_id: str | None, *, writes: bool = False) -> None:
        """Records the event as handled; redeliveries are ignored."""
        self._people.note(name, conversation_id, writes=writes)

    def _act(self, channel: str, event: IncomingEvent, name: str) -> HandlingResult:
        person = self._people.person(channel, event.address)
        if event.kind == "reaction" and (person is None or person.stopped):  # no wish to write again
            return HandlingResult()
        if event.kind in ("stop", "delete", "blocked"):
            return self._command(person, event, name)
        if event.kind == "withdrawn":
            return self._withdrawn(person, channel, event)
        if event.at and now() - event.at > STALE:
            log.info("An event of %s is too old to be answered", channel)
            return HandlingResult()
        if person is None:
            conversation = self._chat.open(channel=channel, address=event.address)
            person = Person(conversation, now())
            if event.kind != "start":
                self._say(person, f"{say('disclosure')} {consent(self._studio)}", part_of(name, "consent"))
        elif person.stopped:
            self._people.resume(person.conversation.id)
        if event.kind == "reaction" and not self._is_answer(person, event):
            return HandlingResult(person.conversation.id)
        return self._written(person, event, name)

    def _command(self, person: Person | None, event: IncomingEvent, name: str) -> HandlingResult:
        if person is None:
            return HandlingResult(farewell=say("nothing_kept") if event.kind == "delete" else "")
        conversation_id = person.conversation.id
        if event.kind == "delete":
            if person.stopped:
                self._people.resume(conversation_id)
            question = "utter_ask_forget_with_request" if self._has_request(person) else "utter_ask_forget"
            choices = [Choice(title, payload) for title, payload in phrasebook().buttons[question]]
            asked = self._say(person, phrase(question), name, choices)
            self._people.ask_to_delete(conversation_id, asked)
        elif not person.stopped:
            last = self._say(person, say("stopped"), name) if event.kind == "stop" else None
            self._people.stop(conversation_id, last)
        return HandlingResult(conversation_id)

    def _written(self, person: Person, event: IncomingEvent, name: str) -> HandlingResult:
        """Handles text, media or a choice."""
        conversation_id = person.conversation.id
        note = ""
        if event.earlier:
            name, changes = self._correction(person, event)
            if not changes:
                return HandlingResult(conversation_id)
            note = say("message_corrected")
        choice = self._choice(person, event)
        if person.asked_to_delete is not None:
            answer = self._answer(person, person.asked_to_delete, choice, event)
            if answer in ("conversation", "both"):
                return HandlingResult(conversation_id, deletes=answer, farewell=self._farewell(person, answer))
            self._people.ask_to_delete(conversation_id, None)
            if answer == "nothing":
                self._say(person, phrase("utter_nothing_forgotten"), name)
                return HandlingResult(conversation_id)
        text = clean_lines(event.text)
        words = self._own_words(event, text, choice)
        if not words:
            return HandlingResult(conversation_id, Written(name, text, choice, note))
        wait = self._limit.take(conversation_id)
        if wait:
            self.tell_to_wait(conversation_id, "too_many", wait)
            return HandlingResult(conversation_id)
        if event.kind == "media":
            self._people.show(conversation_id, event.sent.draft(), part_of(name, "sent"))
        if event.kind != "media" or not self._was_told(person, words, event):
            self._say(person, words, name, suggestions() if event.kind == "start" else ())
        return HandlingResult(conversation_id)

    def tell_to_wait(self, conversation_id: str, notice: str, seconds: int) -> None:
        """Sends a notice with the waiting time and the emergency number, at most once a minute."""
        minute = part_of(conversation_id, f"{notice} {int(time.time() // 60)}")
        self.tell(conversation_id, say(notice, seconds=seconds, emergency=self._studio.numbers.emergency), minute)

    def tell(self, conversation_id: str, text: str, name: str) -> None:
        """Sends a notice; repeating `name` sends nothing."""
        self._people.say(conversation_id, self._replies.own(text, "notice"), name)

    def _withdrawn(self, person: Person | None, channel: str, event: IncomingEvent) -> HandlingResult:
        """Deletes a message of the person, with its corrections and what was sent along."""
        if person is None:
            return HandlingResult()
        conversation_id = person.conversation.id
        first = event_name(channel, replace(event, event_id=event.earlier))
        media = event_name(channel, replace(event, event_id=f"{event.earlier}/media"))
        names = [first, part_of(media, "sent"), *self._corrections(conversation_id, first)]
        gone = [self._withdrawals.add(conversation_id, name) for name in names]
        return HandlingResult(conversation_id, withdraws=any(gone))

    def _corrections(self, conversation_id: str, first: str) -> Sequence[str]:
        """Our names of the corrections of a message, oldest first."""
        names: list[str] = []
        while self._chat.said(conversation_id, name := part_of(first, f"correction {len(names) + 1}")):
            names.append(name)
        return names

    def _correction(self, person: Person, event: IncomingEvent) -> tuple[str, bool]:
        """Our name of a correction, and whether it changes a word: platforms also report a preview of a link as one."""
        conversation = person.conversation
        first = event_name(conversation.channel, replace(event, event_id=event.earlier))
        known = self._corrections(conversation.id, first)
        before = self._chat.said(conversation.id, known[-1] if known else first)
        return part_of(first, f"correction {len(known) + 1}"), before is None or before.text != clean_lines(event.text)

    def _was_told(self, person: Person, words: str, event: IncomingEvent) -> bool:
        """Whether the person has read this since they last wrote: the pictures of an album get one answer. Its caption
        does not count, which comes as a message of its own.
        """
        own_caption = event.captioned
        for message in reversed(self._chat.history(person.conversation.id)[-RECENT:]):
            if message.author == "system" and message.text == words:
                return True
            if is_word(message) and not own_caption:
                return False
            own_caption = own_caption and not is_word(message)
        return False

    def _is_answer(self, person: Person, event: IncomingEvent) -> bool:
        """Whether a reaction says yes or no to a question with choices that is open; on an earlier message it does not."""
        if emoji_meaning(event.text) not in ("yes", "no"):
            return False
        _, latest = self._chat.since(person.conversation.id, person.conversation.last_said, RECENT)
        asked = [message for message in latest if message.author == "bot" and message.choices]
        return bool(asked) and self._is_on(asked[-1], event)

    def _is_on(self, message: Message, event: IncomingEvent) -> bool:
        """Whether a reaction is on this message, as far as the platform says."""
        if event.quote:
            return phrase_key(event.quote)[:SHORT] in phrase_key(plain(runs(message.body)))
        ours = self._people.platform_id(message.id)
        return not (ours and event.ours) or ours == event.ours

    def _choice(self, person: Person, event: IncomingEvent) -> tuple[int, int] | None:
        """The choice (message id, index) that was pressed, or named by its number."""
        if event.kind == "choice":
            return read_choice_key(event.choice)
        if event.kind != "text" or len(event.text) > SHORT or not any(map(str.isdigit, event.text)):
            return None
        _, latest = self._chat.since(person.conversation.id, person.conversation.last_said, RECENT)
        return numbered_choice(event.text, latest)

    def _answer(
        self, person: Person, asked: int, choice: tuple[int, int] | None, event: IncomingEvent
    ) -> Deletion | None:
        """The answer to what is to be deleted; None where it was something else."""
        if choice is None:
            return parse_deletion(event.text) if event.kind == "text" else None
        _, messages = self._chat.since(person.conversation.id, asked - 1, 1)
        offered = [option.payload for message in messages if message.id == asked for option in message.choices]
        return parse_deletion(offered[choice[1]]) if choice[0] == asked and choice[1] < len(offered) else None

    def _farewell(self, person: Person, deletes: Deletion) -> str:
        """What was done, in the words that the assistant has for it."""
        if not self._has_request(person):
            return phrase("utter_forgotten")
        return phrase("utter_forgotten_with_requests" if deletes == "both" else "utter_forgotten_request_kept")

    def _has_request(self, person: Person) -> bool:
        return self._bookings.has_requests(all_runs(person.conversation.sender()))

    def _own_words(self, event: IncomingEvent, text: str, choice: tuple[int, int] | None) -> str:
        """The gateway's own answer, if it has one; otherwise the assistant answers."""
        if event.kind == "start":
            return f"{greeting(self._studio)}\n\n{consent(self._studio)}"
        if event.kind == "media":
            return say(f"no_{event.sent.kind}", emergency=self._studio.numbers.emergency)
        if event.kind == "choice":
            return "" if choice else say("choice_used")
        if len(event.text) > LONGEST:
            emergency = self._studio.numbers.emergency
            return say("too_long", most=LONGEST, length=len(event.text), emergency=emergency)
        return "" if text else say("no_text")

    def _say(self, person: Person, text: str, name: str, choices: Sequence[Choice] = ()) -> int:
        draft = replace(self._replies.own(text, "notice"), choices=tuple(choices))
        return self._people.say(person.conversation.id, draft, name)


def event_name(channel: str, event: IncomingEvent) -> str:
    """Our name of an event. The platform's id may hold an address, so it is hashed."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{channel}:{event.address}:{event.event_id}"))


def part_of(name: str, part: str) -> str:
    """Name of a further effect of the same event."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{name}:{part}"))
