"""How the team teaches the assistant: what it answered is reviewed, and right topics become training phrases."""
