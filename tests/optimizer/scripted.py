"""A model whose answers are a function of the request: no network, no sleep, every attempt logged."""

import asyncio
import random
from collections import Counter

from optimizer.errors import ModelError
from optimizer.model.pool import ModelPool
from optimizer.model.protocol import ModelAnswer
from optimizer.model.settings import ModelSettings

SETTINGS = ModelSettings(
    task_model="simulated-t", optimizer_model="simulated-o", base_url="http://x", max_retries=3
)


class ScriptedBackend:
    """Answers with ``script(request, attempt)``: a text, a ModelAnswer, or an error to raise."""

    def __init__(self, script):
        self.script = script
        self.attempts = Counter()
        self.log = []

    async def attempt(self, request):
        self.attempts[request] += 1
        self.log.append(request)
        reply = self.script(request, self.attempts[request])
        if isinstance(reply, ModelError):
            raise reply
        if isinstance(reply, str):
            return ModelAnswer(reply, input_tokens=10, output_tokens=5, cost=0.01)
        return reply

    async def aclose(self):
        pass


class Shuffled(ScriptedBackend):
    """Answers after a random number of loop turns: calls finish in another order each time."""

    def __init__(self, script, seed):
        super().__init__(script)
        self.random = random.Random(seed)

    async def attempt(self, request):
        for _ in range(self.random.randrange(20)):
            await asyncio.sleep(0)
        return await super().attempt(request)


def scripted_pool(script, settings=SETTINGS):
    """A pool whose every model is one ScriptedBackend, and that backend."""
    backend = ScriptedBackend(script)
    return ModelPool(settings, open_backend=lambda name, _: backend), backend
