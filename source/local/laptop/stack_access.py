"""The running engine, for commands that need one."""

import shlex

from laptop import facts as kept_facts
from laptop import lifecycle, terminal
from laptop.facts import Facts
from laptop.places import COMMAND_PYTHON, places
from laptop.problems import Problem


def running() -> Facts:
    """What has died of it is started again. Raises Problem where it was not started at all."""
    facts = lifecycle.running(places())
    if facts is not None:
        return facts
    if kept_facts.read(places().facts) is None:
        raise Problem(lifecycle.NOT_RUNNING)
    return lifecycle.revive(places(), terminal.say)


def awscurl(facts: Facts) -> str:
    """The command that signs requests to the APIs, with its options."""
    return (
        f"{shlex.quote(str(COMMAND_PYTHON.parent / 'awscurl'))} "
        f"--service execute-api --region {facts.region} "
        f"--access_key {facts.access_key_id} --secret_key {facts.secret_access_key}"
    )
