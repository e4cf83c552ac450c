"""What a process tells those who run it: whether it lives, whether it can work, what it has counted."""
