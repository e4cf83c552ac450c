"""For all tests: generated cases are not timed, since several workers share two cores; the longest come first."""

import pytest
from hypothesis import settings

settings.register_profile("shared-cores", deadline=None)
settings.load_profile("shared-cores")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests of several processes, so that none of them is left for one worker at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith("tests/service/"))
