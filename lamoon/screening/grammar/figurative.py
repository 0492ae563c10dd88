"""Words of illness that are figures of speech, for all conditions and signs."""

from __future__ import annotations

from typing import Final

from lamoon.screening.message import ScreenedMessage

_POLITE: Final = frozenset("please thanks thank you sorry".split())


def figures_of_speech(message: ScreenedMessage) -> frozenset[int]:
    """Words that are meant figuratively: "nearly had a stroke when I saw the price", "cancel all this, I don't want to
    go on". The second counts only at the end, because "... go on living" is a cry for help.
    """
    given_up = {
        at
        for match in message.all("booking_given_up")
        if all(word.is_mark or word.norm in _POLITE for word in message.words[match.last + 1 :])
        for at in range(match.first, match.last + 1)
    }
    return message.covered("figure") | given_up
