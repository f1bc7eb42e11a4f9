"""Requests to the servers of a stack, any of which may be away."""

from collections.abc import Iterator
from contextlib import contextmanager

import urllib3

from laptop.problems import Unreachable


@contextmanager
def answering(url: str, server: str = "ministack") -> Iterator[None]:
    """Raises Unreachable where a request gets no answer. server: whose log may say why."""
    try:
        yield
    except urllib3.exceptions.HTTPError as error:
        raise Unreachable(
            f"{url} does not answer; run-local.sh logs {server} may say why"
        ) from error
