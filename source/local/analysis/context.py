"""What a service needs to answer: models, objects, jobs, and a folder for what it keeps."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from analysis.jobs import Jobs
from analysis.models import Models
from analysis.notifications import Notifications
from analysis.objects import Objects


@dataclass(frozen=True)
class Context:
    """Shared by all services; all of it may be used by several threads.

    `state` is a folder that outlives the server; each service keeps to a folder of its own in it.
    """

    models: Models
    objects: Objects
    jobs: Jobs
    notifications: Notifications
    state: Path
    # the server's own URL, once it listens
    address: Callable[[], str] = lambda: ""
