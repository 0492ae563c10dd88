"""Starts the assistant: checks first, then one process group that ends as one."""
