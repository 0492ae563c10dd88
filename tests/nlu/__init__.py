"""Tests of lamoon/nlu."""
