"""Search algorithms over prompts, behind one interface."""
