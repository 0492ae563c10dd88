"""A parser for the PromQL of our rules and dashboard: what promtool would refuse, this refuses.

It knows the grammar but not every function: one that is missing here has to be added with its kinds of arguments.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["scalar", "string", "instant", "range"]
TOKEN = re.compile(
    r"""\s*(?:(?P<duration>\d+(?:ms|[smhdwy])|\$__rate_interval)|(?P<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?)
    |(?P<string>"[^"\\]*"|'[^'\\]*')|(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)
    |(?P<op>==|!=|>=|<=|=~|!~|[-+*/%^<>=(){}\[\],]))""",
    re.VERBOSE,
)
RANGES = ("rate", "increase", "irate", "delta", "idelta", "deriv", "changes", "resets")
OVER_TIME = tuple(f"{name}_over_time" for name in ("min", "max", "avg", "sum", "count", "last", "present", "absent"))
FUNCTIONS: dict[str, tuple[Kind, ...]] = {
    **dict.fromkeys((*RANGES, *OVER_TIME), ("range",)),
    **dict.fromkeys(("abs", "absent", "ceil", "floor", "round", "sqrt", "sort", "scalar", "timestamp"), ("instant",)),
    "histogram_quantile": ("scalar", "instant"),
    "quantile_over_time": ("scalar", "range"),
    "clamp_min": ("instant", "scalar"),
    "clamp_max": ("instant", "scalar"),
    "vector": ("scalar",),
    "time": (),
}
AGGREGATIONS = ("sum", "min", "max", "avg", "count", "group", "stddev")
LEVELS = (("or",), ("and", "unless"), ("==", "!=", ">", "<", ">=", "<="), ("+", "-"), ("*", "/", "%"), ("^",))


class PromqlError(Exception):
    """The expression is not PromQL."""


@dataclass(frozen=True)
class Selector:
    """A metric that is read, and the labels that it has to have: (name, operator, value)."""

    metric: str
    matchers: tuple[tuple[str, str, str], ...] = ()


@dataclass
class Parsed:
    """The metrics of an expression, and the labels by which it groups."""

    selectors: list[Selector] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)


def parse(text: str) -> Parsed:
    """Return what a whole expression reads. Raises PromqlError."""
    parser = _Parser(text)
    kind = parser.binary(0)
    if parser.tokens[parser.at :]:
        raise PromqlError(f"nothing was expected from {parser.tokens[parser.at][1]!r} on: {text}")
    if kind not in ("instant", "scalar"):
        raise PromqlError(f"an expression cannot be a {kind}: {text}")
    return parser.found


class _Parser:
    def __init__(self, text: str) -> None:
        self.text, self.at, self.found = text, 0, Parsed()
        self.tokens: list[tuple[str, str]] = []
        place = 0
        while text[place:].strip():
            match = TOKEN.match(text, place)
            if not match or not match.lastgroup:
                raise PromqlError(f"not a token: {text[place:]!r}")
            self.tokens.append((match.lastgroup, match[match.lastgroup]))
            place = match.end()

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self, *wanted: str, of: str = "") -> str:
        kind, text = self.tokens[self.at] if self.at < len(self.tokens) else ("", "the end")
        if (wanted and text not in wanted) or (of and kind != of):
            raise PromqlError(f"expected {wanted or of}, found {text!r}: {self.text}")
        self.at += 1
        return text

    def binary(self, level: int) -> Kind:
        if level == len(LEVELS):
            return self.unary()
        left = self.binary(level + 1)
        while self.peek() in LEVELS[level]:
            operator = self.take()
            self._modifiers()
            right = self.binary(level + 1)
            if "range" in (left, right) or "string" in (left, right):
                raise PromqlError(f"{operator} between {left} and {right}: {self.text}")
            if level < 2 and "scalar" in (left, right):
                raise PromqlError(f"{operator} needs two vectors: {self.text}")
            left = "instant" if "instant" in (left, right) else "scalar"
        return left

    def _modifiers(self) -> None:
        if self.peek() == "bool":
            self.take()
        if self.peek() in ("on", "ignoring"):
            self.take()
            self._labels()

    def unary(self) -> Kind:
        if self.peek() in ("-", "+"):
            self.take()
        return self.primary()

    def primary(self) -> Kind:
        kind, text = self.tokens[self.at] if self.at < len(self.tokens) else ("", "the end")
        if text == "(":
            self.take("(")
            inner = self.binary(0)
            self.take(")")
            return inner
        self.at += 1
        if kind == "number":
            return "scalar"
        if kind == "string":
            return "string"
        if kind != "name":
            raise PromqlError(f"expected a value, found {text!r}: {self.text}")
        if text in AGGREGATIONS and self.peek() in ("(", "by", "without"):
            return self._aggregation()
        return self._call(text) if self.peek() == "(" else self._selector(text)

    def _aggregation(self) -> Kind:
        grouped = self._grouping()
        self._arguments(("instant",), "an aggregation")
        if not grouped:
            self._grouping()
        return "instant"

    def _grouping(self) -> bool:
        if self.peek() not in ("by", "without"):
            return False
        self.take()
        self._labels()
        return True

    def _labels(self) -> None:
        self.take("(")
        while self.peek() != ")":
            self.found.labels.add(self.take(of="name"))
            if self.peek() != ")":
                self.take(",")
        self.take(")")

    def _call(self, name: str) -> Kind:
        if name not in FUNCTIONS:
            raise PromqlError(f"the function {name} is not known: {self.text}")
        self._arguments(FUNCTIONS[name], name)
        return "scalar" if name in ("scalar", "time") else "instant"

    def _arguments(self, wanted: tuple[Kind, ...], name: str) -> None:
        self.take("(")
        for number, kind in enumerate(wanted):
            if number:
                self.take(",")
            found = self.binary(0)
            if found != kind:
                raise PromqlError(f"{name} needs a {kind}, not a {found}: {self.text}")
        self.take(")")

    def _selector(self, metric: str) -> Kind:
        matchers = []
        if self.peek() == "{":
            self.take("{")
            while self.peek() != "}":
                name, operator = self.take(of="name"), self.take("=", "!=", "=~", "!~")
                matchers.append((name, operator, self.take(of="string")[1:-1]))
                if self.peek() != "}":
                    self.take(",")
            self.take("}")
        self.found.selectors.append(Selector(metric, tuple(matchers)))
        kind: Kind = "instant"
        if self.peek() == "[":
            self.take("[")
            self.take(of="duration")
            self.take("]")
            kind = "range"
        if self.peek() == "offset":
            self.take()
            self.take(of="duration")
        return kind
