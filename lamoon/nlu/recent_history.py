"""A conversation shortened to its last turns: what lies before is summed up, so that a turn costs the same for ever."""

from __future__ import annotations

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

KEPT_TURNS = 4  # one more than MemoizationPolicy and any rule look back
MOST_TURNS = 8


def shortened(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """The tracker itself while it has at most `MOST_TURNS` messages, else one of its last `KEPT_TURNS`.

    Rasa's policies and every call of the action server walk over all events. A shortened tracker starts with the slots
    and the open form as they were, so it decides as the whole one would; the database keeps every event.
    """
    events = list(tracker.events)
    turns = [at for at, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(turns) <= MOST_TURNS:
        return tracker
    cut = turns[-KEPT_TURNS]
    short = tracker.init_copy()
    short.model_id, short.assistant_id = tracker.model_id, tracker.assistant_id
    for event in (*_summary(tracker, events[:cut]), *events[cut:]):
        short.update(event)
    return short


def _summary(tracker: DialogueStateTracker, events: list[Event]) -> list[Event]:
    """Events that bring a new tracker to where these have brought it; the bot waits for the next message."""
    past = tracker.init_copy()
    for event in events:
        past.update(event)
    when = events[-1].timestamp
    summary: list[Event] = [
        SlotSet(name, slot.value, timestamp=when)
        for name, slot in past.slots.items()
        if slot.value != slot.initial_value
    ]
    if past.active_loop:
        # The very event: its time names this run of the form, so that a request is never stored twice.
        summary.append(next(event for event in reversed(events) if isinstance(event, ActiveLoop)))
    return [*summary, ActionExecuted(ACTION_LISTEN_NAME, timestamp=when)]
