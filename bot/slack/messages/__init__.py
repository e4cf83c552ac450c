"""Pure functions from events and records to Slack messages."""
