"""Tables of the inbox: conversation summaries, mentions, and notifications."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, DateTime, ForeignKey, Index, Integer, String, Table, Text, false

from lamoon.storage.columns import metadata, sealed

summaries = Table(  # the inbox's summary of a conversation, updated continuously: lamoon.chat.summary
    "chat_summaries",
    metadata,
    Column("conversation_id", ForeignKey("chat_conversations.id", ondelete="CASCADE"), primary_key=True),
    sealed("chat_summaries.name", nullable=False, server_default=""),  # as the visitor gave it; empty until then
    sealed("chat_summaries.email", nullable=False, server_default=""),
    sealed("chat_summaries.phone", nullable=False, server_default=""),  # with its country code
    Column("topic", String(100), nullable=False, server_default=""),  # the latest label with a topic
    Column("alert", String(10), nullable=False, server_default=""),  # emergency | crisis, until the team has handled it
    Column("alert_at", DateTime),
    Column("held", Boolean, nullable=False, server_default=false()),  # bookings are held since the latest turn
    Column("assignee", String(80), nullable=False, server_default=""),  # the team member who is to answer
    Column("team_said", Integer, nullable=False, server_default="0"),  # the team's latest message
    Column("team_read", Integer, nullable=False, server_default="0"),  # the latest message that the team has read
    Column("visitor_read", Integer, nullable=False, server_default="0"),  # the latest one that the visitor has read
    Index("chat_summaries_by_alert", "alert"),
)

mentions = Table(  # team members named in a note, or assigned to a conversation
    "desk_mentions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation_id", ForeignKey("chat_conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("staff_id", ForeignKey("desk_staff.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("by", String(80), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("seen", Boolean, nullable=False),
)

notification_rules = Table(  # when, how and about what a team member is notified; without a row: the defaults
    "desk_notification_rules",
    metadata,
    Column("staff_id", ForeignKey("desk_staff.id", ondelete="CASCADE"), primary_key=True),
    Column("email", Text, nullable=False),
    Column("ways", JSON, nullable=False),  # {kind: [sound | push | mail]}, see lamoon.desk.notifications.rules
    Column("quiet_from", String(5), nullable=False),  # "22:00" at the studio; empty: no quiet hours
    Column("quiet_until", String(5), nullable=False),
    Column("quiet_days", JSON, nullable=False),  # weekdays from 0, Monday
    Column("urgent_always", Boolean, nullable=False),  # emergencies come in quiet hours, too
)

subscriptions = Table(  # browsers that take push messages
    "desk_push_subscriptions",
    metadata,
    Column("id", String(64), primary_key=True),  # a digest of the endpoint
    Column("staff_id", ForeignKey("desk_staff.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("endpoint", Text, nullable=False),
    Column("p256dh", String(120), nullable=False),  # the browser's public key, base64url
    Column("auth", String(40), nullable=False),
    Column("device", String(80), nullable=False),
    Column("created_at", DateTime, nullable=False),
)

notifications = Table(  # notifications sent, so that none is sent twice
    "desk_notifications",
    metadata,
    Column("key", String(64), primary_key=True),  # a digest of the occasion, the person and the way
    Column("at", DateTime, nullable=False, index=True),
    Column("due_at", DateTime, nullable=False),  # of the next attempt
    Column("attempts", Integer, nullable=False),
    Column("state", String(10), nullable=False),  # due | sent | failed
)
