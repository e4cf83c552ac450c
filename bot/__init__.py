"""The application: Slack bot, background runs, configuration and command line."""
