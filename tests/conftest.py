"""For all tests: generated cases are not timed, since several workers share two cores."""

from hypothesis import settings

settings.register_profile("shared-cores", deadline=None)
settings.load_profile("shared-cores")
