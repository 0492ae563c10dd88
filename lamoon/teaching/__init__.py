"""What the studio teaches the assistant at the desk: answers, facts and questions of its own, and how they go live.

The files in `data/` are the base. The studio's lessons are in the database, and each publication is a list of them; they
are laid over a copy of the files that the training reads (`overlay.py`), which is also what an engineer exports.
"""
