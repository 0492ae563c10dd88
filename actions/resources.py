"""What the action server opens once and keeps: settings, studio, topics, catalogue, request store."""

from __future__ import annotations

from functools import lru_cache

from lamoon.booking import BookingStore
from lamoon.data_folder import open_data_folder
from lamoon.knowledge import Topics, load_topics
from lamoon.screening import Catalogue, Screener
from lamoon.screening.shared import shared_catalogue, shared_screener
from lamoon.settings import Settings, load_settings
from lamoon.studio import Studio, load_studio


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The environment's settings."""
    return load_settings()


@lru_cache(maxsize=1)
def studio() -> Studio:
    """What the owner wrote in studio.yml."""
    return load_studio(settings().studio)


@lru_cache(maxsize=1)
def topics() -> Topics:
    """The topics of the guide."""
    return load_topics()


def catalogue() -> Catalogue:
    """The screening catalogue."""
    return shared_catalogue()


def screener() -> Screener:
    """The screening engine, for answers inside the form."""
    return shared_screener()


@lru_cache(maxsize=1)
def store() -> BookingStore:
    """Where requests are kept."""
    open_data_folder(settings())
    return BookingStore(settings().database_url.reveal())
