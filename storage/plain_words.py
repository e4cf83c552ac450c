"""English words that say little about what a prompt is for."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PLAIN_WORDS = _words(
    "a an and are as at be by can do each either for from given has have if in into is it its not of on one only"
    " or other please should so such that the their them then there these they this to was we what when whether"
    " which who will with would you your"
)
"""Words that every text has."""

PROMPT_WORDS = _words(
    "answer answers assistant choose classify classification decide determine example examples exactly following"
    " input instructions label labels must no nothing output prompt read reply respond response return say tell"
    " task text word words write yes"
)
"""Words that nearly every prompt has."""
