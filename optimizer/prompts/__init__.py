"""Prompts: text with placeholders and headed sections, and the rules that every edit must keep."""
