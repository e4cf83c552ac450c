"""What people can do with any run that has ended, whether or not it left a tested prompt."""

from __future__ import annotations

from bot.slack.blocks import Block, actions, button, plain

RUN_AGAIN, RUN_DELETE, RUN_VOTE = "run.again", "run.delete", "run.vote"


def run_bar(run_id: str) -> list[Block]:
    """The buttons below a result that was not tested, or is no prompt."""
    return [
        actions(f"ended.{run_id}", *run_buttons(run_id)),
        vote_buttons(f"votes.{run_id}", RUN_VOTE, run_id, "result"),
    ]


def run_buttons(run_id: str) -> list[Block]:
    """Run it again, and delete it."""
    return [button("Run again…", RUN_AGAIN, run_id), button("Delete…", RUN_DELETE, run_id)]


def vote_buttons(block_id: str, action: str, about: str, what: str) -> Block:
    """Two thumbs; ``about`` is what is voted on, ``what`` its name."""
    return {
        "type": "context_actions",
        "block_id": block_id,
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": action,
                "positive_button": {"text": plain(f"Good {what}", 75), "value": f"up {about}"},
                "negative_button": {"text": plain(f"Bad {what}", 75), "value": f"down {about}"},
            }
        ],
    }
