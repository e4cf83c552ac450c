"""What outlives a process: runs, events, paid answers and prompts in SQLite, with a Chroma index beside it."""
