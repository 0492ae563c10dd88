"""Accounts of the team, their roles, and signing in."""
