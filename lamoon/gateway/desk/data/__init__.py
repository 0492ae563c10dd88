"""What is kept of a person: found, handed out, and deleted; and the record of who did what."""
