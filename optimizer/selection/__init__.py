"""Selectors: which candidates survive a round, and at what price."""
