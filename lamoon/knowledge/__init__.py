"""The guide's topics, and the source of each statement about the therapy."""

from lamoon.knowledge.topics import Topic, Topics, load_topics

__all__ = ["Topic", "Topics", "load_topics"]
