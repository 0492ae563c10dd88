"""Facts: the project's own have nothing to mend, and what a broken one is called out for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lamoon.errors import KnowledgeError
from lamoon.knowledge import Fact, Facts, load_facts, load_topics
from lamoon.knowledge.article_index import DEFAULT_PATH, build_index, load_index
from lamoon.knowledge.facts import TopicFacts, check_facts

FACTS = load_facts()
ENTRY = """
general: |
  what is it
  tell me about it
  explain it
  how is it
short:
  text: It is short.
  lines: [3]
facts:
  - id: oil
    text: It is done dry.
    lines: [15]
    questions: |
      with oil
      is it oily
silent:
  - id: music
    text: Our guide doesn't say what music is played.
    team: true
    questions: |
      which music
    follow_ups: |
      and music
"""


def problems(facts: Facts) -> list[str]:
    """Return what is wrong with facts, as texts."""
    return [str(problem) for problem in check_facts(facts, load_topics(), load_index(DEFAULT_PATH))]


def changed(fact_id: str, **values: object) -> Facts:
    """The project's facts with one of them changed."""
    fact = FACTS.by_id[fact_id]
    entry = FACTS.by_topic[fact.topic]
    other = tuple(replace(one, **values) if one is fact else one for one in entry.facts)  # type: ignore[arg-type]
    return Facts(tuple(replace(one, facts=other) if one is entry else one for one in FACTS.topics))


def test_nothing_to_mend() -> None:
    assert problems(FACTS) == []


def test_there_is_something_to_say_on_every_topic() -> None:
    assert FACTS.by_topic.keys() == load_topics().by_id.keys()
    assert sum(not fact.silent for fact in FACTS.by_id.values()) >= 150
    assert sum(fact.silent for fact in FACTS.by_id.values()) >= 40


@pytest.mark.parametrize(
    ("fact", "old", "new", "what"),
    [
        ("how_it_works/hold_time", "3 to 5", "3 to 8", "the number '8'"),
        ("how_it_works/hold_time", "minutes", "hours", "the unit of '5 hours'"),
        ("history/founder", "Taylor Still", "Barnes", "the name 'Barnes'"),
        ("trigger_points/study", "80%", "90%", "the number '90%'"),
        ("conditions_helped/headaches", "tension headaches", "migraines", "the term 'migraines'"),
        ("smr_tools/gun", "A massage gun", "A lacrosse ball", "the term 'lacrosse ball'"),
        ("conditions_helped/cure", "any condition", "any of 12 conditions", "the number '12'"),
        ("how_it_works/success_rate", "doesn't give a success rate", "gives a high success rate", "begins with"),
        ("does_it_hurt/limit", "No, it", "Our guide doesn't say it hurts; it", "begins with"),
        ("athletes/recovery", "so that", "and it is guaranteed that", "promises: 'guaranteed'"),
        ("does_it_hurt/limit", "Strong pressure is normal", "A hard press is usual", "which the text does not say"),
    ],
)
def test_a_changed_fact_is_noticed(fact: str, old: str, new: str, what: str) -> None:
    text = FACTS.by_id[fact].text
    assert old in text
    found = problems(changed(fact, text=text.replace(old, new)))
    assert any(what in problem for problem in found), found


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"lines": (9999,)}, "cites line 9999"),
        ({"text": "Slow pressure. " * 3}, "3 sentences"),
        ({"questions": ("only one",)}, "has 1 questions"),
        ({"questions": ("what is fascia made of", "a", "b", "c")}, "asks for how_it_works/hold_time too"),
    ],
)
def test_what_a_fact_must_not_be(values: dict[str, object], what: str) -> None:
    found = problems(changed("how_it_works/hold_time", **values))
    assert any(what in problem for problem in found), found


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("3 to 5", "3 to 8", "the number '8'"),
        ("The therapist", "Doctor Barnes", "the name 'Barnes'"),
        ("keeps pressing", "guarantees relief by pressing", "promises"),
    ],
)
def test_plainer_words_add_nothing(old: str, new: str, what: str) -> None:
    plain = FACTS.by_id["how_it_works/hold_time"].plain
    assert old in plain
    found = problems(changed("how_it_works/hold_time", plain=plain.replace(old, new)))
    assert any(what in problem for problem in found), found


def test_a_question_is_in_own_words() -> None:
    words = "one two three four five six seven eight nine"
    index = load_index(DEFAULT_PATH)
    index = replace(index, runs=index.runs | build_index(words).runs)
    facts = changed("how_it_works/hold_time", questions=(words, "a", "b", "c"))
    assert any("shares a run with the guide" in str(one) for one in check_facts(facts, load_topics(), index))


def test_every_topic_has_facts_and_every_file_a_topic() -> None:
    strange = TopicFacts("kites", replace(FACTS.topics[0].short, topic="kites"), ("a", "b", "c", "d"), ())
    found = problems(Facts((*FACTS.topics[1:], strange)))
    assert any("kites: is not a topic" in problem for problem in found)
    assert any("about_studio: has no facts" in problem for problem in found)


def test_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "cost.yml").write_text(ENTRY)
    [entry] = load_facts(tmp_path).topics
    assert (entry.topic, entry.short.text, len(entry.general)) == ("cost", "It is short.", 4)
    oil, music = entry.facts
    assert oil == Fact("cost", "oil", "It is done dry.", (15,), questions=("with oil", "is it oily"), line=oil.line)
    assert (music.id, music.silent, music.team, music.follow_ups) == ("cost/music", True, True, ("and music",))


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("    lines: [15]\n", "", r"cost\.yml, line 11.*nothing bears it out"),
        ("id: music", "id: oil", r"line 18.*'oil' is taken \(line 11\)"),
        ("id: music", "id: short", r"line 18.*'short' is taken"),
        ("    team: true", "    crew: true", r"crew: is not a field here"),
        ("general: |", "generally: |", r"generally: is not a field here"),
    ],
)
def test_a_broken_file_names_its_line(tmp_path: Path, old: str, new: str, what: str) -> None:
    (tmp_path / "cost.yml").write_text(ENTRY.replace(old, new))
    with pytest.raises(KnowledgeError, match=what):
        load_facts(tmp_path)
