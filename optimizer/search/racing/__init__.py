"""Reflective racing: Pareto parents, cached paired results as error source, halving on nested prefixes."""
