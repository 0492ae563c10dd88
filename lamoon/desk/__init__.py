"""The desk: the team's pages for trying the assistant, answering visitors and improving it.

Each folder is a part of the desk: its pages (`pages.py`, `*_pages.py`) and what they show or change. A page module has
`ROUTES`, made with `page` and `action` of `lamoon.desk.request`: nothing is served unguarded.
"""
