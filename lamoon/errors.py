"""Every error that La Moon raises on purpose.

    LamoonError
    ├── ConfigurationError     a file or setting that somebody has to correct (file, line, problem, expected, example)
    │   ├── CatalogueError     the catalogue of conditions
    │   ├── KnowledgeError     topics, provenance, medical terms, the index of the guide
    │   ├── ScenarioError      a conversation to play
    │   ├── SettingsError      environment variables; lists every wrong one (problems)
    │   └── StudioError        studio.yml
    ├── EvaluationError        a file of labelled questions cannot be read
    ├── ModelError             the sentence model or the trained one is missing, damaged, or not the version that was tested
    ├── NotificationError      a mail was not delivered (code, permanent); it will be tried again
    ├── RequestError           a booking request that breaks its own rules, such as missing consent
    ├── StoreError             the database of requests does not answer or refuses
    │
    │   Of one room each, and defined there:
    ├── AccountError           an account of the desk cannot be made or changed
    ├── ApiError               an HTTP answer other than the one asked for (status, code)
    ├── BenchmarkError         a measurement could not be made
    ├── ChangedError           someone else has the conversation by now
    ├── ChoiceError            a button was used already, or belongs to an earlier question
    ├── FloodError             there is no room for more messages (seconds until there is)
    ├── GoneError              the conversation was deleted
    ├── HeldError              a request on hold cannot be confirmed
    ├── MissingError           there is no such request any more
    ├── PatternError           a pattern of the catalogue means nothing; becomes a CatalogueError
    ├── PhraseError            a phrase cannot be added to the training data
    │   └── KnownError         it is in the training data already
    ├── PreflightError         something outside the project's files keeps a process from starting
    ├── RasaError              Rasa gave no answer (reason)
    ├── ReviewError            there is nothing to review any more
    ├── SendError              a platform did not take a message
    ├── TakenError             the name of a saved test is in use
    └── TokenError             a token cannot be accepted (expired)

A message says what was wrong, what was expected and what to do. None holds a visitor's words, so all may be logged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class LamoonError(Exception):
    """Root of the tree: whoever catches it catches all that this project raises on purpose, and nothing else."""


class ConfigurationError(LamoonError):
    """Something a person wrote in a file or setting is wrong.

    `file` names where, `line` counts from 1 (None: the whole file), `expected` and `example` show the way out.
    """

    def __init__(self, file: str, line: int | None, problem: str, expected: str, example: str) -> None:
        self.file = file
        self.line = line
        self.problem = problem
        self.expected = expected
        self.example = example
        place = f"{file}, line {line}" if line is not None else file
        super().__init__(f"{place}: {problem}\n  expected: {expected}\n  example:  {example}")


class StudioError(ConfigurationError):
    """studio.yml cannot be read or holds a value that cannot be right."""


class KnowledgeError(ConfigurationError):
    """What the assistant knows of the therapy cannot be read: topics, provenance, medical terms, the guide's index."""


class CatalogueError(ConfigurationError):
    """A file of the catalogue of conditions cannot be used."""


class ScenarioError(ConfigurationError):
    """A scenario cannot be played as it is written."""


@dataclass(frozen=True)
class SettingProblem:
    """One wrong environment variable. `value` is what to show: never a secret."""

    name: str
    value: str
    problem: str
    expected: str
    example: str

    def __str__(self) -> str:
        shown = f" (is: {self.value})" if self.value else ""
        return f"{self.name}{shown}: {self.problem}\n  expected: {self.expected}\n  example:  {self.example}"


class SettingsError(ConfigurationError):
    """One or more environment variables are wrong. `problems` lists all of them, the message too."""

    def __init__(self, problems: Sequence[SettingProblem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        super().__init__("environment", None, f"{first.name}: {first.problem}", first.expected, first.example)
        self.args = ("\n".join(map(str, self.problems)) + "\nEvery setting is explained in docs/settings.md.",)


class RequestError(LamoonError):
    """A booking request cannot exist like this: a field is missing, too long or contradicts another."""


class StoreError(LamoonError):
    """The database did not do what was asked. Nothing may be told to a visitor as stored after this."""


class NotificationError(LamoonError):
    """A mail was not delivered. `code` is the mail server's answer (None: no answer); `permanent`: it answered 5xx."""

    def __init__(self, problem: str, *, code: int | None = None, permanent: bool = False) -> None:
        super().__init__(problem)
        self.code = code
        self.permanent = permanent


class ModelError(LamoonError):
    """The sentence model or the trained one is missing, damaged, or not the version that was tested."""


class EvaluationError(LamoonError):
    """A file of labelled questions cannot be read."""
