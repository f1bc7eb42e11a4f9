"""The running engine, for commands that need one."""

import shlex

from laptop import lifecycle
from laptop.facts import Facts
from laptop.places import COMMAND_PYTHON, places
from laptop.problems import Problem


def running() -> Facts:
    """Raises Problem where it does not run."""
    facts = lifecycle.running(places())
    if facts is None:
        raise Problem("the engine is not running; run-local.sh up starts it")
    return facts


def awscurl(facts: Facts) -> str:
    """The command that signs requests to the APIs, with its options."""
    return (
        f"{shlex.quote(str(COMMAND_PYTHON.parent / 'awscurl'))} "
        f"--service execute-api --region {facts.region} "
        f"--access_key {facts.access_key_id} --secret_key {facts.secret_access_key}"
    )
