"""La Moon assistant: all logic. Nothing here imports Rasa, except the graph components in `lamoon.nlu`."""

__version__ = "0.1.0"
