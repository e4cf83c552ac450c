"""Other projects' prompt optimizers, each in a process and an environment of its own, at one desk for model calls."""
