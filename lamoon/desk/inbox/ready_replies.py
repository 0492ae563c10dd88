"""Ready replies: texts that the team writes often, found by "/" and a shortcut, with variables.

They are the `canned_replies` of studio.yml, which the desk changes as it does all settings. All methods block: call them in a
thread.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lamoon.desk.settings.studio_settings import StudioSettings
from lamoon.errors import LamoonError, StudioError
from lamoon.storage.documents import DocumentError, version_of
from lamoon.studio import Studio
from lamoon.studio.edit import REPLIES

MOST_CHARACTERS = 1000
MOST = 200
VARIABLES: Mapping[str, str] = {
    "name": "the client's first name, or nothing",
    "me": "your name",
    "studio": "the studio's name",
    "phone": "the studio's phone number",
    "address": "the studio's address",
    "link": "the studio's booking page",
    "hours": "the opening hours",
}
_VARIABLE = re.compile(r"\{(\w+)\}")
_SHORTCUT = re.compile(r"[\w-]{1,40}")


class ReadyReplyError(LamoonError):
    """A ready reply cannot be kept like this; the message says why."""


@dataclass(frozen=True)
class ReadyReply:
    """A text, with its title in studio.yml and the shortcut that this makes."""

    title: str
    text: str

    @property
    def shortcut(self) -> str:
        """What is typed after the slash: "Where to park" becomes "where-to-park"."""
        return "-".join(re.findall(r"\w+", self.title.casefold()))[:40] or "reply"


def ready_replies(studio: Studio) -> Sequence[ReadyReply]:
    """All of them, in the order of studio.yml."""
    return [ReadyReply(one.title, one.text) for one in studio.canned_replies]


class ReadyReplies:
    """Changes of the ready replies of one studio. `staff` makes them."""

    def __init__(self, settings: StudioSettings, staff: str) -> None:
        self._settings = settings
        self._staff = staff

    def keep(self, old: str, shortcut: str, text: str) -> None:
        """Adds one, or changes the one whose shortcut is `old`. Raises ReadyReplyError."""
        shortcut, text = shortcut.strip().lstrip("/").casefold(), text.strip()
        _check(shortcut, text)
        whole, found = self._read()
        others = [one for one in found if one.shortcut != old]
        if any(one.shortcut == shortcut for one in others):
            raise ReadyReplyError(f"There is a ready reply /{shortcut} already. Please choose another shortcut.")
        if old and len(others) == len(found):
            raise ReadyReplyError("This ready reply was deleted meanwhile. What you typed is below.")
        if not old and len(found) >= MOST:
            raise ReadyReplyError(f"There are {MOST} ready replies already. Please delete one first.")
        new = ReadyReply(next((one.title for one in found if one.shortcut == old == shortcut), shortcut), text)
        self._write(whole, [new if one.shortcut == old else one for one in found] + ([] if old else [new]))

    def remove(self, shortcut: str) -> bool:
        """Deletes one; False when there is none. Raises ReadyReplyError."""
        whole, found = self._read()
        left = [one for one in found if one.shortcut != shortcut]
        if len(left) < len(found):
            self._write(whole, left)
        return len(left) < len(found)

    def _read(self) -> tuple[str, Sequence[ReadyReply]]:
        try:
            text = self._settings.text()
            return text, ready_replies(self._settings.studio(text))
        except (StudioError, DocumentError) as problem:
            raise ReadyReplyError(str(problem)) from None

    def _write(self, whole: str, replies: Sequence[ReadyReply]) -> None:
        given = {"reply_title": [one.title for one in replies], "reply_text": [one.text for one in replies]}
        try:
            self._settings.save(REPLIES, given, version_of(whole), self._staff)
        except StudioError as problem:
            raise ReadyReplyError(f"{problem.problem}. Expected: {problem.expected}.") from None
        except DocumentError as problem:
            raise ReadyReplyError(str(problem)) from None


def fill(text: str, studio: Studio, me: str, name: str) -> str:
    """The text with its variables filled in; what is not known is left out with the space before it."""
    known = {
        "name": name.split()[0] if name.split() else "",
        "me": me,
        "studio": studio.name,
        "phone": studio.phone,
        "address": studio.address,
        "link": studio.booking_link,
        "hours": studio.hours_sentence(),
    }
    filled = _VARIABLE.sub(lambda found: known.get(found[1], found[0]), text)
    return re.sub(r" +([,.;:!?])", r"\1", re.sub(r"(?<=\S) {2,}", " ", filled))


def _check(shortcut: str, text: str) -> None:
    if not _SHORTCUT.fullmatch(shortcut):
        raise ReadyReplyError("The shortcut has to be one word of letters, digits and hyphens, such as parking.")
    if not 1 <= len(text) <= MOST_CHARACTERS:
        raise ReadyReplyError(f"The text has to have 1 to {MOST_CHARACTERS} characters.")
    unknown = [name for name in _VARIABLE.findall(text) if name not in VARIABLES]
    if unknown:
        raise ReadyReplyError(
            f"The variable {{{unknown[0]}}} is unknown. Expected: {', '.join(f'{{{name}}}' for name in VARIABLES)}."
        )
