"""Which language an instruction is written in, as far as the simulated model has sentences for it."""

from __future__ import annotations

import re
from collections import Counter

from sandbox.model.words import tokens

_LOOKED_AT = 1_500
_KANA = re.compile(r"[\u3040-\u30ff]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_OTHER_SCRIPT = re.compile(r"[\u0370-\u03ff\u0530-\u1cff\uac00-\ud7af]")
_FREQUENT = {
    "en": "the of and to in is that for with are this how what many does did you your write give an a",
    "de": "der die das und ist nicht ein eine einen den dem mit für auf wie was schreibe du wird im zu von viele",
    "fr": "le la les des et est un une du que qui dans pour sur avec au aux combien quel quelle écris il elle",
    "es": "el los las y es un una del que en por para con cuántos cuántas cuál qué escribe se cómo tiene",
    "it": "il lo gli è un una di del della che in per con quanti quale scrivi ogni sono nel come ha",
    "pt": "o os as é um uma do da dos das que em não no na por para com quantos qual escreva são ele tem",
    "nl": "de het een en is van in op te dat die voor met niet hoeveel schrijf wat hoe zijn naar heeft",
    "pl": "i w na z się nie to jest że o jak ile napisz dla przez oraz są ma po",
}
_SETS = {language: frozenset(words.split()) for language, words in _FREQUENT.items()}


def language_of(text: str) -> str:
    """Return a language code, "" for a script without a phrasebook; English when nothing tells otherwise."""
    text = text[:_LOOKED_AT]
    if not text.isascii():
        if _KANA.search(text):
            return "ja"
        half = len(text) / 2
        for code, script in (("zh", _HAN), ("ru", _CYRILLIC), ("", _OTHER_SCRIPT)):
            found = len(script.findall(text))
            if found > (half / 3 if code else 0) and found:
                return code
    counts = Counter(tokens(text))
    scores = {
        language: sum(counts[word] for word in frequent & counts.keys())
        for language, frequent in _SETS.items()
    }
    return max(scores, key=lambda language: scores[language])
