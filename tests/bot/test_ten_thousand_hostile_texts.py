"""Ten thousand hostile texts, each through two of the renderers that show text of people and models."""

from __future__ import annotations

import random

from bot.background.request import OptimizeRequest
from bot.background.trouble import Trouble
from bot.slack.escaping import markup
from bot.slack.incoming.pieces import Pieces
from bot.slack.messages.card import RunCard, draw_card
from bot.slack.messages.drafts import draw_draft
from bot.slack.messages.final import Outcome, draw_outcome
from bot.slack.messages.library import Hit, search_results
from bot.slack.messages.notices import RunLine, failure, notice, run_list, which_word
from bot.slack.messages.review import another_round_offer, share_question, shared_prompt
from bot.slack.messages.steps import baseline
from optimizer.events import BaselineScored, RunFinished
from tests.bot.hostile import BARBS, CHANNEL, OWNER, URL, check_message, record


def test_ten_thousand_hostile_texts_through_every_renderer():
    """A fixed stream of texts, so that the figure is the same in every run."""
    draw = random.Random(20_260_730)
    shown = 0
    for _ in range(10_000):
        text = "".join(
            draw.choice(BARBS) if draw.random() < 0.6 else _noise(draw) for _ in range(draw.randint(1, 4))
        )
        for content in _every_message(text[:8_000]):
            check_message(content)
            shown += 1
    assert shown >= 10_000


def _noise(draw):
    return "".join(chr(draw.choice((draw.randint(1, 0x2FF), draw.randint(0x300, 0xFFFF)))) for _ in range(12))


_RENDERERS = (
    lambda t: draw_card(RunCard("r-1", OWNER, t, t, t, stage="running", doing=t, models=(t,), metric=t)),
    lambda t: draw_draft("d-1", Pieces(OptimizeRequest(prompt_text=t), (t,))),
    lambda t: another_round_offer("d-1", t),
    lambda t: shared_prompt(t, OWNER, t, t),
    lambda t: share_question("d-1", OWNER, CHANNEL, t),
    lambda t: search_results(t, [Hit(record(t, t), URL, t)], "/prompts"),
    lambda t: run_list("Runs", [RunLine("r-1", t, t, CHANNEL, URL, True, t, "p-1", t)], "/optimize"),
    lambda t: which_word(t),
    lambda t: failure(Trouble(t, t, "ref", again=True), "r-1", charged=True),
    lambda t: notice(markup("Note: {t}", t=t)),
    lambda t: baseline(BaselineScored(0.5, 3, 1), t),
    lambda t: draw_outcome(
        Outcome(
            "r-1",
            OWNER,
            RunFinished(t, t, t, "better", "rounds", 1, 1, 1, 1, 1, 1.0, ((t, 1),)),
            None,
            1,
            (t,),
        )
    ),
)


def _every_message(text):
    """Each text goes through two renderers in turn; all are met eight hundred times and more."""
    _TURN[0] += 2
    for step in range(2):
        yield _RENDERERS[(_TURN[0] + step) % len(_RENDERERS)](text)


_TURN = [0]
