"""`lamoon status`: the connected parts, and whether they work."""
