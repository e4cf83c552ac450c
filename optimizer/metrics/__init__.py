"""Metrics: what an answer is worth, and what to tell the critic about it."""
