"""Test stories for Rasa's own test, and proof that the test can fail."""
