"""Intent classification: sentence embedding, the hybrid classifier, facts and follow-ups. Does not use Rasa."""
