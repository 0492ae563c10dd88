"""Tests of tools/evaluation."""
