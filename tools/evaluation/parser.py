"""The trained model as a function from text to parse result, without servers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.utils.log_utils import configure_structlog

Parse = Callable[[str], dict[str, Any]]


def load_parser(model: Path) -> Parse:
    """Load a model.

    Args:
        model: a .tar.gz that `rasa train` made.

    Returns:
        A function with the result of Rasa's `/model/parse`.
    """
    configure_structlog(logging.WARNING)  # Rasa's debug lines hold the text of messages
    agent = Agent.load(str(model))
    loop = asyncio.new_event_loop()

    def parse(text: str) -> dict[str, Any]:
        result: dict[str, Any] = loop.run_until_complete(agent.parse_message(text))
        return result

    return parse
