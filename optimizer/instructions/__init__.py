"""Instruction data: rows of the shapes that fine-tuning tools use, read and written as streams."""
