"""The errors that this project raises on purpose.

    LamoonError
    ├── ConfigurationError     a file or setting that has to be corrected (file, line, problem, expected, example)
    │   ├── CatalogueError     the catalogue of conditions
    │   ├── KnowledgeError     topics, provenance, medical terms, the index of the guide, the phrasebook
    │   ├── ScenarioError      a scenario to play
    │   ├── SettingsError      environment variables; lists every wrong one (problems)
    │   └── StudioError        studio.yml
    ├── ContractError          an invalid value between Rasa, the actions and the gateway
    ├── EvaluationError        a file of labelled questions cannot be read
    ├── ModelError             the sentence model or the trained one is missing, damaged, or not the version that was tested
    ├── NotificationError      a notice was not delivered (code, permanent); it will be tried again
    ├── RequestError           a booking request that breaks its own rules, such as missing consent
    ├── StoreError             the database does not answer or refuses
    │   ├── EncryptionError    an encrypted field cannot be opened; it is kept (key)
    │   └── InUseError         processes that run use what is to be moved or replaced
    │
    │   Local to one package, and defined there:
    ├── AccountError           an account of the desk cannot be created or changed
    ├── AppointmentError       a day, time or length cannot be an appointment
    ├── ApiError               an HTTP error response (status, code)
    ├── BadLineError           a line of the command that reads booking messages is not a message
    ├── BenchmarkError         a measurement could not be made
    ├── CalendarError          the studio's calendar is away, or sends what cannot be read
    ├── ChangedError           another member of staff owns the conversation by now
    ├── ChoiceError            a button was used already, or belongs to an earlier question
    ├── CodeError              the code of a second factor is missing, wrong or used
    ├── DocumentError          a text that the desk changes cannot be read or changed
    ├── DroppedError           a notice is no longer to be delivered
    ├── FloodError             the queue is full (seconds until it has room)
    ├── GoneError              the conversation was deleted
    ├── LessonError            a lesson or publication of the desk cannot be changed like this
    ├── LinkError              the link to a health form opens nothing (reason)
    ├── LostTurnError          a message of the load bench got no answer
    ├── MissingError           the request does not exist any more
    ├── NoDayError             words that look like a day name none; within the reader of days
    ├── NoSuchDayError         a day that does not exist, such as 31 February; within the reader of days
    ├── PatternError           a pattern of the catalogue is invalid; becomes a CatalogueError
    ├── PhraseError            a phrase cannot be added to the training data
    │   └── KnownError         it is in the training data already
    ├── PhrasingError          a phrase of data/languages/ is invalid; becomes a KnowledgeError
    ├── PreflightError         something outside the project's files keeps a process from starting
    ├── PushError              a push service did not accept a notification (is_over)
    ├── RasaError              Rasa gave no answer (reason)
    ├── ReadyReplyError        a ready reply of the desk cannot be kept
    ├── RefusedError           a publication must not go live (problems)
    ├── ReviewError            the message to review does not exist any more
    ├── RuleError              rules of notifications cannot be kept
    ├── SendError              a platform did not accept a message
    ├── SignatureError         a call of the webhook cannot be trusted
    ├── StaleError             a request was changed since it was read
    ├── SubscriptionError      a browser's subscription to notifications cannot be kept
    ├── TakenError             the name of a saved test is in use
    ├── TokenError             a token is invalid (expired)
    ├── TransferError          a move, backup or restore is refused, or did not arrive as it was sent
    ├── TransitionError        the state of a request does not allow this (state, event)
    │   └── HeldError          it is on hold, and cannot be confirmed
    └── TriesError             too many tries to find a request by its reference

A message says what was wrong, what was expected and what to do. None holds a visitor's words, so all may be logged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class LamoonError(Exception):
    """Root of the tree, for catching exactly the errors that this project raises on purpose."""


class ConfigurationError(LamoonError):
    """A mistake in a file or setting.

    `file` names where, `line` counts from 1 (None: the whole file), `expected` and `example` show how to correct it.
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
    """studio.yml cannot be read or holds an invalid value."""


class KnowledgeError(ConfigurationError):
    """A knowledge file cannot be read: topics, provenance, medical terms, the guide's index, the phrasebook."""


class CatalogueError(ConfigurationError):
    """A file of the catalogue of conditions cannot be used."""


class ScenarioError(ConfigurationError):
    """A scenario cannot be played as written."""


@dataclass(frozen=True)
class SettingProblem:
    """One wrong environment variable. `value` is safe to show: never a secret."""

    name: str
    value: str
    problem: str
    expected: str
    example: str

    def __str__(self) -> str:
        shown = f" (is: {self.value})" if self.value else ""
        return f"{self.name}{shown}: {self.problem}\n  expected: {self.expected}\n  example:  {self.example}"


class SettingsError(ConfigurationError):
    """One or more environment variables are wrong. `problems` and the message list all of them."""

    def __init__(self, problems: Sequence[SettingProblem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        super().__init__("environment", None, f"{first.name}: {first.problem}", first.expected, first.example)
        self.args = ("\n".join(map(str, self.problems)) + "\nEvery setting is explained in docs/settings.md.",)


class ContractError(LamoonError):
    """A value passed between Rasa, the actions and the gateway is not as `lamoon.contract` specifies."""


class RequestError(LamoonError):
    """A booking request cannot exist like this: a field is missing, too long or contradicts another."""


class StoreError(LamoonError):
    """A database operation failed. Nothing may be reported to a visitor as stored after this."""


class NotificationError(LamoonError):
    """A notice was not delivered. `code` is the server's response (None: no response); `permanent`: a refusal for good."""

    def __init__(self, problem: str, *, code: int | None = None, permanent: bool = False) -> None:
        super().__init__(problem)
        self.code = code
        self.permanent = permanent


class ModelError(LamoonError):
    """The sentence model or the trained one is missing, damaged, or not the version that was tested."""


class EvaluationError(LamoonError):
    """A file of labelled questions cannot be read."""
