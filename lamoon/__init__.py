"""The La Moon assistant. Only the components in `lamoon.nlu` import Rasa."""

__version__ = "0.1.0"
