"""Tests of lamoon/understanding."""
