"""The desk: pages on which the team tries the assistant, answers people and teaches it.

A page module has `ROUTES`, made with `page` and `action` of `lamoon.desk.request`: nothing is served unguarded.
"""
