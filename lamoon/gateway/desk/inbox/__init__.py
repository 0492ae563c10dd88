"""The inbox: conversations with people in them, and requests to the studio."""
