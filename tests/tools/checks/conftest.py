"""A made-up assistant about kites, small and in memory, in which nothing is wrong; each test breaks one thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tools.checks.documentation import BEGIN, CURVE_BEGIN, CURVE_END, END, PAGES
from tools.checks.project import Project

Break = Callable[[str, str, str], Project]

DOMAIN = """version: "3.1"
intents:
  - faq
  - out_of_scope
  - greet
  - affirm
  - stop
  - inform
  - nlu_fallback
slots:
  visitor_name:
    type: text
    mappings:
      - type: from_text
        intent: [affirm, inform, nlu_fallback]
        conditions: [{active_loop: kite_form, requested_slot: visitor_name}]
  form_misses:    # how often an answer was not taken
    type: any
    mappings: [{type: custom}]
forms:
  kite_form:
    required_slots: [visitor_name]
actions:
  - action_fly
responses:
  utter_greet:
    - text: "Hello, shall we fly a kite?"
      buttons:
        - {title: "Yes", payload: "yes please"}
        - {title: "Wind?", payload: "How strong must the wind be?"}
  utter_unsure:
    - text: "Could you say that again?"
  utter_stopped:
    - text: "All right, I have stopped."
  utter_ask_kite_form_visitor_name:
    - text: "Who are you?"
      buttons:
        - {title: "I am Ada", payload: "Ada"}
"""
INTENTS = """intents:
  faq: {meaning: Asks}
  out_of_scope: {meaning: Asks for something else}
  greet: {meaning: Says hello}
  affirm: {meaning: Says yes, answers: questions}
  stop: {meaning: Wants to stop, always_interrupts: true}
  inform: {meaning: Answers, answers: questions}
  nlu_fallback: {meaning: Not understood, answers: questions}
"""
RULES = """version: "3.1"
rules:
  - rule: Answer a question
    steps:
      - intent: faq
      - action: utter_faq
  - rule: Say what we do not know
    steps:
      - intent: out_of_scope
      - action: utter_out_of_scope
  - rule: Greet
    steps:
      - intent: greet
      - action: utter_greet
  - rule: Ask again
    steps:
      - intent: nlu_fallback
      - action: utter_unsure
  - rule: Stop
    steps:
      - intent: stop
      - action: utter_stopped
"""
STORIES = """version: "3.1"
stories:
  - story: Yes to the greeting flies the kite
    steps:
      - intent: greet
      - action: utter_greet
      - intent: affirm
      - action: action_fly
"""
TOPICS = """topics:
  - {id: wind, title: "How strong must the wind be?", section: Wind, related: []}
  - {id: string, title: "Which string is best?", section: String, related: []}
"""
CONFIG = """pipeline:
  - name: FallbackClassifier
    threshold: 0.5
policies:
  - name: RulePolicy
    core_fallback_action_name: utter_unsure
  - name: MemoizationPolicy
    max_history: 3
"""
ACTION = '''"""Flies the kite."""


class ActionFly:
    """An action."""

    def name(self):
        """The action's name."""
        return "action_fly"
'''
SETTINGS = '''"""Settings."""


class Settings:
    """All of them."""

    port: int
'''
CHECK = '''"""Checks of kites."""


def check_stuck(project: Project) -> list[Problem]:
    """Kites that are stuck."""
'''
CATALOGUE = """conditions:
  gale:
    title: a gale
    severity: emergency
    source: the weather office
  tangle:
    title: a tangled line
    severity: ask_doctor
    article: true
    hold: true
    source: the guide | fliers
"""
# Four words a label, so that no phrase of one label comes near one of another.
WORDS = {
    "faq/wind": "how strong blows wind",
    "faq/string": "which yarn holds best",
    "greet": "hello there my friend",
    "affirm": "certainly that sounds lovely",
    "stop": "please end this now",
    "inform": "people call me Zebedee",
}
KINDS = (
    "apples bridges candles dragons elephants forests gardens hammers islands jackets kitchens lanterns mountains "
    "needles oceans"
).split()
NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy"
).split()


def _phrases() -> str:
    words = {**WORDS, **{f"out_of_scope/{kind}": f"{kind * 2} {kind[::-1]} {kind}" for kind in KINDS}}
    lines = ['version: "3.1"', "nlu:"]
    for label, beginning in words.items():
        lines += [f"- intent: {label}", "  examples: |", *(f"    - {beginning} {number}" for number in NUMBERS)]
    return "\n".join(lines) + "\n"


def _answers() -> str:
    labels = ["faq/wind", "faq/string", *(f"out_of_scope/{kind}" for kind in KINDS)]
    return "\n".join(["responses:", *(f'  utter_{label}:\n    - text: "About {label}."' for label in labels)]) + "\n"


@pytest.fixture(scope="session")
def project() -> Project:
    """The kite assistant, with its generated pages fresh."""
    files = {
        "domain.yml": DOMAIN,
        "config.yml": CONFIG,
        "data/intents.yml": INTENTS,
        "data/nlu.yml": _phrases(),
        "data/rules.yml": RULES,
        "data/stories.yml": STORIES,
        "data/topics.yml": TOPICS,
        "data/responses/all.yml": _answers(),
        "actions/action_fly.py": ACTION,
        "lamoon/settings.py": SETTINGS,
        "tools/checks/stuck.py": CHECK,
        "Makefile": "fly: wind  ## fly a kite\n\t@true\n",
        "lamoon/screening/catalogue/kites.yml": CATALOGUE,
        "docs/screening.md": f"# Screening\n\n{BEGIN}\n{END}\n\n{CURVE_BEGIN}\n{CURVE_END}\n",
        "docs/understanding.md": f"# Understanding\n\n{CURVE_BEGIN}\n{CURVE_END}\n",
        "README.md": f"# Kites\n\n{CURVE_BEGIN}\n{CURVE_END}\n",
        "docs/first-passes.json": '{"1": {"date": "2026-11-29", "understanding": {"all": {"other intents": [8, 9]}}}}\n',
        "docs/settings.md": "| `LAMOON_PORT` | the port |\n",
        "tests/data/nlu_dev.jsonl": '{"text": "what would you fly in a storm"}\n',
        "tests/data/nlu_test.jsonl": '{"text": "is a box kite hard to steer"}\n',
        "tests/data/safety_dev.jsonl": '{"text": "the line cut my finger badly"}\n',
        "tests/data/safety_test.jsonl": '{"text": "my shoulder hurts from pulling"}\n',
        "tests/data/safety_strangers_dev.jsonl": '{"text": "sprained something up on the dyke"}\n',
        "tests/data/safety_strangers_test.jsonl": '{"text": "lost my breath behind the barn"}\n',
        "tests/data/two_questions_dev.jsonl": '{"text": "which string is best and where is it sold"}\n',
        "tests/data/two_questions_test.jsonl": '{"text": "may i fly at night and is it loud up there"}\n',
        "tests/data/facts_dev.jsonl": '{"text": "which string is the longest here"}\n',
        "tests/data/followups_dev.jsonl": '{"text": "and in the rain"}\n',
        "tests/data/followups_test.jsonl": '{"text": "what of the snow"}\n',
    }
    return Project({**files, **{page: render(Project(files)) for page, render in PAGES.items()}})


@pytest.fixture
def broken(project: Project) -> Break:
    """The same project with one text changed; an empty `old` puts the new text at the end, or makes the file."""

    def change(path: str, old: str, new: str) -> Project:
        text = project.files.get(path, "")
        assert old in text, f"{path} does not hold {old!r}"
        changed = text.replace(old, new, 1) if old else text + new
        return replace(project, files={**project.files, path: changed})

    return change
