"""``python -m benchmarks [NAME ...]``: run all benchmarks, or the named ones, and print their tables."""

from __future__ import annotations

import importlib
import sys

NAMES = (
    "waiting",
    "client_cpu",
    "prompt_search",
    "team_memory",
    "selectors",
    "evolution",
    "algorithms",
    "calls_to_reach",
    "structured_prompts",
    "acknowledgements",
    "service_load",
)


def main() -> None:
    """Run the benchmarks named on the command line, all without any."""
    wanted = sys.argv[1:] or list(NAMES)
    unknown = [name for name in wanted if name not in NAMES]
    if unknown:
        sys.exit(f"There is no benchmark {unknown[0]!r}; there are {', '.join(NAMES)}.")
    for name in wanted:
        module = importlib.import_module(f"benchmarks.{name}")
        print(f"\n## {name}: {module.__doc__.splitlines()[0]}\n", flush=True)
        module.run()


if __name__ == "__main__":
    main()
