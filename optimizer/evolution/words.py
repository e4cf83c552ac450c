"""Words of a text in any language; Chinese and Japanese characters count one by one."""

from __future__ import annotations

import re

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+(?:['’][^\W_{_CJK}]+)*")


def words_of(text: str) -> list[str]:
    """Return the words in order, in lower case, without punctuation. Linear in the length of ``text``."""
    return _WORD.findall(text.casefold())
