"""How well the assistant understands and screens, measured on questions that it never learned from."""
