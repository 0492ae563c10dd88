"""What people write when they write fast, or at length."""

from __future__ import annotations

EMERGENCY = "My chest hurts badly and I cannot breathe."
CLOT = "I have a blood clot in my leg (DVT)."
QUICK = (
    *("hi", "so", "I", "have", "a", "question", "about", "your", "massage", "thing"),
    *("it is", "for my", "mother", "who likes", "flowers", "and tea"),
)
"""More at once than the limit of pace lets through."""
STORY = (
    "I have been coming to the studio for some years, and I like a long session in the afternoon. Last week my neighbor "
    "told me about another kind of massage, and I wondered how long it takes and what to wear. "
)


def long_message(told: str, length: int, place: str) -> str:
    """An ordinary story of so many characters, with something told in its middle or at its end."""
    story = (STORY * (length // len(STORY) + 1))[: length - len(told) - 2]
    cut = story.rindex(". ", 0, length // 2) + 2 if place == "middle" else len(story)
    front, back = story[:cut].rstrip(), story[cut:].strip()
    return " ".join(part for part in (front, told, back) if part)
