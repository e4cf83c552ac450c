"""Benchmarks: ratios measured side by side in one run, never seconds asserted in a test."""
