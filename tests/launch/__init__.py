"""Tests of lamoon/launch and scripts/."""
