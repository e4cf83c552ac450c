"""What the commands import when they first need it, for the process from which tests fork them."""

from __future__ import annotations

import importlib

for name in (
    "chromadb",
    "dbos",
    "langchain_openai",
    "matplotlib.figure",
    "openpyxl",
    "psycopg",
    "pyarrow.parquet",
    "slack_bolt.adapter.socket_mode",
    "bot.background.workflow",
    "bot.cli.compare",
    "bot.cli.doctor",
    "bot.cli.evolve",
    "bot.cli.evolve_prompt",
    "bot.cli.export",
    "bot.cli.optimize",
    "bot.plots",
    "optimizer.conductor",
    "optimizer.model.chat_completions",
    "optimizer.model.langchain_backend",
    "storage.migrating",
    "tests.bot.office",
):
    importlib.import_module(name)
