"""Rasa plug-ins: graph components, policies, response generator, REST channel. Only this package imports Rasa."""
