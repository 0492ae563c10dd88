"""The installation's secrets: the key that signs, and the keys that encrypt."""

from __future__ import annotations

import secrets
from pathlib import Path

from lamoon.errors import ConfigurationError
from lamoon.settings import Settings
from lamoon.storage.encryption import Cipher

KEY_FILE = "secret_key"
DERIVED_KEY = (
    "LAMOON_ENCRYPTION_KEYS is not set: what is encrypted in the database uses a key derived from LAMOON_SECRET_KEY, or "
    "from the file secret_key in LAMOON_DATA. Keep that key with your backups: without it, requests and health forms "
    "cannot be read. See docs/settings.md"
)


def cipher_from(settings: Settings) -> Cipher:
    """Return the cipher of LAMOON_ENCRYPTION_KEYS. A key derived from the secret key comes last, so that texts
    encrypted before any key was set remain readable.

    Raises:
        ConfigurationError: when the key file cannot be used.
    """
    named = filter(None, settings.encryption_keys.reveal().split(","))
    return Cipher([*named, secret_key(settings)])


def key_names(settings: Settings) -> set[str]:
    """Return the names of the existing keys; unlike the cipher, this creates none.

    Raises:
        ConfigurationError: when the key file cannot be used.
    """
    if settings.secret_key or (settings.data / KEY_FILE).exists():
        return {*cipher_from(settings).names}
    named = [*filter(None, settings.encryption_keys.reveal().split(","))]
    return {*Cipher(named).names} if named else set()


def secret_key(settings: Settings) -> str:
    """Return the signing key: LAMOON_SECRET_KEY, or one created at the first start and kept in the data folder.

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
    """Write the file atomically, readable by its owner only; keep the file of a process that was faster."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(text, encoding="ascii")
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
