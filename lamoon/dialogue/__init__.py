"""What a conversation knows: the health record, the state of an emergency or crisis, and what a reply has to say first."""
