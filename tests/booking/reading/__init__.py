"""What a single message says for a booking."""
