"""The components of the pipeline. Importing this module registers them with spaCy, which reads the annotations of their
factories at run time.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from spacy.language import Language
from spacy.matcher import Matcher, PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from lamoon.language.lexicon import Term

COMPONENTS: Final = ("lamoon_phrases", "lamoon_identity", "lamoon_entities")
ENTITIES: Final = {
    "person": "PERSON", "treatment": "TREATMENT", "body_part": "BODY_PART", "time": "TIME", "weekday": "TIME",
    "month": "TIME", "condition": "CONDITION", "medicine": "MEDICINE",
}  # fmt: skip

Span.set_extension("status", default="", force=True)  # of a health mention


class Phrases:
    """Find terms: `doc.spans["phrases"]`, labelled with the terms' labels. No match crosses the end of a sentence."""

    def __init__(self, nlp: Language) -> None:
        """Without terms; see `add`."""
        self._vocab = nlp.vocab
        self._in_any_case = PhraseMatcher(nlp.vocab, attr="LOWER")
        self._in_capitals = PhraseMatcher(nlp.vocab, attr="ORTH")

    def add(self, terms: Iterable[Term]) -> None:
        """Add terms to find."""
        for term in terms:
            matcher = self._in_capitals if term.has_capitals else self._in_any_case
            for words in term.variants():  # one at a time: thousands of documents at once take 10 MB
                matcher.add(term.label, [Doc(self._vocab, words=words)])
                if term.has_capitals:  # "PE firm" in "PE FIRM"
                    matcher.add(term.label, [Doc(self._vocab, words=[word.upper() for word in words])])

    def __call__(self, doc: Doc) -> Doc:
        """Fill `doc.spans["phrases"]`."""
        spans = (*self._in_any_case(doc, as_spans=True), *self._in_capitals(doc, as_spans=True))
        doc.spans["phrases"] = [span for span in spans if not any(token.is_sent_start for token in span[1:])]
        return doc


class Identity:
    """Find names, streets and addresses, in which "Burns" is not a condition: `doc.spans["identity"]`."""

    _ADDRESS: Final = re.compile(r"\S+@\S+|(?:https?://|www\.)\S+", re.IGNORECASE)
    _STREET: Final = re.compile(
        r"(?:\b[A-Z][a-z']+ ){1,2}(?:Street|Road|Lane|Avenue|Ave|Terrace|Crescent|Close|Drive|Court|Gardens|Square|Row|St|Rd)\b"
        r"|\b\d+[a-z]? (?:[A-Za-z']+ ){1,2}(?i:street|road|lane|avenue|ave|terrace|crescent)\b"
    )
    _NAME: Final = re.compile(
        r"(?:\b(?:Dr|Mr|Mrs|Ms|Miss|Prof)\.? |(?i:\bmy (?:full |last |first |sur)?name(?:'s| is):? |(?:^|\n|[.,;] ?)(?:sur)?name:? ))"
        r"(?P<name>[A-Z][a-z'-]+(?: (?!I\b)[A-Z][a-z'-]+)?)"
    )

    # Alone these are surnames; in "Ewing sarcoma" and "I have Addison's" they are not.
    _SURNAME: Final = re.compile(
        r"\s*(?P<name>(?:(?!Had|Have|Has|Got|With)[A-Z][a-z]+ )?(?:Addison|Barrett|Bennett|Cushing|Ewing|Huntington))\W*"
    )

    def __init__(self, nlp: Language) -> None:
        """Create the component; it needs nothing of the pipeline."""

    def __call__(self, doc: Doc) -> Doc:
        """Fill `doc.spans["identity"]`."""
        text, words = doc.user_data["text"], doc.user_data["words"]
        spans = []
        for label, start, end in self._places(text):
            inside = [at for at, word in enumerate(words) if start <= word.start and word.end <= end]
            if inside:
                spans.append(Span(doc, inside[0], inside[-1] + 1, label=label))
        doc.spans["identity"] = spans
        return doc

    def _places(self, text: str) -> Iterator[tuple[str, int, int]]:
        if "@" in text or "www" in text or "://" in text:
            yield from (("ADDRESS", *found.span()) for found in self._ADDRESS.finditer(text))
        yield from (("STREET", *found.span()) for found in self._STREET.finditer(text))
        yield from (("PERSON", *found.span("name")) for found in self._NAME.finditer(text))
        if surname := self._SURNAME.fullmatch(text):
            yield "PERSON", *surname.span("name")


class Entities:
    """Make entities of phrases, names and times: `doc.ents`; of overlapping ones the longest."""

    def __init__(self, nlp: Language) -> None:
        """Add patterns of times that are not phrases: "three weeks ago", "5 pm"."""
        self._labels = {f"{kind}:": label for kind, label in ENTITIES.items()}
        self._times = Matcher(nlp.vocab)
        units = ["hour", "hours", "day", "days", "week", "weeks", "month", "months", "year", "years"]
        self._times.add(
            "TIME",
            [
                [{"LIKE_NUM": True}, {"LOWER": {"IN": units}}, {"LOWER": {"IN": ["ago", "back", "later"]}, "OP": "?"}],
                [{"LIKE_NUM": True}, {"LOWER": {"IN": ["am", "pm", "oclock"]}}],
            ],
        )

    def __call__(self, doc: Doc) -> Doc:
        """Fill `doc.ents`."""
        found = [span for span in doc.spans["identity"] if span.label_ == "PERSON"]
        found += self._times(doc, as_spans=True)
        for span in doc.spans["phrases"]:
            kind = span.label_.partition(":")[0]
            if kind in ENTITIES:
                found.append(Span(doc, span.start, span.end, label=ENTITIES[kind]))
        doc.ents = filter_spans(found)
        return doc


@Language.factory(COMPONENTS[0])
def _phrases(nlp: Language, name: str) -> Phrases:
    return Phrases(nlp)


@Language.factory(COMPONENTS[1])
def _identity(nlp: Language, name: str) -> Identity:
    return Identity(nlp)


@Language.factory(COMPONENTS[2])
def _entities(nlp: Language, name: str) -> Entities:
    return Entities(nlp)
