"""Measures this project beside Rasa's default pipeline with real TensorFlow. docs/benchmarks.md says what and how."""
