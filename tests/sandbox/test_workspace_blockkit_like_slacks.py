"""The Block Kit limits are those of Slack's own models."""

from __future__ import annotations

import pytest
import slack_sdk.models.blocks as models
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.basic_objects import JsonObject

from sandbox.workspace.blockkit.messages import message_problems


def _long(limit: int) -> str:
    return "a" * limit


SDK_MODELS = [
    (3000, lambda n: models.SectionBlock(text=models.MarkdownTextObject(text=_long(n)))),
    (10, lambda n: models.SectionBlock(fields=["x"] * n)),
    (150, lambda n: models.HeaderBlock(text=models.PlainTextObject(text=_long(n)))),
    (10, lambda n: models.ContextBlock(elements=[models.MarkdownTextObject(text="x")] * n)),
    (2000, lambda n: models.ImageBlock(image_url="https://e.x/a.png", alt_text=_long(n))),
    (12_000, lambda n: models.MarkdownBlock(text=_long(n))),
    (255, lambda n: models.DividerBlock(block_id=_long(n))),
    (75, lambda n: models.ActionsBlock(elements=[models.ButtonElement(text=_long(n), action_id="a")])),
    (
        2000,
        lambda n: models.ActionsBlock(
            elements=[models.ButtonElement(text="x", action_id="a", value=_long(n))]
        ),
    ),
    (
        25,
        lambda n: models.ActionsBlock(
            elements=[models.ButtonElement(text="x", action_id=str(i)) for i in range(n)]
        ),
    ),
]


@pytest.mark.parametrize(("limit", "build"), SDK_MODELS)
def test_slacks_own_models_and_this_validator_have_the_same_limits(limit, build, monkeypatch):
    assert message_problems([build(limit).to_dict()]) == []
    with pytest.raises(SlackObjectFormationError):
        build(limit + 1).to_dict()
    monkeypatch.setattr(JsonObject, "validate_json", lambda _self: None)
    assert message_problems([build(limit + 1).to_dict()])
