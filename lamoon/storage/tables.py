"""All tables: one database for requests, conversations, channels and the desk. Times are UTC without a zone."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

import lamoon.storage.inbox_tables  # noqa: F401  its tables are among those of the metadata
from lamoon.storage.append_only import append_only
from lamoon.storage.columns import metadata as metadata
from lamoon.storage.columns import sealed
from lamoon.storage.encryption import SEALED, Marked

requests = Table(
    "booking_requests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", String(20), nullable=False, unique=True),
    Column("conversation_id", String(255), nullable=False),  # Rasa's name
    Column("chat_id", String(32), index=True),  # the gateway's id in that name; NULL if another program named it
    Column("run_id", String(255), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("hold", Boolean, nullable=False),
    sealed("booking_requests.name", nullable=False),
    sealed("booking_requests.email", mark="email_mark", nullable=False),
    sealed("booking_requests.phone", mark="phone_mark", nullable=False),
    sealed("booking_requests.wish", nullable=False),
    sealed("booking_requests.screening", nullable=False),
    sealed("booking_requests.health_words", nullable=False),
    sealed("booking_requests.conditions", is_json=True, nullable=False),
    sealed("booking_requests.retracted", is_json=True, nullable=False),
    sealed(
        "booking_requests.details", is_json=True
    ),  # {slot: answer} of questions that have no column; a new question needs none
    Column("consent", Boolean, nullable=False),
    Column("channel", String(50), nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("state", String(12), nullable=False, server_default="requested"),  # see lamoon.booking.life
    Column("version", Integer, nullable=False, server_default="1"),  # counts changes; a stale write is refused
    Column("wished", JSON),  # the first wished time that has a date: {day, time, minutes}
    Column("starts_at", DateTime),  # the appointment, once agreed
    Column("minutes", Integer),
    Column("sequence", Integer, nullable=False, server_default="0"),  # of its calendar file
    Column("email_mark", Marked, nullable=False, server_default="", index=True),
    Column("phone_mark", Marked, nullable=False, server_default="", index=True),
    Column("consents", JSON),  # [{to, text, version, at}], see lamoon.booking.consent; NULL: not recorded
    UniqueConstraint("conversation_id", "run_id", name="booking_requests_once_per_run"),
)

history = Table(  # the history of a request, oldest first
    "booking_history",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("request_id", ForeignKey("booking_requests.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", DateTime, nullable=False),
    Column("actor", String(10), nullable=False),  # visitor | staff | system
    Column("staff", String(80), nullable=False),  # the name, which outlives the account; empty for other actors
    Column("was", String(12), nullable=False),  # the state before; empty for the first entry
    Column("became", String(12), nullable=False),
    Column("event", String(20), nullable=False),  # see lamoon.booking.life
    sealed("booking_history.words", nullable=False),  # a reason, or the visitor's words; may be empty
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("request_id", ForeignKey("booking_requests.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("key", String(64), nullable=False, unique=True),  # the same in every delivery attempt
    Column("status", String(20), nullable=False),  # queued | sent | failed | dropped
    Column("attempts", Integer, nullable=False),
    Column("due_at", DateTime, nullable=False),  # earliest delivery; while claimed: the end of the claim
    Column("claim", String(64), nullable=False),  # the worker's token, empty when free
    Column("last_problem", Text, nullable=False),
    Column("sent_at", DateTime),
    Column("route", String(20), nullable=False, server_default="studio_email"),  # see lamoon.booking.notices
    Column("about", String(20), nullable=False, server_default="request"),  # its subject
    sealed("outbox.words", nullable=False, server_default=""),  # by a person: a text by staff, an addition
    Column("starts_at", DateTime),  # the appointment at the time of queueing
    Column("minutes", Integer),
    Column("sequence", Integer, nullable=False, server_default="0"),
    Column("not_before", DateTime),  # of a reminder
    Index("outbox_due", "status", "due_at"),
)

health_form_links = Table(  # a row for a request whose health form has a link
    "health_form_links",
    metadata,
    Column("reference", ForeignKey("booking_requests.reference", ondelete="CASCADE"), primary_key=True),
    Column("version", String(22), nullable=False),  # random, and in the link: a new one makes earlier links invalid
    Column("expires_at", DateTime, nullable=False),
    Column("sent_at", DateTime),  # last sent or copied; NULL: not yet
)

health_forms = Table(  # a row for each version of a form, never changed
    "health_forms",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", ForeignKey("booking_requests.reference", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),  # counts the versions of one form, from 1
    Column("filled_at", DateTime, nullable=False),
    Column("hold", Boolean, nullable=False),  # a person has to review it before the visit is confirmed
    Column("content", Text, nullable=False, info={SEALED: ("reference", "number")}),
    UniqueConstraint("reference", "number", name="health_forms_one_per_number"),
)

tries = Table(  # lookups of a request by reference and contact; a row lives for a day
    "booking_tries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False, index=True),
    Column("who", String(64), nullable=False, index=True),  # a digest of the conversation's name
    Column("reference", String(20), nullable=False, index=True),
)

holds = Table(  # times of the studio's calendar held for a request, or until their event is gone from the calendar
    "booking_holds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("uid", String(64), nullable=False, unique=True),  # of its event in the studio's calendar
    Column("owner", String(255), unique=True),  # before a request: a conversation, or a wait list entry
    Column(
        "reference", String(20), unique=True
    ),  # the row outlives the request until its event is gone from the calendar
    Column("starts_at", DateTime, nullable=False),
    Column("ends_at", DateTime, nullable=False),
    Column("state", String(12), nullable=False),  # held | kept | confirmed | released
    Column("expires_at", DateTime),  # NULL once it belongs to a request
    Column("mirrored", String(12), nullable=False),  # its state in the calendar: empty | tentative | confirmed
    Index("booking_holds_by_state", "state", "expires_at"),
)

hold_cells = Table(  # the five-minute cells of a hold, unique, so that two holds never overlap
    "booking_hold_cells",
    metadata,
    Column("cell", Integer, primary_key=True, autoincrement=False),
    Column("hold_id", ForeignKey("booking_holds.id", ondelete="CASCADE"), nullable=False, index=True),
)

calendar_copies = Table(  # one row: the copy of the studio's calendar
    "calendar_copies",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("read_at", DateTime, nullable=False),
    Column("until", DateTime, nullable=False),
    Column("busy", JSON, nullable=False),  # [[start, end, uid of our own event or ""]], minutes since 1970
)

waits = Table(  # requests that wait for a free time
    "booking_waits",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", ForeignKey("booking_requests.reference", ondelete="CASCADE"), nullable=False, unique=True),
    Column("whens", JSON, nullable=False),  # the requested times, as in lamoon.booking.reading
    Column("minutes", Integer, nullable=False),
    Column("state", String(12), nullable=False),  # waiting | offered | over
    Column("offered", JSON, nullable=False),  # the offered times, ISO in UTC
    Index("booking_waits_by_state", "state", "id"),
)


conversations = Table(
    "chat_conversations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("channel", String(20), nullable=False, server_default="web"),  # web | test | telegram | ...
    Column("address", String(255)),  # the person's at a messaging platform; NULL on the website
    Column("mode", String(10), nullable=False),  # bot | waiting | human
    Column("run", Integer, nullable=False),  # number of restarts; each run is a separate tracker in Rasa
    Column("shown_from", Integer, nullable=False),  # the first message that the visitor still sees
    Column("last_said", Integer, nullable=False),  # the visitor's latest message, 0 before the first
    Column("language", String(35), nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("active_at", DateTime, nullable=False, index=True),
    UniqueConstraint("channel", "address", name="chat_conversations_one_per_address"),
)

messages = Table(
    "chat_messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation_id", ForeignKey("chat_conversations.id", ondelete="CASCADE"), nullable=False),
    Column("client_id", String(36)),  # the visitor's own name for the message
    Column("author", String(10), nullable=False),  # visitor | bot | team | system
    Column("at", DateTime, nullable=False),
    Column("run", Integer, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("text", Text, nullable=False),  # for display: a visitor's words, or markdown
    Column("words", Text, nullable=False),  # a visitor's message as sent to Rasa
    Column("body", JSON, nullable=False),  # the safe tree
    Column("choices", JSON, nullable=False),  # [{title, payload, used}]
    Column("source", JSON),
    # unscreened | received | urgent | answered (see lamoon.chat.store); `said` for all but visitors' messages
    Column("state", String(10), nullable=False),
    Column("due_at", DateTime),  # over the rate limit: not answered before; NULL: at once
    Column("reply_to", Integer),
    Column("position", Integer),  # among the replies to the same message
    Column("feedback", String(4)),
    Column("feedback_word", Text, nullable=False),
    Column("staff", String(80)),  # the team member's name, which outlives the account
    # the first of the messages read in one turn; its own id if read alone; NULL before that is decided
    Column("read_with", Integer),
    UniqueConstraint("conversation_id", "client_id", name="chat_messages_once_per_client_id"),
    UniqueConstraint("reply_to", "position", name="chat_messages_one_answer"),
    Index("chat_messages_by_conversation", "conversation_id", "id"),
    Index("chat_messages_by_state", "state"),
    Index("chat_messages_by_feedback", "feedback", "at"),
    sqlite_autoincrement=True,  # an id is never reused, so that a stream can resume by it
)

turns = Table(
    "chat_turns",
    metadata,
    Column("message_id", ForeignKey("chat_messages.id", ondelete="CASCADE"), primary_key=True),
    Column("conversation_id", ForeignKey("chat_conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", DateTime, nullable=False, index=True),
    Column("label", String(100), nullable=False),  # topic, kind or intent; empty if Rasa gave no answer
    Column("confidence", Float),
    Column("outcome", String(20), nullable=False),  # of screening; empty if Rasa gave no answer
    Column("form", String(40), nullable=False),  # the form open after it; empty outside forms
    Column("seconds", Float, nullable=False),  # from the start of processing to the answer
    Column("reason", String(12), nullable=False),  # why it needs review (lamoon.chat.model), or empty
    Column("reviewed", Boolean, nullable=False),
    Column("details", JSON, nullable=False),  # from lamoon.nlu.explain; {} if Rasa gave no answer
    Index("chat_turns_to_review", "reviewed", "reason", "message_id"),
)

handovers = Table(  # a row for every conversation taken by, or waiting for, a person
    "chat_handovers",
    metadata,
    Column("conversation_id", ForeignKey("chat_conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("staff", String(80), nullable=False),  # the owner; empty while free
    Column("asked_at", DateTime),  # when the visitor asked for a person; NULL when the team came unasked
    Column("team_at", DateTime, nullable=False),  # the team's latest activity; before that, when it was asked
    Column("told", Boolean, nullable=False),  # whether the visitor has read that the team could not come yet
)

notes = Table(  # internal to the team, never shown to visitors
    "chat_notes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation_id", ForeignKey("chat_conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("staff", String(80), nullable=False),
    Column("at", DateTime, nullable=False),
    sealed("chat_notes.text", nullable=False),
)

erasures = Table(
    "chat_erasures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sender", String(255), nullable=False, unique=True),  # a conversation that Rasa still has to forget
    Column("bookings", Boolean, nullable=False),  # including its requests to the studio
)

withdrawals = Table(  # messages that their writers deleted, until Rasa and the requests have forgotten their words too
    "chat_withdrawals",
    metadata,
    Column("message_id", ForeignKey("chat_messages.id", ondelete="CASCADE"), primary_key=True),
    Column("conversation_id", ForeignKey("chat_conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("sender", String(255), nullable=False),  # the conversation in Rasa
)

leases = Table(  # leases of processes that share a database; see lamoon.storage.leases
    "leases",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("owner", String(32), nullable=False, index=True),
    Column("until", DateTime(timezone=True), nullable=False),  # by the database's clock
)

probes = Table(  # empty: the health page writes a row and removes it
    "chat_probes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("filler", Text, nullable=False),
)

purges = Table(  # a row for every day; only counts, no names
    "chat_purges",
    metadata,
    Column("day", Date, primary_key=True),  # at the studio
    Column("conversations", Integer, nullable=False),
    Column("requests", Integer, nullable=False),
)


deliveries = Table(  # a row for every message to a person on a platform
    "channel_deliveries",
    metadata,
    Column("message_id", ForeignKey("chat_messages.id", ondelete="CASCADE"), primary_key=True),
    Column("conversation_id", ForeignKey("chat_conversations.id", ondelete="CASCADE"), nullable=False),
    Column("state", String(10), nullable=False),  # due | sent | failed | unwanted
    Column("parts_sent", Integer, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),  # failures since the last part that arrived
    Column("due_at", DateTime),  # NULL: at once
    Column("reason", Text, nullable=False, server_default=""),  # the reason of the failure, without anybody's words
    Column("platform_id", String(255), nullable=False, server_default=""),  # the platform's id of its last part
    Column("template", JSON),  # outside the reply window: {name, values} of an approved template
    Index("channel_deliveries_by_conversation", "conversation_id", "state", "message_id"),
    Index("channel_deliveries_by_state", "state"),
)

people = Table(  # the gateway's state of a person on a platform
    "channel_people",
    metadata,
    Column("conversation_id", ForeignKey("chat_conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("heard_at", DateTime, nullable=False),  # their last message: some platforms allow replies for 24 hours
    Column("stopped", Boolean, nullable=False),  # opted out until they write again
    Column("last_wanted", Integer),  # the opt-out confirmation, the last message they get
    Column("asked_to_delete", Integer),  # the message with the question about deletion
)

events = Table(  # events already received; platforms deliver some of them twice
    "channel_events",
    metadata,
    Column("id", String(36), primary_key=True),  # from the channel and the platform's event id
    Column("at", DateTime, nullable=False, index=True),
)


staff = Table(
    "desk_staff",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("password", Text, nullable=False),  # argon2id, with its parameters and salt
    Column("role", String(10), nullable=False),  # staff | owner
    Column("active", Boolean, nullable=False),
    Column("created_at", DateTime, nullable=False),
)

sessions = Table(
    "desk_sessions",
    metadata,
    Column("id", String(43), primary_key=True),
    Column("staff_id", ForeignKey("desk_staff.id", ondelete="CASCADE"), nullable=False),
    Column("begun_at", DateTime, nullable=False),
    Column("seen_at", DateTime, nullable=False),
)

audit = Table(
    "desk_audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False, index=True),
    Column("staff", String(80), nullable=False),  # the name, which outlives the account
    Column("action", String(60), nullable=False),  # such as "inbox.take"
    Column("subject", String(80), nullable=False),  # the object: the id of a conversation, a reference, an account
    Column("details", JSON, nullable=False),  # never words of a visitor
    Index("desk_audit_by_staff", "staff", "id"),
    Index("desk_audit_by_action", "action", "id"),
    sqlite_autoincrement=True,
)

append_only(audit, "the record of the desk cannot be changed")


reviews = Table(
    "desk_reviews",
    metadata,
    Column("message_id", ForeignKey("chat_messages.id", ondelete="CASCADE"), primary_key=True),
    Column("at", DateTime, nullable=False),
    Column("staff", String(80), nullable=False),
    Column("given", String(100), nullable=False),  # the assistant's label
    Column("right", String(100), nullable=False),  # the correct label
    Column("phrase", Text, nullable=False),  # the phrase to learn, without personal data; empty if dropped
    Index("desk_reviews_by_time", "at"),
)


trials = Table(
    "desk_trials",
    metadata,
    Column("staff_id", ForeignKey("desk_staff.id", ondelete="CASCADE"), primary_key=True),
    Column("conversation_id", ForeignKey("chat_conversations.id", ondelete="CASCADE"), nullable=False, index=True),
)
