"""What is stored about a person: show it, hand it over, erase it."""
