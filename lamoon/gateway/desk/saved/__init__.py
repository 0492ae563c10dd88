"""Tests at the desk: conversations that went right are saved as scenarios, and played again after every change."""
