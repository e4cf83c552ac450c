"""Auto Evol-Instruct: evolving instruction data by a method that is itself improved (arXiv 2406.00770)."""
