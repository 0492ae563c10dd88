"""A runner of Rasa's component graph that plans the order once.

Rasa plans the same graph with dask again for every message and every prediction, which takes a third of the components'
own time. The runner of a server is not configurable, so its name there is replaced.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa.core import processor
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner


def use_planned_graphs() -> None:
    """Use this runner for models that this process loads from now on. Training keeps Rasa's runner."""
    processor.DaskGraphRunner = PlannedGraphRunner


class PlannedGraphRunner(DaskGraphRunner):
    """Rasa's runner, with a plan for each set of targets."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Take the parameters of Rasa's runner."""
        super().__init__(*arguments, **named)
        self._plans: dict[tuple[str, ...], Sequence[str]] = {}

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Run the nodes that the targets need, given some nodes' outputs, and return the targets' outputs (called by
        Rasa).

        Raises:
            GraphRunError: when an input has a node's name as its value.
        """
        wanted = tuple(targets or self._graph_schema.target_names)
        if wanted not in self._plans:
            self._plans[wanted] = self._planned(wanted)
        plan, nodes = self._plans[wanted], self._graph_schema.nodes
        found: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        self._refuse_names_of_nodes(inputs or {}, plan)
        for name in plan:
            if name not in found:
                needs = nodes[name].needs.values()
                found[name] = self._instantiated_nodes[name](*(found.get(need, need) for need in needs))
        return dict(found[name] for name in wanted)

    def _planned(self, targets: Sequence[str]) -> Sequence[str]:
        """Return the nodes that the targets need, in dependency order."""
        nodes, plan = self._graph_schema.nodes, dict[str, None]()

        def add(name: str) -> None:
            if name in nodes and name not in plan:  # else an input
                for need in nodes[name].needs.values():
                    add(need)
                plan[name] = None

        for target in targets:
            add(target)
        return list(plan)

    @staticmethod
    def _refuse_names_of_nodes(inputs: dict[str, Any], plan: Sequence[str]) -> None:
        """Refuse names of nodes as values, as Rasa does."""
        for name, value in inputs.items():
            if isinstance(value, str) and value in plan:
                raise GraphRunError(f"The value of the input {name!r} is the name of a node. Expected another value.")
