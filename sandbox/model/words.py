"""Words of a text: tokens, stems, and  words carry no meaning of their own."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


STOPWORDS = _set_of(
    """
    a about above after again all also am an and any are as at be because been before being below between both but
    by can cannot  did do does doing don down during each either else even ever every few for from further get
    gets getting got had has have having he her here hers him his i if in into is it its just  like made
    make many may maybe me might more most much must my myself near never no nor not now of off on once one only or
    other others our out over own per  quite rather really said same say says see shall she should since so
    some still such than thank thanks that the their theirs them then there these they this those through to too
    under until up upon us very was we went were what when  whether which while  whom whose why will with
    within without  yes yet you your yours yourself hi hello hey dear ok okay re ve ll im dont doesnt cant
    wont isnt ive youre id thats its it's i'm i've i'd i'll don't doesn't can't won't isn't aren't wasn't didn't
    couldn't shouldn't wouldn't hasn't haven't you're that's there's what's let's we're they're we've
    """
)

INSTRUCTION_WORDS = _set_of(
    """
    answer answers ask asks asking assign belong belongs below category categorise categorize class classify
    clear customer customers decide default describe described describes determine either example examples
    exactly explanation following give given goes guideline guidelines hint include includes including input
    instruction instructions label labels line lines mention mentions message messages name named note nothing
    option options output person persons pick prompt prompts read reply respond return rule rules sentence
    something sort statement statements target task team teams text texts ticket tickets topic topics usually
    user users word words write wants want anything things thing kind carefully careful choose correct request
    requests talk talks talking step steps job context information based otherwise
    employee employees comment comments review reviews
    """
)

COMMON_WORDS = _set_of(
    """
    would could please let where which who how able add added already always another anyone around available
    away back best better big bit buy call came case change check come comes coming company contact copy
    current date day days different done early end ever everyone everything fine first five found four full
    give given go goes going good great guess hand happen happened happens happy hard help high home hour
    hours idea important instead issue know last late later least left less life little live long look looking
    looks lot love man matter mean men minute minutes month months morning name need needs new next nice night
    nobody nothing number old open order part people person place point possible problem put question quick
    quickly ready real reason right room second seem seems send sent set show shows side simply single small
    someone soon sorry start started state still stop sure system take taken team tell ten thing things think
    third three time times today together told tomorrow took tried try trying turn two use used using wait
    want wanted way week weeks well woman women work working works world wrong year years yesterday yet
    """
)


def tokens(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return _TOKEN.findall(text.lower())


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return a word without its English inflection: charged, charges, charging -> charg."""
    word = word.replace("’", "'")
    if word.endswith("'s"):
        word = word[:-2]
    if len(word) <= 3 or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "shes", "ches", "xes", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    if word.endswith("ing") and len(word) > 5:
        word = _undoubled(word[:-3])
    elif word.endswith("ed") and len(word) > 4 and not word.endswith("eed"):
        word = _undoubled(word[:-2])
    if word.endswith("ly") and len(word) > 5:
        word = word[:-2]
    if word.endswith("e") and len(word) > 3:
        word = word[:-1]
    if word.endswith("y") and len(word) > 3:
        word = word[:-1] + "i"
    return word


def _undoubled(word: str) -> str:
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        return word[:-1]
    return word


def content_stems(text: str) -> list[str]:
    """Return the stems of the words that carry meaning, in order, with repetitions."""
    return [stem(word) for word in tokens(text) if word not in STOPWORDS]


def with_pairs(stems: list[str]) -> list[str]:
    """Return the different stems and the pairs of neighbouring stems, in order of appearance."""
    return list(dict.fromkeys([*stems, *(f"{one} {two}" for one, two in pairwise(stems) if one != two)]))


def guidance_stems(text: str) -> list[str]:
    """Return content stems without the words that instructions themselves are made of."""
    return [
        stem(word)
        for word in tokens(text)
        if word not in STOPWORDS and word not in INSTRUCTION_WORDS and len(word) > 1
    ]


def joined(items: list[str], last: str = "and") -> str:
    """Return ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"
