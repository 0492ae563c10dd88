"""La Moon assistant: all logic. Nothing here imports Rasa, except the graph components in `lamoon.nlu`."""
