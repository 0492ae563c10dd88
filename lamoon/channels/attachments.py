"""What people send instead of text: what staff read of it. Nothing is downloaded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from lamoon.chat.model import Draft, Node
from lamoon.chat.safe_tree import is_safe_link, plain_tree
from lamoon.text.clean import clean

MediaKind = Literal["picture", "voice", "place", "document", "sticker", "card", "edit", "other"]
"""How it is answered: by the notice `no_<kind>`. card: a file with a contact. edit: a correction that the platform does not show us."""
LONGEST_NAME = 120
_KILO = 1024


@dataclass(frozen=True)
class Attachment:
    """One thing that was sent.

    Attributes:
        label: what it is, for staff: "Picture", "Poll".
        kind: how it is answered.
        name: its file name, or the address of a place.
        size: in bytes; None where the platform does not say.
        seconds: how long a recording is; None where the platform does not say.
        link: where the platform shows it to whoever has the link; empty where it needs our token.
    """

    label: str = "Something else"
    kind: MediaKind = "other"
    name: str = field(default="", repr=False)
    size: int | None = None
    seconds: int | None = None
    link: str = field(default="", repr=False)

    def __str__(self) -> str:
        """Such as "Document: mri.pdf, 2.0 MB"."""
        known = (clean(self.name)[:LONGEST_NAME], _length(self.seconds), _size(self.size))
        about = ", ".join(filter(None, known))
        return f"{self.label}: {about}" if about else self.label

    def draft(self) -> Draft:
        """Its placeholder in the conversation."""
        shown = f"[{self}]"
        body: list[Node] = plain_tree("", shown)
        if not is_safe_link(self.link):
            return Draft(shown, body, "notice")
        link = {"t": "a", "href": self.link, "c": [{"t": "text", "v": self.link}]}
        return Draft(f"{shown} {self.link}", [*body, {"t": "p", "c": [link]}], "notice")


def whole(value: Any) -> int | None:
    """A size or length in a platform's message, None where there is none."""
    return value if isinstance(value, int) and value >= 0 else None


def _size(size: int | None) -> str:
    if size is None:
        return ""
    return f"{max(1, round(size / _KILO))} KB" if size < _KILO**2 else f"{size / _KILO**2:.1f} MB"


def _length(seconds: int | None) -> str:
    return "" if seconds is None else f"{seconds // 60}:{seconds % 60:02d} min"
