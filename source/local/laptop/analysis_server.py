"""What the analysis server says of itself."""

import json
from typing import Any

import urllib3

from laptop.facts import Facts
from laptop.problems import Unreachable

_TIMEOUT_SECONDS = 5


def health(facts: Facts) -> Any:
    """Which models are there, and what is not looked for. Raises Unreachable."""
    url = f"{facts.analysis_url}/health"
    try:
        answer = urllib3.request("GET", url, timeout=_TIMEOUT_SECONDS, retries=False)
    except urllib3.exceptions.HTTPError as error:
        raise Unreachable(
            f"{url} does not answer; run-local.sh logs analysis may say why"
        ) from error
    return json.loads(answer.data)
