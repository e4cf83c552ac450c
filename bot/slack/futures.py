"""Small futures: one that is done, one that never fails, one for many."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any


def settled() -> Future[Any]:
    """A future that is done."""
    done: Future[Any] = Future()
    done.set_result(None)
    return done


def silent(future: Future[Any]) -> Future[None]:
    """Done when ``future`` is, whatever came of it."""
    done: Future[None] = Future()
    future.add_done_callback(lambda _: done.set_result(None))
    return done


def after_all(futures: Sequence[Future[Any]]) -> Future[None]:
    """Done when all of ``futures`` are."""
    done: Future[None] = Future()
    left = [len(futures)]

    def one_less(_: Future[Any]) -> None:
        left[0] -= 1
        if left[0] == 0:
            done.set_result(None)

    for future in futures:
        future.add_done_callback(one_less)
    return done
