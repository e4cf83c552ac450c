"""Slack's Web API over the workspace's state."""
