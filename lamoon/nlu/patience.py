"""How long Rasa waits for an action: five minutes by itself, and there is no setting for it."""

from __future__ import annotations

from rasa.core.actions import action

ACTION_SECONDS = 10
"""A hung action server must not keep a warning from a visitor: after this the warning's response is spoken instead.

Two such waits, a warning's and a form's, are over before the gateway gives up on a turn (LAMOON_ANSWER_SECONDS).
"""


def limit_actions() -> None:
    """Sets the limit for this process."""
    action.DEFAULT_REQUEST_TIMEOUT = ACTION_SECONDS
