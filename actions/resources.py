"""Resources that the action server opens once: settings, studio, topics, catalogue, request store."""

from __future__ import annotations

from functools import lru_cache

from lamoon.booking import BookingStore
from lamoon.booking.changes import Changes
from lamoon.booking.lookup import Lookup
from lamoon.booking.notices import NoticeSettings
from lamoon.data_folder import open_data_folder
from lamoon.knowledge import Topics, load_topics
from lamoon.screening.conditions import Facts, load_facts
from lamoon.settings import Settings, load_settings
from lamoon.storage.keys import cipher_from
from lamoon.studio import Studio, live_studio


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the environment's settings."""
    return load_settings()


@lru_cache(maxsize=1)
def studio() -> Studio:
    """Return the contents of studio.yml, which follow its changes."""
    return live_studio(settings())


@lru_cache(maxsize=1)
def topics() -> Topics:
    """Return the topics of the guide."""
    return load_topics()


@lru_cache(maxsize=1)
def catalogue() -> Facts:
    """Return the conditions of the screening catalogue."""
    return load_facts()


@lru_cache(maxsize=1)
def store() -> BookingStore:
    """Return the store of requests."""
    open_data_folder(settings())
    notice_settings = NoticeSettings.of(settings(), studio())
    return BookingStore(settings().database_url.reveal(), notice_settings, cipher=cipher_from(settings()))


def changes() -> Changes:
    """Return the interface for changes of stored requests."""
    return Changes(store().database, store().notice_settings)


def lookup() -> Lookup:
    """Return the lookup of requests by reference and contact."""
    return Lookup(store().database)
