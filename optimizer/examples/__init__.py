"""Example data: reading files into tables, and guessing what each column is for."""
