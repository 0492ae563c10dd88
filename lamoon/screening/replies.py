"""What a visitor is told about conditions: what the guide says, who decides, and that it is not medical advice."""

from __future__ import annotations

from collections.abc import Sequence

from lamoon.phrasebook import say
from lamoon.screening.condition import Conditions

ARTICLE_SEVERITIES = ("avoid", "avoid_locally")


def titles(ids: Sequence[str], catalogue: Conditions) -> str:
    """The conditions in words: "a blood clot and an open wound". Unknown ids are left out."""
    names = list(dict.fromkeys(catalogue.conditions[id].title for id in ids if id in catalogue.conditions))
    if len(names) < 2:
        return names[0] if names else say("warning_your_health")
    return say("and", first=", ".join(names[:-1]), last=names[-1])


def warning_text(ids: Sequence[str], catalogue: Conditions) -> str:
    """The warning for conditions that were told in one message.

    The guide asks to avoid the therapy directly over certain areas; it never says that somebody cannot come, so neither
    does this text.

    Args:
        ids: of the catalogue, the order in which they were told.
        catalogue: supplies the wording.
    """
    known = [id for id in ids if id in catalogue.conditions]
    listed = [id for id in known if catalogue.conditions[id].severity in ARTICLE_SEVERITIES]
    others = [id for id in known if id not in listed]
    held = any(catalogue.conditions[id].hold for id in known)
    parts = [say("warning_told", conditions=titles(ids, catalogue))]
    if listed:
        says = dict.fromkeys(catalogue.conditions[id].article_says.rstrip(".") for id in listed)
        parts.append(say("warning_guide", areas="; ".join(says)))
    if others:
        about = titles(others, catalogue) if listed else say("warning_that")
        parts.append(say("warning_not_listed", conditions=about))
    ends = ("warning_doctor", "warning_held" if held else "warning_noted", "warning_no_advice")
    return " ".join([*parts, *map(say, ends)])
