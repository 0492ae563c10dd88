"""Signed values that only the server can make: conversation tokens and choices."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer

from lamoon.errors import LamoonError

LEEWAY = timedelta(days=1)
"""How far in the future a token may have been issued: a clock was set back, or another gateway's is ahead."""


class TokenError(LamoonError):
    """An invalid token; `expired` distinguishes an old one of ours from a forgery."""

    def __init__(self, *, expired: bool) -> None:
        super().__init__("the token has expired" if expired else "the token is not one of ours")
        self.expired = expired


class Tokens:
    """Conversation tokens, valid for `life`."""

    def __init__(self, key: str, life: timedelta) -> None:
        self._signer = URLSafeTimedSerializer(key, salt="lamoon conversation")
        self._life = life

    def make(self, conversation_id: str) -> tuple[str, datetime]:
        """A token and when it expires (UTC)."""
        token = self._signer.dumps(conversation_id)
        return str(token), datetime.now(UTC) + self._life

    def read(self, token: str) -> str:
        """The conversation that a token names. Raises TokenError."""
        try:
            found, made = self._signer.loads(token, return_timestamp=True)
        except BadSignature:
            raise TokenError(expired=False) from None
        if not -LEEWAY <= timedelta(seconds=time.time()) - timedelta(seconds=made.timestamp()) <= self._life:
            raise TokenError(expired=True)
        return str(found)


class Choices:
    """Signed ids of choices: (conversation, message, index), or an index among the studio's suggestions."""

    def __init__(self, key: str) -> None:
        self._signer = URLSafeSerializer(key, salt="lamoon choice")

    def make(self, conversation_id: str, message_id: int, index: int) -> str:
        """The id of a choice; conversation "" and message 0 for a suggestion."""
        return str(self._signer.dumps([conversation_id, message_id, index]))

    def read(self, choice: str) -> tuple[str, int, int]:
        """The inverse of `make`. Raises TokenError for a forgery."""
        try:
            conversation_id, message_id, index = self._signer.loads(choice)
        except BadSignature:
            raise TokenError(expired=False) from None
        return conversation_id, message_id, index
