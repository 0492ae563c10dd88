"""Every sentence is in data/responses/, is loaded at start, and has a value for each of its placeholders."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from lamoon.errors import KnowledgeError
from lamoon.phrasebook import FOLDER, NOTICES, buttons_of, load_phrasebook, phrase, phrasebook, say
from lamoon.settings import PROJECT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of data/responses/."""
    return Path(shutil.copytree(FOLDER, tmp_path / "responses"))


def calls() -> Iterator[tuple[str, str, frozenset[str]]]:
    """Place, notice and values of every `say` whose notice is written out."""
    for path in (*(PROJECT / "lamoon").rglob("*.py"), *(PROJECT / "actions").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "say":
                values = frozenset(str(keyword.arg) for keyword in node.keywords)
                names = [part.value for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant)]
                for name in names:
                    if isinstance(name, str) and name in NOTICES:
                        yield f"{path.name}:{node.lineno}", name, values


def test_every_call_has_the_values_that_its_notice_may_fill_in() -> None:
    wrong = [place for place, name, values in calls() if values != set(NOTICES[name].split())]
    assert wrong == []


def test_a_value_is_filled_in_and_an_empty_one_leaves_no_gap() -> None:
    assert say("joined", name="Ann") == "Ann from the team is here now."
    assert "for them. Call." in say("nobody_came", opening="", contact="Call.")
    assert say("joined", name="{name}") == "{name} from the team is here now."


def test_buttons_are_those_of_the_response() -> None:
    assert {button["title"] for button in buttons_of("utter_greet")} >= {"Book a session"}
    assert buttons_of("utter_thank") == []


def test_a_response_can_be_said_without_rasa() -> None:
    assert phrase("utter_name_changed", visitor_name="{parts}") == "Thanks, I've changed the name to {parts}."


@pytest.mark.parametrize(("name", "values"), [("utter_nothing", {}), ("utter_name_changed", {})])
def test_what_is_missing_is_an_error(name: str, values: dict[str, str]) -> None:
    with pytest.raises(KeyError):
        phrase(name, **values)


def test_every_text_on_an_answer_is_a_short_sentence() -> None:
    known = phrasebook().responses
    texts = {name: text for name, text in known.items() if name.startswith(("utter_invalid_", "utter_hint_"))}
    assert len(texts) > 20
    for name, text in texts.items():
        assert text.endswith((".", "?", '."')), name
        assert len(text.split()) < 60, name


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('  no_text: "', '  no_words: "', r"notices.yml, line \d+: notices.no_words: is never said"),
        (
            "{name} from the team",
            "{who} from the team",
            r"joined: nothing fills in \{who\}\n  expected: \{name\}",
        ),
        ('"Choose"', '"Choose {0}"', r"choose_button: nothing fills in \{0\}\n  expected: a text without braces"),
        ("{name} from the team", "{name from the team", "joined: has a brace without its other half"),
        ('  choose: "Please choose:"\n', "", "the notice `choose` is missing"),
        ('"Choose"', '""', "choose_button: is empty"),
    ],
)
def test_a_mistake_is_named_at_start(folder: Path, old: str, new: str, problem: str) -> None:
    file = folder / "notices.yml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=problem):
        load_phrasebook(folder)
