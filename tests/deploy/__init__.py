"""Tests of the files in deploy/, against the code and against the tools that read them."""
