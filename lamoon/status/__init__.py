"""`lamoon status`: what is connected, and whether it works."""
