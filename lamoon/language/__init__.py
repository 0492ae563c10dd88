"""One spaCy document a message: tokens, phrases, entities. What reads a message reads this document."""
