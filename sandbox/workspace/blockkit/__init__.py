"""Checks of messages and views against the rules of Slack's Block Kit."""
