"""Evaluation of understanding and screening on questions that are not training data."""
