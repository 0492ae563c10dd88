"""The desk: the team's pages for trying the assistant, answering visitors and improving it.

A page module has `ROUTES`, made with `page` and `action` of `lamoon.desk.request`: nothing is served unguarded.
"""
