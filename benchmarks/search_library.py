"""A library of made-up prompts for the search benchmark: as many as wanted, of a team of 500 people."""

from __future__ import annotations

import random
import time
from pathlib import Path

from sandbox.model.topics import _TABLE
from storage.prompts import PromptRecord
from storage.store import Store
from storage.visibility import Place, Viewer

TEAM, OTHER_TEAM = "T1", "T2"
_CHANNELS = 300
_PEOPLE = 500
_SYLLABLES = ("ka", "ro", "mi", "ten", "sul", "var", "lo", "pi", "dra", "nek", "fu", "ost", "il", "gam", "be")
_OPENINGS = (
    "Classify the {a} message of a customer into one of these teams: {b}, {c} or {d}.",
    "You read messages about {a}. Answer with {b} if the text mentions {c}, otherwise with {d}.",
    "Extract the {a}, the {b} and the {c} of the document below as JSON.",
    "Decide whether the report on {a} is about {b}. Answer Yes or No.",
    "Summarise what the writer wants about {a} and {b} in one sentence.",
    "Rate from 1 to 5 how urgent the {a} is; {b} and {c} are always 5.",
)
_RULES = (
    "- Choose {a} when the text speaks of {b} or {c}.",
    "- A mention of {a} alone is not enough for {b}.",
    "- If {a} and {b} both occur, prefer {c}.",
    "- Treat {a} as {b}, even when it is written in capitals.",
    "- Ignore greetings and names such as {n}.",
)


class PromptMaker:
    """Writes prompts on the topics of support work, with names that occur in few of them."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._topics = [
            [word.strip() for word in line.partition(":")[2].replace("\n", " ").split(",")]
            for line in _TABLE.replace(",\n  ", ", ").strip().splitlines()
            if ":" in line
        ]
        self._names = ["".join(self._dice.choices(_SYLLABLES, k=3)) for _ in range(5_000)]

    def seed_prompt(self) -> str:
        """One sentence, as people begin."""
        return self._fill(self._dice.choice(_OPENINGS), self._dice.choice(self._topics))

    def prompt(self) -> str:
        """A sentence and some rules, as a search ends."""
        topic = self._dice.choice(self._topics)
        rules = self._dice.choices(_RULES, k=self._dice.randint(3, 9))
        return "\n".join(self._fill(line, topic) for line in (self._dice.choice(_OPENINGS), *rules))

    def words(self) -> str:
        """What somebody types into a search."""
        topic = self._dice.choice(self._topics)
        return " ".join(
            self._dice.choices([*topic, self._dice.choice(self._names)], k=self._dice.randint(1, 4))
        )

    def _fill(self, line: str, topic: list[str]) -> str:
        words = {letter: self._dice.choice(topic) for letter in "abcd"}
        return line.format(**words, n=self._dice.choice(self._names).capitalize())


def fill(folder: Path, count: int, seed: int = 1) -> float:
    """Make a store with ``count`` prompts and their index in ``folder``; return the seconds it took."""
    maker, dice = PromptMaker(seed), random.Random(seed)
    start = time.perf_counter()
    with Store(folder) as store:
        with store.database.write():
            for number in range(count):
                store.prompts._table.insert(_record(number, maker, dice))
        store.prompts.reindex()
    return time.perf_counter() - start


def _record(number: int, maker: PromptMaker, dice: random.Random) -> PromptRecord:
    """70 % are made in public channels, 20 % in private ones, 10 % in direct messages; 1 % in another team."""
    channel = f"C{min(int(dice.paretovariate(0.7)), _CHANNELS)}"
    kind = dice.choices(("public", "private", "dm"), (70, 20, 10))[0]
    team = OTHER_TEAM if dice.random() < 0.01 else TEAM
    seed_score = dice.uniform(0.4, 0.7)
    return PromptRecord(
        id=f"p{number}",
        run_id=f"r{number}",
        version=1,
        title=(seed := maker.seed_prompt())[:80],
        text=maker.prompt(),
        seed_text=seed,
        owner=f"U{dice.randrange(_PEOPLE)}",
        place=Place(team, f"{channel}-{kind}", kind),  # type: ignore[arg-type]
        only_me=dice.random() < 0.05,
        verdict=dice.choice(("better", "not shown")),  # type: ignore[arg-type]
        seed_score=seed_score,
        final_score=seed_score + dice.uniform(-0.05, 0.3),
        holdout_n=100,
        metric=dice.choice(("label", "json", "numeric", "judge")),
        algorithm="racing",
        created_at=1.7e9 + number * 60,
    )


VIEWERS = {
    "member of ten private channels": Viewer(
        "U7", TEAM, frozenset(f"C{number}-private" for number in range(2, 12))
    ),
    "guest in three channels": Viewer(
        "U8", TEAM, frozenset({"C3-public", "C40-public", "C5-private"}), guest=True
    ),
    "somebody of a small team": Viewer("U9", OTHER_TEAM),
    "owner of the machine": Viewer("", "", everything=True),
}
"""Who asks: most see seven prompts in ten, some see few, the terminal sees all."""
