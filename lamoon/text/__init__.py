"""Text in one place: cleaning, shorthand, spelling, yes and no."""
