"""Conversations written down with what has to follow: read from files, played against an assistant, compared."""
