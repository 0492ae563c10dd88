"""What stops a benchmark."""

from __future__ import annotations

from lamoon.errors import LamoonError


class BenchmarkError(LamoonError):
    """A measurement could not be made; the message says what to do."""
