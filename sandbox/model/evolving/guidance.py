"""What guidance a method text holds: the simulated model follows what it finds, and nothing else."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

_NOUNS = r"(?:facts?|numbers?|names?|data|information|details?|figures?|angaben|zahlen|namen|daten|details)"
_KEEPS = (
    r"(?:keep|preserve|retain|carry over|take over|repeat|include|behalte|erhalte|übernimm)"
    rf"\b[^.]{{0,60}}\b{_NOUNS}"
    rf"|\b{_NOUNS}\b[^.]{{0,60}}\b(?:stays?|remain|are kept|kept|preserved|intact|bleiben|erhalten)\b"
    rf"|(?:never|not|nor|without) (?:drop|dropping|lose|losing|remove|removing|omit|omitting|leave out|leaving out)"
    rf"\b[^.]{{0,60}}\b{_NOUNS}"
)
GUIDANCE: dict[str, str] = {
    "task": r"(?:still|remains?|must be|stays?) (?:a|an)(?: \w+)? (?:instruction|task|question|request|order)\b"
    r"|asks? for (?:something|an answer|a result|work|an? \w+ result)|imperative|acknowledg"
    r"|(?:not|never) (?:\w+ )?(?:an? )?(?:mere )?(?:statement|remark)|calls? for (?:an answer|action|work)"
    r"|bleibt eine (?:anweisung|aufgabe|frage)",
    "clear": r"unambiguous|(?:says?|state|tells?|spell out|name) (?:\w+ )?exactly"
    r"|without (?:having to )?ask(?:ing)? back|needs? no clarification|no need to ask|nobody has to ask"
    r"|clear what|precise about|leave nothing open|eindeutig|ohne rückfrage",
    "facts": _KEEPS,
    "alone": r"self-contained|stands? (?:alone|on its own)|(?:nothing|no \w+) (?:is |may be )?missing"
    r"|without (?:any )?(?:further|other|more|outside) (?:information|context|material)"
    r"|refers? to nothing|everything (?:that is )?needed|für sich allein",
    "different": r"(?:must|has to|should|really) differs?|differs? from the (?:original|old)|a real change"
    r"|(?:not|never) (?:just )?(?:repeat|return|give back|hand back|copy) (?:\w+ )?"
    r"(?:the |it)(?:original|same|unchanged|old)?|at least one (?:\w+ )?(?:new|further|added|more)",
    "silent": r"only the (?:final |new |rewritten )?instruction|nur die (?:neue )?(?:anweisung|aufgabe)"
    r"|(?:not|never|without|nor) (?:mention|speak|talk|refer)\w*\b[^.]{0,50}(?:method|steps?|rewrit|original|prompt)",
    "length": r"\d+ ?(?:to|-|–|bis) ?\d+ (?:words|wörter)|few words|concise|wenige wörter|as short as"
    r"|(?:at most|no more than|up to|fewer than|höchstens) \w+ (?:words|wörter|sentences?|sätze)"
    r"|one or two sentences",
    "review": r"review|check|re-?read|verify|inspect|read (?:it|the \w+ \w+|the result) (?:again|as|once)"
    r"|contradict|unreasonable|reasonable|sensible|prüfe|überprüfe|widerspr",
    "language": r"(?:same|its|original|instruction's|keep the) language|without changing[^.]{0,30}language"
    r"|language (?:stays|must|remains|of the)|dieselbe sprache|gleiche sprache|die sprache",
    "harder": r"harder|demanding|complex|difficult|challeng|deeper|deepen|in more depth|constraint|condition"
    r"|requirement|rarer|reasoning|more specific|richer|schwieriger|anspruchsvoll|komplex",
}
"""Guidance -> how it is worded, in a text in lower case with single spaces."""

HARM: dict[str, str] = {
    "facts": rf"(?:leave out|drop|omit|remove|cut|replace|simplify)\b[^.]{{0,40}}\b{_NOUNS}",
    "length": r"as long as you (?:like|want)|at least \d{3,} words|very long|many paragraphs|no limit"
    r"|as much as possible",
    "clear": r"leave (?:it|much|things|something|the rest) open|be mysterious|only hint|(?:stay|keep it) general",
    "task": r"as a (?:story|statement|report|remark)|tell (?:it|the situation)|describe the situation instead",
    "review": r"(?:skip|without|no) (?:the |any )?(?:review|check)",
}
"""Guidance -> how a method asks for its opposite."""

_OPERATIONS: dict[str, str] = {
    "constraints": r"constraint|condition|requirement|limit\b|bedingung",
    "deepen": r"deepen|deeper|depth|breadth of|wider question|vertief",
    "concretise": r"concret|specific|particular case|konkret",
    "reasoning": r"reasoning|thoughts?\b|multi-step|überlegung",
    "input": r"input\b|\btable\b|formula|richer form|tabelle",
    "breadth": r"another task|new instruction of the same|rarer|brand-?new|different task|andere aufgabe",
}
_LIST = re.compile(r"\bways\b|\bmethods\b|\blist\b|möglichkeiten")
_STEP = re.compile(r"\bstep ?\d|(?:^|\n)[ \t]*\d{1,2}[.)]|\bschritt ?\d")
_NEGATION = re.compile(r"\b(?:not|never|nor|without|don't|nothing)\b[^.]{0,25}$")
_GUIDANCE = {name: re.compile(pattern) for name, pattern in GUIDANCE.items()}
_HARM = {name: re.compile(pattern) for name, pattern in HARM.items()}
_OPERATION = {name: re.compile(pattern) for name, pattern in _OPERATIONS.items()}
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class MethodReading:
    """What a method asks for. ``steps`` counts its numbered steps, ``operations`` the ways it names."""

    guided: frozenset[str]
    harmed: frozenset[str]
    operations: tuple[str, ...]
    steps: int
    length: int
    digest: str


@lru_cache(maxsize=512)
def read_method(method: str) -> MethodReading:
    """Read a method's text; what stands behind its 20,000th character is not read."""
    text = " ".join(method[:_LONGEST].lower().replace("’", "'").split())
    operations = [name for name, pattern in _OPERATION.items() if pattern.search(text)]
    if "breadth" in operations:
        operations = operations[:-1] if _LIST.search(text) else ["breadth"]
    return MethodReading(
        guided=frozenset(name for name, pattern in _GUIDANCE.items() if pattern.search(text)),
        harmed=frozenset(name for name, pattern in _HARM.items() if _asks_for(pattern, text)),
        operations=tuple(operations),
        steps=len(_STEP.findall(method[:_LONGEST].lower())),
        length=len(text),
        digest=hashlib.blake2b(method.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest(),
    )


def _asks_for(pattern: re.Pattern[str], text: str) -> bool:
    """Tell whether the text asks for it; forbidding it is not asking."""
    return any(
        not _NEGATION.search(text[max(0, found.start() - 40) : found.start()])
        for found in pattern.finditer(text)
    )
