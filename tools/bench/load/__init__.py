"""What the whole assistant answers under load, beside Rasa's default pipeline: `python -m tools.bench.load`."""
