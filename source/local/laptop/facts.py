"""``.mie/local.json``: what other programs need to know of the running stack."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from laptop.problems import Problem

REGION = "us-east-1"
STACK = "mie"
# The local AWS's root account; it is reachable from this machine only.
ACCESS_KEY_ID, SECRET_ACCESS_KEY = "test", "test"


@dataclass(frozen=True)
class Facts:
    """The API URLs take signed requests as they are and have no slash at the end."""

    endpoint_url: str
    region: str
    access_key_id: str
    secret_access_key: str
    stack_name: str
    workflow_api: str
    dataplane_api: str
    dataplane_bucket: str
    analysis_url: str
    # None as long as no search is deployed
    opensearch_url: str | None
    # server -> process id
    pids: dict[str, int]


def write(facts: Facts, path: Path) -> None:
    """Readers see the old file or the new one, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half_written = path.with_suffix(".tmp")
    half_written.write_text(json.dumps(asdict(facts), indent=2) + "\n")
    half_written.replace(path)


def read(path: Path) -> Facts | None:
    """None when no stack was started. Raises Problem when the file is not one of ours."""
    try:
        return Facts(**json.loads(path.read_text()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise Problem(f"{path} cannot be read; run-local.sh destroy makes a new start") from error
