"""Runs in the background: queue, resume, cancel, record."""
