"""A made-up guide about kites, with its index, one answer and the answer's claims; broken one way in each test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from lamoon.knowledge.article_index import ArticleIndex, build_index
from lamoon.knowledge.provenance import CitedResponse, Claim, Provenance, UnsupportedClaim, check_answers, check_plain

GUIDE = """Keeping a Kite in the Air

A kite needs a steady wind and a string of 30 to 40 meters, held for 3-5 minutes until it settles in the sky.
In 1902 the teacher Ada Mallow asked 80% of her pupils to fly one, and their sore shoulders made her famous.
Shoulder Care
A sore shoulder wants rest, warmth and two quiet weeks before the next flight over the hills behind the old mill.
"""
TEXT = (
    "Our guide says a kite wants steady wind, held for 3 to 5 minutes. In 1902 Ada Mallow tried it with 80% of her "
    "pupils. A sore shoulder needs two weeks of rest. This is not medical advice."
)


@dataclass(frozen=True)
class Case:
    """An answer and everything it is checked against."""

    text: str
    claims: tuple[Claim, ...]
    index: ArticleIndex
    studio_words: frozenset[str] = frozenset()

    def problems(self) -> list[UnsupportedClaim]:
        response = CitedResponse("faq.yml", "utter_faq/kites", (self.text,))
        provenance = Provenance("provenance.yml", {"faq/kites": self.claims})
        return check_answers([response], provenance, self.index, self.studio_words)

    def said(self, old: str, new: str) -> Case:
        """The same case with other words in the answer and, where they are quoted, in the claims."""
        assert old in self.text
        claims = tuple(replace(claim, quote=claim.quote.replace(old, new)) for claim in self.claims)
        return replace(self, text=self.text.replace(old, new), claims=claims)

    def plus(self, sentence: str, *lines: int, basis: str | None = None) -> Case:
        """The same case with one more sentence that has its claim."""
        return replace(self, text=f"{self.text} {sentence}", claims=(*self.claims, Claim(sentence, lines, basis)))


@pytest.fixture(scope="session")
def guide() -> str:
    return GUIDE


@pytest.fixture(scope="session")
def index() -> ArticleIndex:
    return build_index(GUIDE)


@pytest.fixture
def case(index: ArticleIndex) -> Case:
    claims = (
        Claim("Our guide says ... 3 to 5 minutes.", (3,)),
        Claim("In 1902 ... pupils.", (4,)),
        Claim("A sore shoulder ... rest.", (6,)),
        Claim("This is not medical advice.", (), "own"),
    )
    return Case(TEXT, claims, index)


@pytest.fixture
def plain(index: ArticleIndex) -> Callable[[str], list[UnsupportedClaim]]:
    def check(text: str) -> list[UnsupportedClaim]:
        return check_plain([CitedResponse("out_of_scope.yml", "utter_out_of_scope/kites", (text,))], index)

    return check


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).parents[2]
