"""Conversations between visitors, the assistant and the team: messages, turns, hand-over, retention."""
