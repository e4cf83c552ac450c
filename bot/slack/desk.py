"""The Slack side of the background service: shows its runs in threads, fetches their files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.background.desk import RunView
from bot.background.evolve_work import EvolveWork
from bot.background.request import FileRef, ToldLesson
from bot.config import BotSettings
from bot.slack.audience import Audience
from bot.slack.board import RunBoard
from bot.slack.clients import Clients, Whoami
from bot.slack.directory import Directory
from bot.slack.evolution_posts import EvolutionPosts
from bot.slack.evolution_view import EvolutionView
from bot.slack.files import FileFetcher
from bot.slack.home import HomeTab
from bot.slack.kept_places import KeptPlaces
from bot.slack.members import Members, Permalinks
from bot.slack.names import Names
from bot.slack.once import Once
from bot.slack.poster import CountCall
from bot.slack.posters import Posters
from bot.slack.reception import Reception
from bot.slack.result_posts import ResultPosts
from bot.slack.similar import SimilarPrompts
from bot.slack.team_lessons import TeamLessons
from bot.slack.thread_view import Earlier, ThreadView
from optimizer.task import Task
from storage.runs import RunRecord
from storage.store import Store


class SlackDesk:
    """Implements ``Desk``; owns the posters and what is known about channels."""

    def __init__(
        self,
        settings: BotSettings,
        store: Store,
        clients: Clients,
        who: Callable[[str], Whoami],
        count: CountCall = lambda method, outcome: None,
        may: Callable[[], bool] = lambda: True,
    ) -> None:
        self._store = store
        self.who = who
        self._fetcher = FileFetcher(clients, settings.api_host, settings.max_file_bytes)
        self.board = RunBoard()
        self.posters = Posters(clients, settings.pace, once=Once(store.outbox), count=count, may=may)
        self.places = KeptPlaces(clients, store.places)
        self.directory = Directory(clients)
        self.members = Members(clients, self.places)
        self.names = Names(self.members, self.directory, self.places)
        self.links = Permalinks(clients)
        self.audience = Audience(self.members, self.directory)
        self._similar = SimilarPrompts(store.prompts, self.members, self.links, self.audience)
        self.team_lessons = TeamLessons(store, self.members, self.links, self.audience)
        self._results = ResultPosts(store.runs, store.uploads)
        self._evolutions = EvolutionPosts(store.runs, store.uploads)
        self._home: HomeTab | None = None

    def view(self, run: RunRecord) -> RunView[Any, Any]:
        """Return the view of a run."""
        team = run.place.team
        poster, bot_name = self.posters.of(team), self.who(team).name
        if run.kind == EvolveWork.kind:
            return EvolutionView(run, self._store.runs, poster, self._evolutions, self.board, bot_name)
        earlier = Earlier(self._similar, self.team_lessons)
        return ThreadView(run, self._store.runs, poster, earlier, self._results, self.board, bot_name)

    def fetch(self, team: str, ref: FileRef) -> bytes:
        """Fetch an attached file."""
        return self._fetcher.fetch(team, ref)

    def lessons(self, run: RunRecord, task: Task) -> tuple[ToldLesson, ...]:
        """Pick what the run is told of what earlier ones learned."""
        return self.team_lessons.picked(run, task)

    def open_home(self, reception: Reception) -> HomeTab:
        """Return the Home tab, which follows the runs that are shown here."""
        self._home = HomeTab(reception, self.board)
        return self._home

    def close(self) -> None:
        """Send what waits to be sent."""
        if self._home is not None:
            self._home.close()
        self.posters.close()
