"""What a visitor is told about conditions: what the guide says, who decides, and that it is not medical advice."""

from __future__ import annotations

from collections.abc import Sequence

from lamoon.screening.condition import Conditions

ARTICLE_SEVERITIES = ("avoid", "avoid_locally")
NOTED = "I'll note it for the therapist with any booking."


def titles(ids: Sequence[str], catalogue: Conditions) -> str:
    """The conditions in words: "a blood clot and an open wound". Unknown ids are left out."""
    names = list(dict.fromkeys(catalogue.conditions[id].title for id in ids if id in catalogue.conditions))
    if len(names) < 2:
        return names[0] if names else "your health"
    return f"{', '.join(names[:-1])} and {names[-1]}"


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
    parts = [f"Thank you for telling me about {titles(ids, catalogue)}."]
    if listed:
        says = dict.fromkeys(catalogue.conditions[id].article_says.rstrip(".") for id in listed)
        parts.append(f"Our guide says to avoid this therapy directly over areas with {'; '.join(says)}.")
    if others:
        about = titles(others, catalogue) if listed else "that"
        parts.append(f"Our guide doesn't list {about}, but it asks everyone to share their full medical history.")
    parts.append("Please check with your doctor first.")
    parts.append("A therapist will look at any booking before it is confirmed." if held else NOTED)
    parts.append("This isn't medical advice, and if I misunderstood, just tell me.")
    return " ".join(parts)
