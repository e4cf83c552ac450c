"""Stand-ins for the outside world: a local Slack workspace and a simulated model, both over real HTTP."""
