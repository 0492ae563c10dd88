"""Tests of the booking data in single messages."""
