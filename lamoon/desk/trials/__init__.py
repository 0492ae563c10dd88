"""Talking to the assistant as a visitor, and tests saved from it."""
