"""The pages on report and metrics name everything that a report, an event or a metric has."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import get_args

import pytest

from optimizer.evolution.report import build_evolution_report
from optimizer.evolution.run import EvolveResult
from optimizer.metrics.choose import METRICS, MetricChoice, choose_metric
from optimizer.metrics.options import MetricOptions
from optimizer.model.troubles import Trouble
from optimizer.report import build_report
from optimizer.run import Result
from optimizer.stored_events import EVENT_TYPES

DOCS = Path(__file__).resolve().parents[2] / "docs"
REPORT = (DOCS / "report.md").read_text()
SECTIONS = dict(re.findall(r"^### `(\w+)`\n(.*?)(?=^### |\Z)", REPORT, re.MULTILINE | re.DOTALL))


def names(text):
    return set(re.findall(r"`([^`]+)`", text))


def test_every_field_of_the_report_is_documented_and_the_other_way_round():
    empty = {field.name: None for field in dataclasses.fields(Result)}
    numbers = {"input_tokens": 0, "output_tokens": 0, "seconds": 0.0, "troubles": ()}
    report = build_report(Result(**{**empty, **numbers}), [])
    table = REPORT.split("## Report")[1].split("## The test")[0]
    rows = {name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in names(row)}
    assert rows == report.keys()


def test_every_field_of_an_evolutions_report_is_documented_and_the_other_way_round():
    empty = {field.name: None for field in dataclasses.fields(EvolveResult)}
    numbers = {"input_tokens": 0, "output_tokens": 0, "seconds": 0.0}
    lists = {name: () for name in ("failure_rate", "lineage", "failures", "troubles")}
    report = build_evolution_report(EvolveResult(**{**empty, **numbers, **lists}), [])
    table = REPORT.split("## The report of an evolution")[1].split("## Events")[0]
    rows = {name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in names(row)}
    assert rows == report.keys()


def test_every_trouble_is_documented_and_the_other_way_round():
    table = REPORT.split("## Troubles")[1].split("\n## ")[0]
    rows = {name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in names(row)}
    assert rows == set(get_args(Trouble))


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_every_field_of_every_event_is_documented(kind):
    fields = {field.name for field in dataclasses.fields(EVENT_TYPES[kind])}
    assert fields <= names(SECTIONS[kind])


def test_no_event_is_documented_that_does_not_exist():
    assert SECTIONS.keys() == EVENT_TYPES.keys()


def test_every_metric_and_every_option_of_it_is_documented(monkeypatch):
    asked = {}
    real = MetricOptions.text

    def text(self, name, default=""):
        asked.setdefault(self._metric, set()).add(name)
        return real(self, name, default)

    monkeypatch.setattr(MetricOptions, "text", text)
    page = (DOCS / "metrics.md").read_text()
    rows = {next(iter(names(row.split("|")[1]))): row for row in page.splitlines() if row.startswith("| `")}
    assert rows.keys() - {"package.module:function"} == set(METRICS) - {"auto"}
    fitting = {"numeric": ["1", "2"], "json": ['{"a": 1}'] * 2}
    for metric in rows.keys() & set(METRICS):
        choose_metric(MetricChoice(metric), fitting.get(metric, ["a", "b"]))
        assert asked.get(metric, set()) == names(rows[metric].split("|")[3]), metric
