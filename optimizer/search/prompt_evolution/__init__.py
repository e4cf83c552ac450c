"""Prompt evolution: a structured prompt is rewritten as a whole over generations, section by section."""
