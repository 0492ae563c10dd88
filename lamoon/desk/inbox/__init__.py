"""The team's inbox: conversations, requests, people, and what is live about them."""
