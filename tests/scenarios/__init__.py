"""Conversations with the real assistant, over HTTP: short YAML scenarios, their runner, and random walks."""
