"""Visitors' text: cleaning, tokens, shorthand, spelling, yes and no."""
