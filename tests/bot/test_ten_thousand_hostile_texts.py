"""Ten thousand hostile texts, spread over everything that shows text of people and models."""

from __future__ import annotations

import random
from collections import Counter
from itertools import cycle

from bot.slack.blocks import Message
from tests.bot.hostile import BARBS, check_message, check_view
from tests.bot.renderers import RENDERERS, drawing, pieces

TEXTS = 10_000


def test_every_function_that_draws_is_fed_with_them():
    assert sorted(drawing()) == sorted(RENDERERS)


def test_ten_thousand_hostile_texts_leave_every_screen_whole():
    """A fixed stream of texts, so that the figure is the same in every run; each is shown by one renderer in turn."""
    draw, turns, shown = random.Random(20_260_730), cycle(RENDERERS), Counter[str]()
    for name in (next(turns) for _ in range(TEXTS)):
        text = "".join(
            draw.choice(BARBS) if draw.random() < 0.6 else _noise(draw) for _ in range(draw.randint(1, 4))
        )
        for piece in pieces(RENDERERS[name](text[:8_000])):
            if isinstance(piece, Message):
                check_message(piece)
            else:
                check_view(piece, piece["type"])
            shown[name] += 1
    assert set(shown) == set(RENDERERS)
    assert min(shown.values()) >= TEXTS // len(RENDERERS)


def _noise(draw: random.Random) -> str:
    return "".join(chr(draw.choice((draw.randint(1, 0x2FF), draw.randint(0x300, 0xFFFF)))) for _ in range(12))
