"""Applying a method to very many rows in shards, by any number of processes."""
