"""What the form says about each preset: about how many calls it takes, from the real forecast."""

from __future__ import annotations

from urllib.parse import urlsplit

from bot.config import BotSettings
from bot.slack.forms import OFFERED_PRESETS, FormFacts
from bot.slack.messages.card import is_simulated
from bot.slack.messages.figures import money
from optimizer.config import preset
from optimizer.examples.table import ExampleTable
from optimizer.forecast import forecast
from optimizer.model.settings import ModelSettings, provider_of
from optimizer.task import Task, build_task

_ROWS = 200


def form_facts(settings: BotSettings) -> FormFacts:
    """Gather what the form tells: models, where data goes, effort per preset."""
    models = settings.models
    names = list(dict.fromkeys((models.task_model, models.optimizer_model)))
    return FormFacts(
        models=" and ".join(names),
        endpoint=_endpoint(models),
        simulated=any(is_simulated(name) for name in names),
        max_file_bytes=settings.max_file_bytes,
        efforts=_efforts(models),
        data_folder=settings.large.data.text if settings.large.data else "",
    )


def _endpoint(models: ModelSettings) -> str:
    if models.base_url:
        return urlsplit(models.base_url).netloc
    provider, _ = provider_of(models.task_model)
    return "api.openai.com" if provider == "openai" else provider


def _efforts(models: ModelSettings) -> dict[str, str]:
    task = _stand_in()
    efforts = {}
    for name in OFFERED_PRESETS:
        config = preset(name)
        expected = forecast(task, config, models)
        price = f", {money(expected.cost)}" if expected.cost is not None else ""
        efforts[name] = f"{config.rounds} rounds, up to {expected.calls:,} calls{price} for {_ROWS} rows"
    return efforts


def _stand_in() -> Task:
    """A task of typical size, only to forecast with."""
    rows = tuple(
        {"text": f"example number {number} " + "word " * 40, "label": "yes" if number % 2 else "no"}
        for number in range(_ROWS)
    )
    table = ExampleTable("typical", ("text", "label"), rows, ())
    return build_task("Answer yes or no.\n\n{text}", table)
