"""The studio's settings and the first steps."""
