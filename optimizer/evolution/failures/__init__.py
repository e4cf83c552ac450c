"""Failure detection: small named rules over an evolved instruction and the answer to it."""

from optimizer.evolution.failures.rules import RULES, early_failure, find_failure, without

__all__ = ["RULES", "early_failure", "find_failure", "without"]
