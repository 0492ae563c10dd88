"""Tests of tools/checks."""
