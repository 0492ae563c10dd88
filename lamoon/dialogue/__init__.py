"""Dialogue state: the health record, the state of an emergency or crisis, and the plan of the reply."""
