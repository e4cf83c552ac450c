"""Which models a run talks to and how hard: names, address, key, concurrency, deadline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from optimizer.errors import ConfigError

DEFAULT_TASK_MODEL = "openai:gpt-4.1-mini"
DEFAULT_OPTIMIZER_MODEL = "openai:gpt-4.1"


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Where model calls go. Model names are LangChain's ``provider:model``; without provider, openai.

    ``base_url`` and ``api_key`` belong to OpenAI and compatible servers; other providers read their
    own environment variables. ``prices`` maps a model name to US dollars per million input and
    output tokens, over the built-in table.

    Raises:
        ConfigError: a number is out of range or a name is empty.
    """

    task_model: str = DEFAULT_TASK_MODEL
    optimizer_model: str = DEFAULT_OPTIMIZER_MODEL
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    concurrency: int = 32
    """Calls in flight at once, over all runs that share a pool."""
    calls_per_minute: int | None = None
    """Calls that may start per minute, over all that share a pacer; None means no limit."""
    timeout: float = 120.0
    """Deadline of one attempt in seconds."""
    max_retries: int = 6
    """Further attempts at a failed call; waits that the provider asked for (Retry-After) do not count."""
    prices: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    journal_scope: str | None = None
    """What stands for the address in the journal's keys, for a server that moves; default ``base_url``."""

    def __post_init__(self) -> None:
        for what, name in (("task", self.task_model), ("optimizer", self.optimizer_model)):
            if not name.strip():
                raise ConfigError(f"The {what} model has no name.", f"Set PROMPTBEAM_{what.upper()}_MODEL.")
        if self.calls_per_minute is not None and self.calls_per_minute < 1:
            raise ConfigError(
                "calls_per_minute is below 1.", "Set PROMPTBEAM_CALLS_PER_MINUTE, or leave it out."
            )
        if self.concurrency < 1 or self.timeout <= 0 or self.max_retries < 0:
            raise ConfigError(
                "concurrency must be 1 or more, timeout above 0, max_retries 0 or more.",
                "Mend the model settings.",
            )

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> ModelSettings:
        """Read the settings from environment variables; ``docs/settings.md`` lists them.

        Raises:
            ConfigError: a variable holds something that is not a number where one is needed.
        """
        common = env.get("OPENAI_MODEL", "").strip()
        return cls(
            task_model=env.get("PROMPTBEAM_TASK_MODEL", "").strip() or common or DEFAULT_TASK_MODEL,
            optimizer_model=env.get("PROMPTBEAM_OPTIMIZER_MODEL", "").strip()
            or common
            or DEFAULT_OPTIMIZER_MODEL,
            base_url=env.get("OPENAI_BASE_URL", "").strip() or None,
            api_key=env.get("OPENAI_API_KEY", "").strip() or None,
            concurrency=int(_number(env, "PROMPTBEAM_CONCURRENCY", 32)),
            calls_per_minute=int(_number(env, "PROMPTBEAM_CALLS_PER_MINUTE", 0)) or None,
            timeout=_number(env, "PROMPTBEAM_MODEL_TIMEOUT", 120),
            max_retries=int(_number(env, "PROMPTBEAM_MODEL_RETRIES", 6)),
            journal_scope=env.get("PROMPTBEAM_JOURNAL_SCOPE", "").strip() or None,
            prices=_prices(env.get("PROMPTBEAM_PRICES", "")),
        )


def provider_of(name: str) -> tuple[str, str]:
    """Split ``provider:model``; a bare model name belongs to openai."""
    provider, colon, model = name.partition(":")
    if colon and provider.replace("_", "").replace("-", "").isalpha():
        return provider, model
    return "openai", name


def _number(env: Mapping[str, str], name: str, default: float) -> float:
    text = env.get(name, "").strip()
    if not text:
        return default
    try:
        return float(text)
    except ValueError:
        raise ConfigError(f"{name} is {text!r}, not a number.", "Give a number or leave it out.") from None


def _prices(text: str) -> dict[str, tuple[float, float]]:
    """Parse ``model=input/output,model=input/output`` in US dollars per million tokens."""
    prices = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        name, equals, pair = item.partition("=")
        low, slash, high = pair.partition("/")
        try:
            prices[name.strip()] = (float(low), float(high))
        except ValueError:
            equals = ""
        if not (equals and slash):
            raise ConfigError(
                f"PROMPTBEAM_PRICES: {item!r} cannot be read.",
                "Write model=INPUT/OUTPUT in dollars per million tokens, separated by commas.",
            )
    return prices
