"""Messages that consist of emoji, sent as an answer."""

from __future__ import annotations

import unicodedata
from typing import Final, Literal

from lamoon.text.clean import has_alphanumeric

Emoji = Literal["yes", "no", "hello", "thanks", "emergency", "health", "other"]
"""The meaning of an emoji message. health: it shows a body, an illness or pain, so the visitor is asked about it."""

_MEANINGS: Final[dict[Emoji, str]] = {
    "emergency": "🆘🚑🚨",
    "health": "🤰🫃🫄🤱🦵🦶🦴🩸💔🫀🫁🧠🤕🤒🤧🤢🤮😷🩹🩼🦽🦯💊💉🌡🏥🩺🩻🔥🤯😵💫🦷👩🏥⚕",
    "no": "👎❌🚫🙅✋🛑⛔✖",
    "yes": "👍👌✅☑✔🆗💯🤝",
    "thanks": "🙏❤💕💖💛💚💙💜🧡🤍🖤💐🌹🥰😘🤗",
    "hello": "👋🙋🤙",
}
_EMOJI_CATEGORIES: Final = ("So", "Sk", "Cn")
_MODIFIERS: Final = frozenset("\ufe0f\ufe0e\u200d♀♂") | {chr(code) for code in range(0x1F3FB, 0x1F400)}


def emoji_meaning(text: str) -> Emoji | None:
    """Return the meaning of a message of only emoji; None for a message with words, or without any emoji.

    The first meaning in the list above that any of its emoji has counts: for 🦵🔥😭 that is `health`.
    """
    if text.isascii() or has_alphanumeric(text):
        return None
    signs = frozenset(text) - _MODIFIERS
    if not any(unicodedata.category(sign) in _EMOJI_CATEGORIES for sign in signs):
        return None
    for meaning, emoji in _MEANINGS.items():
        if signs & frozenset(emoji):
            return meaning
    return "other"


def without_emoji(text: str) -> str:
    """Return the words of a message without its emoji: "ok 👍" gives "ok", "👍" nothing."""
    kept = (sign for sign in text if sign not in _MODIFIERS and unicodedata.category(sign) not in _EMOJI_CATEGORIES)
    return "".join(kept).strip()


def emoji_beside_words(text: str) -> Emoji | None:
    """Return the meaning of the emoji in a message that also has words; None if there are none."""
    return emoji_meaning("".join(sign for sign in text if not sign.isalnum()).strip())
