"""The chat's services, built once at start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy.engine import make_url

from lamoon.booking import BookingStore
from lamoon.booking.notices import NoticeSettings
from lamoon.chat.backlog import read_backlog
from lamoon.chat.gathering import Gathering
from lamoon.chat.handover import Handovers
from lamoon.chat.hub import CHANGED, NEWS, Hub
from lamoon.chat.intake import Intake, Triage
from lamoon.chat.limits import Buckets, OwnBuckets, Pace, RateLimit
from lamoon.chat.metrics import Metrics
from lamoon.chat.monitoring import Health
from lamoon.chat.replies import Replies, apology, asked_for_person, delayed, too_fast
from lamoon.chat.request_ids import RequestIds
from lamoon.chat.retention import Eraser, Retention
from lamoon.chat.signing import Choices, Tokens
from lamoon.chat.sites import Sites
from lamoon.chat.store import ChatStore
from lamoon.chat.turns import Turns
from lamoon.chat.withdrawals import Withdrawals
from lamoon.knowledge import load_topics
from lamoon.phrasebook import phrasebook
from lamoon.rasa_client import RasaClient
from lamoon.settings import Settings
from lamoon.storage.broadcast import Broadcast
from lamoon.storage.buckets import SharedBuckets
from lamoon.storage.database import Database
from lamoon.storage.encryption import Cipher
from lamoon.storage.keys import cipher_from, secret_key
from lamoon.storage.leases import Leases
from lamoon.studio import Studio, live_studio

BURST = 10
"""Burst of messages in a conversation, faster than people type."""
ADDRESS_FACTOR = 6
"""Busy conversations that may share an address: an office, a household, a mobile network."""
MOST_WAITING = 200
"""Messages of a conversation that may wait for their turn; docs/gateway.md has the arithmetic."""
EMERGENCIES_PER_MINUTE = 10
"""Emergencies answered beyond that, per conversation."""
BEGINNINGS_PER_MINUTE = 10
READING_FACTOR = 10
"""Reads allowed per write: several tabs, and one after every reconnection."""


@dataclass(frozen=True)
class Limits:
    """Rate limits of everything but messages: per conversation and address, and on starting and reading conversations.
    The pace of messages belongs to the intake.
    """

    conversation: RateLimit
    address: RateLimit
    beginnings: RateLimit
    reading: RateLimit


@dataclass(frozen=True)
class Services:
    """The chat's services; channels, desk and web build on them."""

    settings: Settings
    studio: Studio
    store: ChatStore
    bookings: BookingStore
    key: str = field(repr=False)
    cipher: Cipher
    tokens: Tokens
    choices: Choices
    limits: Limits
    buckets: Buckets
    leases: Leases
    broadcast: Broadcast
    hub: Hub
    rasa: RasaClient
    replies: Replies
    turns: Turns
    triage: Triage
    intake: Intake
    handovers: Handovers
    retention: Retention
    withdrawals: Withdrawals
    eraser: Eraser
    health: Health
    metrics: Metrics
    sites: Sites


def build(settings: Settings) -> Services:
    """Opens the database and builds the services.

    Raises:
        LamoonError: when studio.yml, the topics, the database or the key cannot be used.
    """
    studio, topics = live_studio(settings), load_topics()
    phrasebook()  # a broken one fails the start, not a reply
    cipher = cipher_from(settings)
    bookings = BookingStore(settings.database_url.reveal(), NoticeSettings.of(settings, studio), cipher=cipher)
    replies = Replies(studio, topics)
    store = ChatStore(bookings.database, studio.country, lambda: replies.own(asked_for_person(studio), "notice"))
    leases = Leases(bookings.database)
    broadcast = Broadcast(bookings.database, leases.owner)
    hub = Hub(partial(broadcast.send, NEWS))
    key = secret_key(settings)
    rasa = RasaClient(
        settings.rasa_addresses,
        settings.answer_seconds,
        lambda up: hub.wake_all(),
    )
    buckets = SharedBuckets(bookings.database, key) if leases.is_shared else OwnBuckets()
    metrics = Metrics(hub.count, partial(read_backlog, bookings.database), lambda: rasa.up)
    bookings.database.watch(metrics.lock_seconds.observe, metrics.database_errors.inc)
    leases.watch(metrics.leased)
    requests = RequestIds()
    retention = _retention(bookings.database, store, settings, studio)
    eraser = Eraser(store, bookings, rasa, retention, leases, buckets, lambda changed: hub.wake(changed, CHANGED))
    gathering = Gathering(bookings.database, settings.most_pieces)
    triage = Triage(store, rasa, requests, gathering, lambda conversation_id: turns.hurry(conversation_id))
    turns = Turns(
        store,
        rasa,
        replies,
        hub,
        metrics,
        leases,
        broadcast,
        requests,
        gathering,
        looked_at=triage.looked_at,
        delayed=lambda: replies.own(delayed(studio), "notice"),
        apology=lambda: replies.own(apology(studio), "apology"),
        too_fast=lambda count, seconds: replies.own(too_fast(studio, count, seconds), "notice"),
        erase=eraser.wake,
    )
    intake = _intake(store, turns, triage, hub, metrics, requests, buckets, settings.messages_per_minute)
    limits = _limits(settings.messages_per_minute, buckets)
    return Services(
        settings=settings,
        studio=studio,
        store=store,
        bookings=bookings,
        key=key,
        cipher=cipher,
        tokens=Tokens(key, timedelta(days=settings.token_days)),
        choices=Choices(key),
        limits=limits,
        buckets=buckets,
        leases=leases,
        broadcast=broadcast,
        hub=hub,
        rasa=rasa,
        replies=replies,
        turns=turns,
        triage=triage,
        intake=intake,
        handovers=Handovers(bookings.database, replies, studio, timedelta(minutes=settings.handover_minutes)),
        retention=retention,
        withdrawals=Withdrawals(bookings.database),
        eraser=eraser,
        health=Health(store, rasa, f"{settings.actions_address}/health", _database_folders(settings)),
        metrics=metrics,
        sites=Sites(bookings.database),
    )


def _database_folders(settings: Settings) -> Sequence[Path]:
    """Folders in which SQLite files grow: the gateway's and Rasa's."""
    url = make_url(settings.database_url.reveal())
    return [settings.data, Path(url.database).parent] if url.get_backend_name() == "sqlite" and url.database else []


def _retention(database: Database, store: ChatStore, settings: Settings, studio: Studio) -> Retention:
    idle, age = timedelta(days=settings.token_days), timedelta(days=settings.retention_days)
    return Retention(database, store, idle, age, studio.zone)


def _intake(
    store: ChatStore,
    turns: Turns,
    triage: Triage,
    hub: Hub,
    metrics: Metrics,
    requests: RequestIds,
    buckets: Buckets,
    per_minute: int,
) -> Intake:
    def limit(name: str, factor: int) -> RateLimit:
        most, burst = per_minute * factor, _burst(per_minute) * factor
        return RateLimit(most, burst, credit=MOST_WAITING * factor, name=name, buckets=buckets)

    pace = Pace(limit("messages", 1), limit("messages of address", ADDRESS_FACTOR))
    emergencies = RateLimit(EMERGENCIES_PER_MINUTE, EMERGENCIES_PER_MINUTE, name="emergencies", buckets=buckets)
    return Intake(store, turns, triage, hub, metrics, requests, pace=pace, emergencies=emergencies)


def _burst(per_minute: int) -> int:
    return max(BURST, per_minute // 3)


def _limits(per_minute: int, buckets: Buckets) -> Limits:
    """Reading is counted by each gateway alone: it spares that gateway, and costs less than asking the database."""
    burst, beginnings = _burst(per_minute), max(BEGINNINGS_PER_MINUTE, per_minute // 3)
    return Limits(
        RateLimit(per_minute, burst, name="deeds", buckets=buckets),
        RateLimit(per_minute * ADDRESS_FACTOR, burst * ADDRESS_FACTOR, name="deeds of address", buckets=buckets),
        RateLimit(beginnings, max(2 * BEGINNINGS_PER_MINUTE, per_minute), name="beginnings", buckets=buckets),
        RateLimit(per_minute * READING_FACTOR, per_minute * READING_FACTOR // 2),
    )
