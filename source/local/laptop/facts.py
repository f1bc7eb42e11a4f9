"""``.mie/local.json``: what other programs need to know of the running stack."""

from dataclasses import asdict, dataclass, fields
from pathlib import Path

from laptop.kept_json import read_object, write_object

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
    write_object(path, asdict(facts))


def read(path: Path) -> Facts | None:
    """None when no stack was started, or of a file that is not one of ours."""
    content = read_object(path)
    if set(content) != {one.name for one in fields(Facts)} or not isinstance(content["pids"], dict):
        return None
    return Facts(**content)
