"""Words of a text in any language; Chinese and Japanese characters count one by one."""

from __future__ import annotations

import re
from functools import lru_cache

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+(?:['’][^\W_{_CJK}]+)*")


@lru_cache(maxsize=8)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words in order, in lower case, without punctuation. Linear in the length of ``text``.

    The last texts' words are kept, because the rules ask for those of the same two texts one after the other.
    """
    return tuple(_WORD.findall(text.casefold()))
