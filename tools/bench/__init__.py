"""Measure this project beside Rasa's default pipeline with real TensorFlow. docs/benchmarks.md describes the method."""
