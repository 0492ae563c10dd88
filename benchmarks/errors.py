"""What stops a benchmark."""

from __future__ import annotations


class BenchmarkError(Exception):
    """A measurement could not be made; the message says what to do."""
