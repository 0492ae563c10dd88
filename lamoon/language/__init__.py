"""One spaCy document per message, with tokens, phrases and entities, shared by all readers of the message."""
