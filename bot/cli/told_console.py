"""The console that a command tells its progress on: standard error, safe from what models say."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from bot.clean_text import clean


class ToldConsole(Console):
    """Folds lines on a terminal only, and drops control characters from every text it is given."""

    def __init__(self, **options: Any) -> None:
        super().__init__(stderr=True, highlight=False, **options)
        self.soft_wrap = not self.is_terminal

    def render_str(self, text: str, **options: Any) -> Text:
        """See ``Console.render_str``."""
        return super().render_str(clean(text), **options)
