"""Parts of the evolution benchmark."""
