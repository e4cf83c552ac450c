"""What language a text is in, as far as words and letters tell."""
