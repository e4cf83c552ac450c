"""Slack: listeners, forms, messages and the one thread that posts."""
