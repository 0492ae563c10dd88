"""Signed values that only the server can make: conversation tokens and choices."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer

from lamoon.errors import ConfigurationError, LamoonError
from lamoon.settings import Settings

KEY_FILE = "secret_key"
LEEWAY = timedelta(days=1)
"""How far in the future a token may have been issued: a clock was set back, or another gateway's is ahead."""


class TokenError(LamoonError):
    """An invalid token; `expired` tells an old one of ours from a forgery."""

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


def secret_key(settings: Settings) -> str:
    """The signing key: LAMOON_SECRET_KEY, or one made at the first start and kept in the data folder.

    Raises:
        ConfigurationError: when the key file cannot be used.
    """
    if settings.secret_key:
        return settings.secret_key.reveal()
    path = settings.data / KEY_FILE
    try:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _write_once(path, secrets.token_hex(32))
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeError) as error:
        problem = f"cannot be used ({type(error).__name__})"
        raise ConfigurationError(str(path), None, problem, "a file that its owner may read", "delete it") from None
    if len(key) < 32:
        raise ConfigurationError(
            str(path), 1, "holds no key", "at least 32 characters", "delete it; a new one is created"
        )
    return key


def _write_once(path: Path, text: str) -> None:
    """Writes the file atomically, readable by its owner only; keeps that of a process that was faster."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(text, encoding="ascii")
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
