"""Tests of lamoon/evaluation."""
