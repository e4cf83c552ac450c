"""Textual gradients and edits: what the optimizer model is asked, and how its replies are read."""
