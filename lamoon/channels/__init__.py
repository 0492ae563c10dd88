"""Messaging channels: what people write on their phones, heard and answered with the same care as on the website."""
