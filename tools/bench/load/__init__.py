"""Load benchmark of the whole assistant, next to Rasa's default pipeline: `python -m tools.bench.load`."""
