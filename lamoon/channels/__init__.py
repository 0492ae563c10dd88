"""Messaging channels: what people write on their phones, answered with the same care as on the website."""
