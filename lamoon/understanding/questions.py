"""Several questions in one message: cheap cuts propose parts, and the classifier's confidence in each part decides.

A cut costs nothing and is proposed freely, at the end of a sentence, before "and does it ...", or where a new question
begins without punctuation. A split changes the answer, so it needs two parts with confident and different labels. The
thresholds were set on development questions, of which 512 are single and 63 double.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lamoon.intents import shared_intents
from lamoon.understanding.followups import Reading, content_words, points_back, words

MOST_CHARACTERS = 600
"""Longer messages are not split, because the time of the patterns grows faster than the text."""
MOST_PARTS = 4
MOST_ANSWERS = 3
SURE = 0.59
SURE_OF_WHOLE = 0.45
"""Enough confidence for a part with the same label as the whole message."""

_VERB = (
    r"(?:is|are|was|were|am|do|does|did|can|could|will|would(?! be| have| love)|should|may|might|has|have"
    r"|(?:is|are|do|does|did|ca|could|wo|would|should)n'?t)"
)
_ASKING = r"(?:(?:what|where|who|how|when|why)(?:'?s|'?re)?|whom|whose|which)"
_REQUEST = r"(?:tell me|explain|describe|show me|give me|put me|book|whether|if (?:it|i|you|this|they))"
_WISH = r"(?:i'?d like|i would like|i want|i wanna|i need|let me)"
_JOINT = r"(?:and|but|also|so|plus|then|or|oh|ok|okay|well|n|&|btw|please|quick (?:q|question)|(?:one more|another) (?:thing|question))"
_QUESTION = re.compile(rf"(?:{_JOINT}\b[\s,:.-]*)*(?:{_VERB}|{_ASKING}|{_REQUEST}|{_WISH})\b", re.IGNORECASE)
_CONDITION = re.compile(r"(?:if|since|because)\b[^?]*$", re.IGNORECASE)
_WISHING = re.compile(rf"(?:{_JOINT}\b[\s,:.-]*)*{_WISH}\b", re.IGNORECASE)
_COURTESY = re.compile(
    r"^(?:\b(?:hi|hiya|hello|hey|good (?:morning|afternoon|evening|day)|thanks?|thank you|thx|ty|cheers|ok|okay|great|cool"
    r"|yes|no|please|so|lovely)\b(?: there| all| so much| a lot| very much| for that)?[\s,!.:-]*)+",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.?!;])\s+|\s+-+\s+|\s*:\s+")
_JOIN = re.compile(
    r"\s*,?\s+(?:and also|and then|and|but also|but|also|plus|n|&|as well as)\s+|\s*[,;]\s+", re.IGNORECASE
)
_FRESH_START = re.compile(
    r"\s+(?=(?:how (?:much|long|often|soon|many|do|does|is)|what(?:'?s| is| are| happens| do| does| should| about)"
    r"|where(?:'?s| is| are| do| can)|who (?:is|invented|should)|why (?:is|are|do|does|can)|does (?:it|this|that|mfr|rolling)"
    r"|is (?:it|this|that|there)|do (?:you|i)|are (?:you|there)|can (?:i|you|it|this)|should i|will (?:i|it)"
    r"|when (?:will|do|should|is|are|can))\b)",
    re.IGNORECASE,
)
# After these words a question word continues the sentence: "tell me what", "do you know how", "hot or is it".
_GOES_ON = re.compile(
    r"\b(?:me|know|check|see|tell|wonder(?:ing)?|ask(?:ing)?|sure|understand|depends?|about|of|on|to|for|find|figure|out|say"
    r"|like|decide|explain|show|learn|idea|than|as|if|or|when|that|because|since|while|where|what|how|which|matter)\W*$",
    re.IGNORECASE,
)
_WHOLE_QUESTION = re.compile(
    rf"\b(?:{_VERB}|(?:what|where|who|how)'?s|happens|help|works?|costs?|mean)\b", re.IGNORECASE
)
_ALTERNATIVE = re.compile(r"\W*(?:or|if so)\b", re.IGNORECASE)


def possible_questions(text: str) -> list[str]:
    """Return the questions that a message may contain, in order; empty if there is no sign of two."""
    text = " ".join(text.split())
    if len(text) > MOST_CHARACTERS:
        return []
    questions: list[str] = []
    statement = ""
    for part in _parts(text):
        if is_question(part):
            leans = statement and (points_back(part) or not content_words(part))
            questions.append(f"{statement} {part}" if leans else part)
            statement = ""
        else:
            statement = f"{statement} {part}".strip()
    return questions[:MOST_PARTS] if len(questions) > 1 else []


def question_beside(text: str) -> str:
    """Return the only question of a message that also says something else; empty if there is none."""
    text = " ".join(text.split())
    parts = list(_parts(text)) if len(text) <= MOST_CHARACTERS else []
    questions = [part for part in parts if is_question(part)]
    return questions[0] if len(parts) > 1 and len(questions) == 1 else ""


def without_questions(text: str) -> str:
    """Return what a message says beside its questions; empty if it has no question, or nothing else."""
    text = " ".join(text.split())
    parts = list(_parts(text)) if len(text) <= MOST_CHARACTERS else []
    said = [part.rstrip(" .,;") for part in parts if not is_question(part)]
    return ". ".join(said) if len(said) < len(parts) else ""


def asked(whole: Reading, parts: Sequence[Reading]) -> list[Reading]:
    """Return the questions of a message: the first different labels of its parts with enough confidence, or the whole.

    Args:
        whole: the whole message.
        parts: its possible questions, in order.

    Returns:
        Up to MOST_ANSWERS; intents that open a form come last.
    """
    answered = list(_asking(whole, parts).values())[:MOST_ANSWERS]
    opening_forms = shared_intents().opening_forms
    if len(answered) < 2 or all(part.label in opening_forms for part in answered):
        return [whole]
    return sorted(answered, key=lambda part: part.label in opening_forms)


def undecided(whole: Reading, parts: Sequence[Reading], unread: int) -> bool:
    """Return whether the result of `asked` may change with the remaining parts.

    Args:
        whole: the whole message.
        parts: its first possible questions, classified so far.
        unread: the number of remaining ones.
    """
    found = len(_asking(whole, parts))
    return unread > 0 and found < MOST_ANSWERS and found + unread > 1


def _asking(whole: Reading, parts: Sequence[Reading]) -> dict[str, Reading]:
    """Return the first confident part for each label or fact."""
    found: dict[str, Reading] = {}
    for part in parts:
        if _stands_alone(part) and part.confidence >= (SURE_OF_WHOLE if part.label == whole.label else SURE):
            known = part.fact and part.label in found  # the overview of its topic says it too
            if not known:
                found.setdefault(part.fact or part.label, part)
    return found


def is_question(text: str) -> bool:
    """Return whether `text` has the form of a question, with or without a question mark."""
    return not _CONDITION.match(text) and (text.endswith("?") or bool(_QUESTION.match(text)))


def _stands_alone(part: Reading) -> bool:
    if _WISHING.match(part.text):
        return part.label in shared_intents().opening_forms
    return part.label not in shared_intents().beside_questions


def _parts(text: str) -> Iterator[str]:
    """Split the message; a piece that says too little or is an alternative stays with the one before."""
    waiting = ""
    for sentence in _SENTENCE_END.split(text):
        for cut in _cut(sentence):
            piece = _COURTESY.sub("", cut.strip(" ,"))
            dependent = _ALTERNATIVE.match(piece) or (len(words(piece)) < 3 and not content_words(piece))
            if not words(piece):
                continue
            if waiting and dependent:
                waiting = f"{waiting} {piece}"
                continue
            if waiting:
                yield waiting
            waiting = piece
    if waiting:
        yield waiting


def _cut(sentence: str) -> list[str]:
    """Cut a sentence where a question begins; a single word stays with its neighbour."""
    pieces: list[str] = []
    start = 0
    for begin, end in sorted(_cuts(sentence)):
        if begin >= start and len(words(sentence[start:begin])) > 1 and len(words(sentence[end:])) > 1:
            pieces.append(sentence[start:begin])
            start = end
    return [*pieces, sentence[start:]]


def _cuts(sentence: str) -> Iterator[tuple[int, int]]:
    start = 0
    for join in _JOIN.finditer(sentence):
        if _QUESTION.match(sentence, join.end()):
            yield join.span()
            yield from _fresh_starts(sentence, start, join.start())
            start = join.end()
    yield from _fresh_starts(sentence, start, len(sentence))


def _fresh_starts(sentence: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield where a question begins without punctuation after a complete one: "what is fascia does it hurt"."""
    for fresh in _FRESH_START.finditer(sentence, start, end):
        left = sentence[start : fresh.start()]
        if (
            len(words(left)) > 2
            and _QUESTION.match(left)
            and _WHOLE_QUESTION.search(left)
            and not _GOES_ON.search(left)
        ):
            yield fresh.span()
            start = fresh.end()
