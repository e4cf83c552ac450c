"""The ``promptbeam`` command line."""
