"""Custom actions: thin adapters between Rasa's tracker and `lamoon/`, one a file, the file named after the action."""
