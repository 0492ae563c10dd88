"""The guide's topics, and the source of each statement about the therapy."""

from lamoon.knowledge.facts import Fact, Facts, load_facts
from lamoon.knowledge.topics import Topic, Topics, load_topics

__all__ = ["Fact", "Facts", "Topic", "Topics", "load_facts", "load_topics"]
