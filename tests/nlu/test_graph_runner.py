"""Rasa's graph in an order that is worked out once: the same outputs as Rasa's own runner gives."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.core import processor
from rasa.engine.exceptions import GraphComponentException, GraphRunError
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage

from lamoon.nlu.graph_runner import PlannedGraphRunner, use_planned_graphs


class Adding(GraphComponent):
    """Add its number to what it needs."""

    ran: list[int] = []  # noqa: RUF012

    def __init__(self, number: int) -> None:
        self._number = number

    @classmethod
    def create(
        cls, config: dict[str, Any], storage: ModelStorage, resource: Resource, context: ExecutionContext
    ) -> Adding:
        return cls(config["number"])

    @classmethod
    def load(cls, config: dict[str, Any], *_: Any, **named: Any) -> Adding:
        return cls(config["number"])

    def one(self, left: int) -> int:
        self.ran.append(self._number)
        return left + self._number

    def both(self, left: int, right: int) -> int:
        self.ran.append(self._number)
        if left > 1000:
            raise RuntimeError("too much")
        return left * right


def node(number: int, fn: str, **needs: str) -> SchemaNode:
    return SchemaNode(needs, Adding, "load", fn, {"number": number}, eager=True, resource=Resource("none"))


SCHEMA = GraphSchema(
    {
        "last": node(4, "both", left="second", right="first"),
        "second": node(2, "one", left="first"),
        "first": node(1, "one", left="given"),
        "alone": node(8, "one", left="given"),
    }
)


@pytest.fixture
def runners() -> tuple[PlannedGraphRunner, DaskGraphRunner]:
    Adding.ran.clear()
    made = (SCHEMA, None, ExecutionContext(SCHEMA))
    return PlannedGraphRunner(*made), DaskGraphRunner(*made)


@pytest.mark.parametrize("targets", [["last"], ["alone", "second"], ["last", "alone"]])
def test_the_outputs_are_those_of_rasas_runner(runners: tuple[DaskGraphRunner, ...], targets: list[str]) -> None:
    ours, rasas = (runner.run({"given": 10}, targets) for runner in runners)
    assert ours == rasas
    assert set(ours) == set(targets)


def test_each_node_that_is_needed_runs_once_and_after_its_needs(runners: tuple[PlannedGraphRunner, Any]) -> None:
    for _ in range(2):
        runners[0].run({"given": 10}, ["last"])
    assert Adding.ran == [1, 2, 4] * 2


def test_an_output_that_is_given_is_not_worked_out(runners: tuple[DaskGraphRunner, ...]) -> None:
    ours, rasas = (runner.run({"given": 10, "first": 5}, ["last"]) for runner in runners)
    assert ours == rasas == {"last": 35}


def test_a_value_that_is_a_nodes_name_is_refused(runners: tuple[DaskGraphRunner, ...]) -> None:
    for runner in runners:
        with pytest.raises(GraphRunError):
            runner.run({"given": "first"}, ["last"])


def test_a_components_error_is_rasas(runners: tuple[DaskGraphRunner, ...]) -> None:
    for runner in runners:
        with pytest.raises(GraphComponentException):
            runner.run({"given": 5000}, ["last"])


def test_servers_use_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processor, "DaskGraphRunner", DaskGraphRunner)
    use_planned_graphs()
    assert processor.DaskGraphRunner is PlannedGraphRunner
