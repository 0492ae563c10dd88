"""Context classifiers for mentions: this project's, two published ones, and none.

All share the words, the spelling repair, the mentions that the catalogue finds and its rules for emergencies and general
questions: only the context classification differs. Each of the others is therefore better here than on its own.
"""

from __future__ import annotations

from collections.abc import Callable

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from lamoon.screening import Catalogue, Condition
from lamoon.screening.findings import find_conditions
from lamoon.screening.grammar.questions import is_general_question
from lamoon.screening.grammar.supposed import is_supposed
from lamoon.screening.message import Finding, ScreenedMessage, Status
from lamoon.screening.outcome import decide_outcome, decide_statuses
from lamoon.screening.screener import shared_screener

Outcome = Callable[[str], str]
Mark = Callable[[Span, Condition], Status]


def ours() -> Outcome:
    """The screening as it ships."""
    screener = shared_screener()
    return lambda text: screener.screen(text)["outcome"]


def no_context() -> Outcome:
    """Every mention counts."""
    return _reader(spacy.blank("en"), lambda span, condition: "affirmed")


def negspacy() -> Outcome:
    """NegEx (Chapman 2001) as negspacy has it: negation only."""
    import negspacy.negation  # noqa: F401  registers the component

    nlp = spacy.blank("en")
    nlp.add_pipe("negex")
    return _reader(nlp, lambda span, condition: "negated" if span._.negex else "affirmed")


def context() -> Outcome:
    """ConText (Harkema 2009) as medspaCy has it, with its own rules: negation, history, hypothesis, other persons."""
    import medspacy.context  # noqa: F401  registers the component

    nlp = spacy.blank("en")
    nlp.add_pipe("medspacy_context")
    return _reader(nlp, _by_context)


READERS: dict[str, Callable[[], Outcome]] = {
    "ours": ours,
    "no_context": no_context,
    "negspacy": negspacy,
    "context": context,
}


def _by_context(span: Span, condition: Condition) -> Status:
    if span._.is_negated:
        return "negated"
    if span._.is_family:
        return "other_person"
    if span._.is_hypothetical:
        return "hypothetical"
    return "resolved" if span._.is_historical else "affirmed"


def _reader(nlp: Language, mark: Mark) -> Outcome:
    screener = shared_screener()
    catalogue = screener.catalogue

    def read(text: str) -> str:
        message = ScreenedMessage(screener.reader.read(text))
        find_conditions(message, catalogue)
        if message.findings:
            _decide(message, catalogue, nlp, mark)
        decide_outcome(message, catalogue)
        return message.outcome

    return read


def _decide(message: ScreenedMessage, catalogue: Catalogue, nlp: Language, mark: Mark) -> None:
    """Classify emergencies by the project's own rules; everything else by `mark`."""
    severity = {finding.condition: catalogue.conditions[finding.condition].severity for finding in message.findings}
    emergencies = [finding for finding in message.findings if severity[finding.condition] == "emergency"]
    others = [finding for finding in message.findings if severity[finding.condition] != "emergency"]
    doc = _document(message, others, nlp)
    for finding in others:
        span = next(ent for ent in doc.ents if ent.start <= finding.first < ent.end)
        finding.status = _status(message, finding, catalogue.conditions[finding.condition], span, mark)
    message.findings = emergencies
    decide_statuses(message, catalogue)
    message.findings = [*message.findings, *others]


def _status(message: ScreenedMessage, finding: Finding, condition: Condition, span: Span, mark: Mark) -> Status:
    if condition.severity == "inform":
        return "hypothetical"
    status = mark(span, condition)
    if status in ("affirmed", "resolved") and _asks_in_general(message, finding):
        return "hypothetical"
    if status == "resolved" and condition.becomes:
        finding.condition = condition.becomes
        return "affirmed"
    # A clot of years ago counts, and so does everything that the catalogue marks as not resolving.
    return "affirmed" if status == "resolved" and not condition.resolves else status


def _asks_in_general(message: ScreenedMessage, finding: Finding) -> bool:
    where = finding.first, finding.last
    return is_supposed(message, *where) or is_general_question(message, *where)


def _document(message: ScreenedMessage, findings: list[Finding], nlp: Language) -> Doc:
    """Return the repaired words with their sentences, and the mentions as entities; overlapping ones are merged."""
    starts = {first for first, _ in message.sentences}
    doc = Doc(
        nlp.vocab,
        words=[word.norm for word in message.words],
        sent_starts=[at in starts for at in range(len(message.words))],
    )
    places: list[tuple[int, int]] = []
    for finding in sorted(findings, key=lambda finding: finding.first):
        if places and finding.first <= places[-1][1]:
            places[-1] = places[-1][0], max(places[-1][1], finding.last)
        else:
            places.append((finding.first, finding.last))
    doc.ents = [Span(doc, first, last + 1, label="CONDITION") for first, last in places]
    for _, component in nlp.pipeline:
        doc = component(doc)
    return doc
