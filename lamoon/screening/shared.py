"""One screener a process: loading the catalogue takes a second, and several parts need it."""

from __future__ import annotations

from functools import lru_cache

from lamoon.screening.catalogue import Catalogue
from lamoon.screening.screener import Screener


@lru_cache(maxsize=1)
def shared_screener() -> Screener:
    """The screener with the packaged catalogue, loaded at the first call.

    Raises:
        CatalogueError: when the catalogue is broken.
    """
    return Screener.load()


def shared_catalogue() -> Catalogue:
    """The catalogue of the shared screener."""
    return shared_screener().catalogue
