"""Reviews of answers, and changes to answers, facts and phrases."""
