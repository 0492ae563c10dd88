"""YAML files: what may be asked of one, and that every error names the file, the line, and the way out."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamoon.errors import CatalogueError, ConfigurationError, StudioError
from lamoon.yaml_file import Value, parse, read

FILE = """\
# A file.
name: La Moon
code: 000
answer: no
open: true
minutes: 60
empty:
blank: "  "
days: [monday, tuesday]
text: |
  first
  second
services:
  - name: Massage
    price: 90
  - name: Facial
"""


@pytest.fixture
def root() -> Value:
    return parse(FILE, "file.yml")


def problem(ask: Callable[[Value], Any], text: str = FILE) -> ConfigurationError:
    """Return what reading `text` so ends with."""
    with pytest.raises(ConfigurationError) as caught:
        ask(parse(text, "file.yml"))
    assert caught.value.file == "file.yml"
    assert caught.value.expected
    assert caught.value.example
    return caught.value


def test_scalars_stay_as_written(root: Value) -> None:
    assert [root[name].text() for name in ("name", "code", "answer", "minutes")] == ["La Moon", "000", "no", "60"]
    assert root["text"].text() == "first\nsecond\n"
    assert root["text"].one_line() == "first second"


def test_typed_values(root: Value) -> None:
    assert root["minutes"].whole_number(5, 600) == 60
    assert root["open"].flag() is True
    assert root["answer"].one_of(("yes", "no")) == "no"
    assert [item.text() for item in root["days"].items()] == ["monday", "tuesday"]
    assert root["days"].texts() == ("monday", "tuesday")
    assert root["name"].texts() == ("La Moon",)
    assert list(root["services"].items()[0].fields()) == ["name", "price"]
    assert "price" in root["services"].items()[0]
    assert "price" not in root["services"].items()[1]


@pytest.mark.parametrize("name", ["empty", "nowhere"])
def test_what_is_left_out_has_a_default(root: Value, name: str) -> None:
    value = root.get(name)
    assert value.is_missing
    assert value.text(default="x") == "x"
    assert value.flag(default=True) is True
    assert value.one_of(("a", "b"), default="b") == "b"
    assert value.items() == []
    assert value.texts() == ()
    assert value.fields() == {}
    assert value.data() is None


def test_a_blank_text_is_none_unless_there_is_a_default(root: Value) -> None:
    assert root["blank"].text(default="x") == "  "
    assert "is empty" in problem(lambda root: root["blank"].text()).problem


def test_data_makes_numbers_and_flags(root: Value) -> None:
    data = root.data()
    assert (data["open"], data["minutes"], data["answer"], data["empty"]) == (True, 60, "no", None)
    assert data["services"] == [{"name": "Massage", "price": 90}, {"name": "Facial"}]
    assert set(root["services"].scalars()) == {"Massage", "90", "Facial"}


def test_lines_are_those_of_the_keys_and_items(root: Value) -> None:
    assert (root["name"].line, root["services"].line, root["services"].items()[1].line) == (2, 13, 16)
    assert root["services"].items()[1].get("price").line == 16  # left out: where its mapping is
    assert (root["text"].line, root["text"].text_line) == (10, 11)


def test_names_are_the_path_of_keys(root: Value) -> None:
    assert root["services"].items()[1]["name"].name == "services[2].name"


@pytest.mark.parametrize(
    ("ask", "line", "says"),
    [
        (lambda root: root["nowhere"], 2, "nowhere: is missing"),
        (lambda root: root["empty"], 7, "empty: is missing"),
        (lambda root: root.get("empty").text(), 7, "empty: is missing"),
        (lambda root: root["services"].items()[1]["price"], 16, "services[2].price: is missing"),
        (lambda root: root.only("name", "code"), 4, "answer: is not a field here"),
        (lambda root: root["days"].text(), 9, "days: holds several values"),
        (lambda root: root["name"].items(), 2, "name: is not a list"),
        (lambda root: root["name"].fields(), 2, "name: does not hold fields"),
        (lambda root: root["name"].flag(), 2, "name: 'La Moon' is unknown"),
        (lambda root: root["blank"].flag(default=True), 8, "blank: '' is unknown"),
        (lambda root: root["days"].items()[1].one_of(("monday",)), 9, "days[2]: 'tuesday' is unknown"),
        (lambda root: root["name"].whole_number(), 2, "name: 'La Moon' is not one"),
        (lambda root: root["minutes"].whole_number(61), 6, "minutes: '60' is not one"),
        (lambda root: root["minutes"].whole_number(0, 59), 6, "minutes: '60' is not one"),
        (lambda root: root["text"].fail("is odd", "even", line=12), 12, "text: is odd"),
    ],
)
def test_a_mistake_is_named_with_its_line(ask: Callable[[Value], Any], line: int, says: str) -> None:
    caught = problem(ask)
    assert caught.line == line
    assert caught.problem == says


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 1, "is empty"),
        ("# nothing\n", 1, "is empty"),
        ("a: b\nc: [1", 2, "is not valid YAML"),
        ("a: b\nc: d: e", 2, "is not valid YAML"),
        ("a:\n\tb: c", 2, "a tab; indent with spaces"),
        ("a: b\nc: \x01", 2, "unreadable sign"),
        ("a: 1\nb: 2\na: 3", 3, "a: is here a second time (first in line 1)"),
        ("a: {b: 1, b: 2}", 1, "a.b: is here a second time"),
        ("a: 1\n? [b]\n: c", 2, "has a key that is not a word"),
        ("a: &x [*x]", 1, "is nested too deep"),
        ("a: " + "[" * 30 + "]" * 30, 1, "is nested too deep"),
        ("a: " + "[" * 5000, None, "is nested too deep"),
        ("a: !thing x", 1, "a: is of an unknown kind"),
        ("just words", 1, "does not hold fields"),
        ("- a", 1, "does not hold fields"),
    ],
)
def test_text_that_cannot_be_read(text: str, line: int | None, says: str) -> None:
    caught = problem(lambda root: (root.data(), root.fields()), text)
    assert says in caught.problem
    assert caught.line == line


@pytest.mark.parametrize("kind", [StudioError, CatalogueError])
def test_errors_are_of_the_readers_kind(tmp_path: Path, kind: type[ConfigurationError]) -> None:
    path = tmp_path / "file.yml"
    with pytest.raises(kind, match="cannot be read") as caught:
        read(path, kind, expected="a file there", example="touch it")
    assert (caught.value.line, caught.value.expected, caught.value.example) == (None, "a file there", "touch it")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(kind, match="is not plain text"):
        read(path, kind)
    path.write_text("a: {b: }")
    with pytest.raises(kind, match=r"^short\.yml, line 1: a\.b: is missing"):
        read(path, kind, name="short.yml")["a"]["b"].text()


def test_a_file_from_windows(tmp_path: Path) -> None:
    path = tmp_path / "file.yml"
    path.write_bytes(b"\xef\xbb\xbf" + FILE.replace("\n", "\r\n").encode())
    assert read(path).data() == parse(FILE, "").data()


@given(st.text(st.characters(codec="utf-8"), max_size=80))
def test_any_text_is_read_or_ends_in_the_error(text: str) -> None:
    for content in (text, f"a: {text}", f"a: [{text}]"):
        with contextlib.suppress(ConfigurationError):
            parse(content, "file.yml").data()
