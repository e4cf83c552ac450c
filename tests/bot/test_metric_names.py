"""The form's metrics are ones that the core knows, each with words for the people who read a result."""

from bot.slack.forms import METRICS
from bot.slack.messages.card import metric_words
from optimizer.metrics.choose import METRICS as KNOWN

NAMES = [name for name, _ in METRICS]


def test_the_form_offers_only_metrics_that_need_no_option():
    assert set(NAMES) == set(KNOWN) - {"regex"}


def test_every_metric_is_told_in_words():
    assert not [name for name in NAMES if name != "auto" and metric_words(name) == name]
    assert all(len(words) <= 75 for _, words in METRICS)
