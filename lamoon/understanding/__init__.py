"""What a message means: text cleaning, spelling repair, sentence embedding, the hybrid classifier. No Rasa in here."""
