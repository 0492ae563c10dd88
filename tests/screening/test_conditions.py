"""The facts of the catalogue are the catalogue's, without its patterns."""

from __future__ import annotations

from dataclasses import asdict

from lamoon.screening import load_catalogue
from lamoon.screening.conditions import PATTERNS, load_facts


def test_they_say_what_the_whole_catalogue_says() -> None:
    whole, facts = load_catalogue().conditions, load_facts().conditions
    assert list(facts) == list(whole)
    for name, condition in whole.items():
        there, here = asdict(condition), asdict(facts[name])
        assert {key: value for key, value in there.items() if key not in PATTERNS} == {
            key: value for key, value in here.items() if key not in PATTERNS
        }
        assert not any(here[key] for key in PATTERNS)
