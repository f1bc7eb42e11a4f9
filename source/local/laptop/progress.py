"""How far an execution is, stage by stage and operator by operator."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.text import Text

_SIGNS = {
    "Complete": ("✓", "green"),
    "Skipped": ("–", "dim"),
    "Error": ("✗", "red"),
    "Started": ("…", "yellow"),
    "Not Started": ("·", "dim"),
}


def statuses(execution: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Stage -> operator -> status, stages in their order.

    Operators of a running stage are ``Started``: what each of them has done becomes known when
    the stage is rolled up.
    """
    stages = execution["Workflow"]["Stages"]
    shown: dict[str, dict[str, str]] = {}
    name: str | None = execution["Workflow"]["StartAt"]
    while name is not None:
        stage = stages[name]
        before = "Started" if stage["Status"] == "Started" else "Not Started"
        ended = {one["Name"]: one["Status"] for one in stage.get("Outputs", [])}
        shown[name] = {one: ended.get(one, before) for one in stage["Operations"]}
        name = stage.get("Next")
    return shown


class Display:
    """Redraws on a terminal; elsewhere it prints a line whenever something has changed."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, refresh_per_second=8) if console.is_terminal else None
        self._last: dict[str, dict[str, str]] = {}

    def __enter__(self) -> "Display":
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    def show(self, execution: Mapping[str, Any]) -> None:
        now = statuses(execution)
        if self._live:
            self._live.update(_drawn(now))
        else:
            for line in changes(self._last, now):
                self._console.print(line, highlight=False)
        self._last = now


def changes(before: dict[str, dict[str, str]], now: dict[str, dict[str, str]]) -> list[str]:
    """A line for every operator whose status is another one than before."""
    return [
        f"  {stage} / {operator}: {status}"
        for stage, operators in now.items()
        for operator, status in operators.items()
        if status != "Not Started" and before.get(stage, {}).get(operator) != status
    ]


def _drawn(now: dict[str, dict[str, str]]) -> Text:
    drawn = Text()
    for stage, operators in now.items():
        drawn.append(f"{stage}\n", style="bold")
        for operator, status in operators.items():
            sign, style = _SIGNS.get(status, ("✗", "red"))
            drawn.append(f"  {sign} {operator}\n", style=style)
    return drawn
