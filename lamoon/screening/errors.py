"""The error of a catalogue that somebody has to correct."""

from __future__ import annotations

from lamoon.errors import ConfigurationError


class CatalogueError(ConfigurationError):
    """A file of the catalogue cannot be used. Says file, line, what is wrong, what was expected, and an example."""
