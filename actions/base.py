"""Base of our actions: they apologise instead of failing, and log no visitor's words."""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from lamoon import tracing

logger = logging.getLogger(__name__)

Events = list[dict[str, Any]]


class SafeAction(Action, ABC):
    """An action whose failure is reported to the visitor."""

    events_on_failure: ClassVar[Events] = []
    """For an action that has to leave the conversation otherwise than it was."""

    @abstractmethod
    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Utters at least one message and returns events."""

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Runs `answer` and catches failures (called by the action server)."""
        began = time.perf_counter()
        try:
            with tracing.span(self.name()):
                events = self.answer(dispatcher, tracker, domain)
        except Exception as error:
            # Only the type and place: the text of an error may hold the visitor's words.
            where = error.__traceback__.tb_next if error.__traceback__ else None
            logger.error("%s failed: %s in line %s", self.name(), type(error).__name__, where and where.tb_lineno)
            dispatcher.messages.clear()
            events = [*self.events_on_failure]
        if not dispatcher.messages:
            dispatcher.utter_message(response="utter_unavailable")
        logger.info("%s ran for %.3f s", self.name(), time.perf_counter() - began)
        return events
