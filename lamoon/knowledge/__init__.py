"""What the assistant may say about the therapy, and where each statement comes from."""

from lamoon.knowledge.topics import Topic, Topics, load_topics

__all__ = ["Topic", "Topics", "load_topics"]
