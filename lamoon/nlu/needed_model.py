"""Ends a Rasa server that has no model: Rasa itself would stay up, and answer every message with an error."""

from __future__ import annotations

import logging
from asyncio import AbstractEventLoop

from sanic import Sanic

logger = logging.getLogger(__name__)


async def end_without_model(app: Sanic, _: AbstractEventLoop) -> None:
    """Called when the server has started. Exit code 1: whoever looks after the process sees that it failed."""
    if not app.ctx.agent.is_ready():
        logger.critical("No model was loaded: the messages above say why. Expected a trained model; run: make train")
        raise SystemExit(1)  # unlike os._exit, it leaves time for the log to be written
