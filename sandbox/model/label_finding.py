"""Finding the set of labels that a prompt offers, and the places where a label is named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

MAX_LABELS = 40

_NOUNS = (
    "labels?|label set|categories|classes|options|teams|answers|choices|queues|intents|values|departments|"
    "groups|types"
)
_LISTED = re.compile(
    rf"\b(?:{_NOUNS})\b(?:[ ](?:to choose from|are|is|to use|available|allowed|possible))*[ ]*(?:\([^)\n]*\))?"
    r"[ ]*(?::|=|\bare\b)[ ]*\**[ ]*(?P<items>[^\n]*)",
    re.IGNORECASE,
)
_ONE_OF = re.compile(
    r"\b(?:(?:exactly )?one of|choose (?:from|between)|pick from|select from"
    r"|following (?:labels|categories|teams|classes)"
    r"|(?:answer|respond|reply|classify|label|output|return)\b[^.\n]{0,50}?"
    r"\b(?:either|between|among|as|with|by saying|in))\b"
    r"(?: the| these| this)?(?: following)?"
    r"(?: (?:labels?|categories|teams|classes|words|values|options|answers))?[ ]*:?[ ]*(?P<items>[^\n]*)",
    re.IGNORECASE,
)
_DIRECT = re.compile(
    r"\b(?:answer|respond|reply|output|return|say|write|label|classify|predict"
    r"|(?:is|are) (?:it|(?:this|the|these|following)(?: \w+){0,2}?)|whether (?:it|this|the)(?: \w+)? is)"
    r"[ ]+(?P<items>[^\n]*)",
    re.IGNORECASE,
)
_PARENTHESES = re.compile(r"\(([A-Z0-9])\)")
_PAIRS = (("Yes", "No"), ("True", "False"), ("1", "0"), ("positive", "negative"))
_BULLET = re.compile(
    r"^[ \t]*(?:[-*•–]|\d{1,2}[.)])[ \t]+(?:\*\*|[\"'`“])?(?P<head>[^\n:]{1,40}?)(?:\*\*|[\"'`”])?"
    r"[ \t]*(?P<mark>:|–|—|=|->|→| - |$)(?:\*\*)?",
    re.MULTILINE,
)
_QUOTED = re.compile(r"[\"'`“‘]([\w][\w /-]{0,30})[\"'`”’]")
_QUESTION = re.compile(
    r"\b(?:whether|is (?:it|this|the)|does (?:it|this|the)|determine if|decide if)\b", re.IGNORECASE
)
_SEPARATOR = re.compile(r"\s*(?:,|;|\||/|\bor\b|\band\b)\s*", re.IGNORECASE)
_SENTENCE_END = re.compile(
    r"[.!?](?=\s|$)|\)|\b(?:if|when|depending|with|for|as|based|according)\b", re.IGNORECASE
)
_EDGES = " \t\"'`“”‘’*()[]{}<>.:;!?"
_LEADING = re.compile(
    r"^(?:(?:this|the) (?:request|text|ticket|message|comment|statement|review|tweet|email) |"
    r"(?:request|text|ticket|message|comment|statement|review|tweet|email) (?=\w+$)|"
    r"(?:the|a|an|either|just|only|is|it is|and|or) )+",
    re.IGNORECASE,
)
_NO_LABEL = re.compile(
    r"(?:note|important|format|output|tone|style|rules?|examples?|input|answer|task|context|language|goal|hint|"
    r"remember|alone|nothing(?: else)?|only|(?:the |its )?(?:label|name|word|team|category)(?: alone| only)?|"
    r"(?:an? )?(?:explanation|reason|sentence))$",
    re.IGNORECASE,
)
_WEAK = frozenset(
    ("yes", "no", "true", "false", "safe", "other", "none", "ok", "good", "bad", "neither", "both")
)


def find_labels(guidance: str) -> tuple[str, ...]:
    """Return the labels in the order and spelling of the prompt; empty when it offers none."""
    for found in (
        _first_list(_LISTED.finditer(guidance), guidance, need_or=False),
        _first_list(_ONE_OF.finditer(guidance), guidance, need_or=False),
        _first_list(_DIRECT.finditer(guidance), guidance, need_or=True),
        _pair(guidance),
        _unique(f"({mark})" for mark in _PARENTHESES.findall(guidance)),
        _heads(guidance),
        _unique(_QUOTED.findall(guidance)),
    ):
        if len(found) >= 2:
            return found
    if re.search(r"\bsentiment\b", guidance, re.IGNORECASE):
        return ("Positive", "Negative", "Neutral")
    return ("Yes", "No") if _QUESTION.search(guidance) else ()


def _first_list(matches: Iterable[re.Match[str]], guidance: str, *, need_or: bool) -> tuple[str, ...]:
    for match in matches:
        items = match["items"]
        if need_or and not re.search(r"\bor\b|/", items, re.IGNORECASE):
            continue
        found = _items(items) if items.strip(_EDGES) else _heads_after(guidance, match.end())
        if 2 <= len(found) <= MAX_LABELS:
            return found
    return ()


def _items(text: str) -> tuple[str, ...]:
    """Split ``a, b or c`` that may go on with a sentence; empty when a part is no label."""
    end = _SENTENCE_END.search(text.replace("(", " ").replace(") ", "  ") if "(" in text[:3] else text)
    parts = [_bare(part) for part in _SEPARATOR.split(text[: end.start()] if end else text)]
    parts = [part for part in parts if part]
    if any(part.count(" ") > 2 or len(part) > 40 or _NO_LABEL.match(part) for part in parts):
        return ()
    return _unique(parts)


def _bare(part: str) -> str:
    return _LEADING.sub("", part.strip(_EDGES)).strip(_EDGES)


def _heads_after(guidance: str, position: int) -> tuple[str, ...]:
    """The heads of the bullets that follow a line such as ``Answer with one of:``."""
    heads: list[str] = []
    for line in guidance[position:].strip("\n").split("\n"):
        match = _BULLET.match(line)
        if not match:
            if line.strip() and heads:
                break
            if line.strip():
                return ()
            continue
        heads.append(match["head"].strip(_EDGES))
    return _unique(head for head in heads if head.count(" ") <= 3)


def _heads(guidance: str) -> tuple[str, ...]:
    """The heads of bullets such as ``- billing: …`` anywhere."""
    return _unique(
        head
        for match in _BULLET.finditer(guidance)
        if match["mark"]
        and (head := match["head"].strip(_EDGES)).count(" ") <= 2
        and not _NO_LABEL.match(head)
    )


def _pair(guidance: str) -> tuple[str, ...]:
    for one, two in _PAIRS:
        if one.isdigit():
            spelled = r"(?<![\w.,]){}(?![\w%]|[.,]\d)"
            first, second = (re.search(spelled.format(word), guidance) for word in (one, two))
            fits = re.search(r"\b(?:answer|label|output|return|reply|respond)", guidance, re.IGNORECASE)
        else:
            first, second = (
                re.search(rf"(?<!\w)(?:{word}|{word.lower()}|{word.upper()})(?!\w)", guidance)
                for word in (one, two)
            )
            fits = first
            if one == "Yes" and second and second[0] == "no" and not _marked(guidance, second.start()):
                continue
        if first and second and fits:
            found = sorted((first, second), key=lambda match: match.start())
            return tuple(match[0] for match in found)
    return ()


def _marked(text: str, position: int) -> bool:
    """Tell whether a weak word stands where an answer is named: in quotes, after *or*, after *answer*."""
    before = text[max(0, position - 14) : position].lower().rstrip(" \t")
    return before.endswith(
        ("or", "/", '"', "'", "`", "(", "answer", "say", "-", ",", "otherwise", "and", "\n", ":")
    )


def _unique(items: Iterable[str]) -> tuple[str, ...]:
    by_key: dict[str, str] = {}
    for item in items:
        by_key.setdefault(item.lower(), item)
    return tuple(item for key, item in by_key.items() if key)


def mention_pattern(labels: Sequence[str]) -> re.Pattern[str] | None:
    """Return a pattern that finds named labels, longest first; weak words count only where marked."""
    if not labels:
        return None
    names = "|".join(_spelled(label) for label in sorted(labels, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{names})(?![\w-])", re.IGNORECASE)


_MARKING_WORDS = "answer label say with output return to and or are is as reply mean means otherwise be"
_MARKS = "|".join(["(?<=[\"'`“‘(*])", *(f"(?<={word} )" for word in _MARKING_WORDS.split(" "))])


def _spelled(label: str) -> str:
    if label.startswith("("):
        return re.escape(label)
    spelled = r"[\s_-]".join(re.escape(part) for part in re.split(r"[\s_-]+", label))
    if is_weak(label):
        return rf"(?:{_MARKS})(?:{spelled})"
    return spelled + ("s?" if len(label) > 3 and label.isalpha() and not label.endswith("s") else "")


def is_weak(label: str) -> bool:
    """Tell whether a label is an everyday word or a digit, so that its bare appearance names nothing."""
    return label.lower() in _WEAK or len(label) <= 2


def label_key(text: str) -> str:
    """Return a label folded for comparison: case, quotes, spaces and separators do not count."""
    return re.sub(r"[\s_-]+", " ", text.strip(_EDGES)).lower()
