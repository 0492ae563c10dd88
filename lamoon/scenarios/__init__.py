"""Scripted conversations with their expectations: loaded from files, played against an assistant, and compared."""
