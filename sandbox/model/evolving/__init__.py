"""The simulated model's side of an evolution: it evolves, answers, analyses, and improves methods."""
