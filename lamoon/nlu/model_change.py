"""Replacement of the trained model in a running Rasa server without a pause: loaded next to the old one, then swapped.

`python -m lamoon.nlu.model_change FILE` loads a model in a separate process and parses a message with it: exit code 0
if this version of the code can use it.
"""

from __future__ import annotations

import asyncio
import copy
import logging
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from rasa.core.agent import Agent
from rasa.utils.log_utils import configure_structlog
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from lamoon.errors import ModelError

logger = logging.getLogger(__name__)

NAME = re.compile(r"\w[\w.-]{0,150}\.tar\.gz")
EXAMPLE = {"model": "20261130-104508-online-refinery.tar.gz"}
TRIAL = "does it hurt?"
_CHANGING = asyncio.Lock()


async def with_model(agent: Agent, model: Path) -> Agent:
    """Return an agent like this one, with this model. Both share the conversations and their locks.

    The model is loaded in a thread: messages are answered meanwhile, and turns in progress finish with the old agent.

    Raises:
        ModelError: when it cannot be loaded or fails on a message; `agent` is unchanged.
    """
    other = copy.copy(agent)
    other.nlg = copy.copy(agent.nlg)
    other.processor = None
    kept = agent.tracker_store.domain
    try:
        await asyncio.to_thread(other.load_model, model)
        await try_model(other)
    except Exception as error:
        agent.tracker_store.domain = kept
        raise ModelError(f"{model.name} cannot be loaded ({type(error).__name__}).") from None
    return other


async def try_model(agent: Agent) -> None:
    """Parse a message with a model. Raises ModelError when the result has no intent or no screening."""
    parsed = await agent.parse_message(TRIAL)
    if not (parsed.get("intent") or {}).get("name") or "safety" not in parsed:
        raise ModelError("It reads nothing in a message.")


def add_routes(webhook: Blueprint) -> None:
    """Add `GET` and `PUT model`: the name of the model in use, and a change to another one of the same folder.

    The caller gives a name, not a path. Responds 404 if there is no such file, 409 if it cannot be loaded; the old
    model then stays in use.
    """

    @webhook.route("/model", methods=["GET"])
    async def current(request: Request) -> HTTPResponse:
        return json({"model": request.app.ctx.agent.model_name})

    @webhook.route("/model", methods=["PUT"])
    async def change(request: Request) -> HTTPResponse:
        name = request.json.get("model") if isinstance(request.json, dict) else None
        if not isinstance(name, str) or not NAME.fullmatch(name):
            return json({"error": "`model` must be the name of a file in the models' folder.", "example": EXAMPLE}, 400)
        async with _CHANGING:
            agent = request.app.ctx.agent
            model = agent.processor.model_path.parent / name
            if not model.is_file():
                return json({"error": f"no file {name} in the folder of this server's models"}, status=404)
            try:
                request.app.ctx.agent = await with_model(agent, model)
            except ModelError as error:
                logger.error("The old model goes on: %s", error)
                return json({"error": str(error)}, status=409)
        logger.info("The model is now %s", name)
        return json({"model": name})


def main(arguments: Sequence[str]) -> int:
    """Test the named model file; return the exit code."""
    configure_structlog(logging.ERROR)  # Rasa's debug lines hold the text of messages
    try:
        asyncio.run(try_model(Agent.load(arguments[0])))
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
