"""Which queue a shard waits in: only processes that can do it as its run would listen there."""

from __future__ import annotations

import hashlib
import socket

from optimizer.instructions.address import Address
from optimizer.model.settings import ModelSettings


def shard_queue(models: ModelSettings, address: Address) -> str:
    """Return the queue for shards below ``address`` whose calls go where those of ``models`` go."""
    return _name(models, address.host)


def shard_queues(models: ModelSettings) -> tuple[str, str]:
    """Return the queues whose shards this process can do: everybody's, and those of this machine's paths."""
    return _name(models, ""), _name(models, socket.gethostname())


def _name(models: ModelSettings, host: str) -> str:
    # The same server under the same name, as in the journal's keys: else answers would not be shared.
    where = models.journal_scope or models.base_url or ""
    return f"shards-{hashlib.blake2b(f'{where}|{host}'.encode(), digest_size=8).hexdigest()}"
