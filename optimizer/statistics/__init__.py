"""Splits and the paired test."""
