"""How far an execution is, stage by stage and operator by operator."""

import time
from collections.abc import Callable, Mapping
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any

from laptop import terminal

if TYPE_CHECKING:
    from rich.live import Live
    from rich.text import Text

_SIGNS = {
    "Complete": ("✓", "green"),
    "Skipped": ("–", "dim"),
    "Error": ("✗", "red"),
    "Started": ("…", "yellow"),
    "Not Started": ("·", "dim"),
}


_NONE: Mapping[str, int] = MappingProxyType({})


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
        shown[name] = {
            one: ended.get(one, _unless_switched_off(stage, one, before))
            for one in stage["Operations"]
        }
        name = stage.get("Next")
    return shown


def _unless_switched_off(stage: Mapping[str, Any], operator: str, status: str) -> str:
    configuration = stage.get("Configuration", {}).get(operator, {})
    return "Skipped" if configuration.get("Enabled") is False else status


class Display:
    """Redraws on a terminal; elsewhere it prints a line whenever something has changed."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._live = _live() if terminal.is_interactive() else None
        self._last: dict[str, dict[str, str]] = {}

    def __enter__(self) -> "Display":
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live:
            self._live.stop()

    @property
    def is_live(self) -> bool:
        return self._live is not None

    def show(self, execution: Mapping[str, Any], percents: Mapping[str, int] = _NONE) -> None:
        """percents: operator -> how much of its job is done, of those that know it."""
        now = statuses(execution)
        elapsed = written_time(self._clock() - self._began)
        # what had ended before anybody looked took nobody knows how long
        took = f" ({elapsed})" if self._last else ""
        if self._live:
            self._live.update(draw(now, execution, elapsed, percents))
        else:
            for line in changes(self._last, now):
                terminal.say(f"{line}{took}")
        self._last = now


def written_time(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02} min" if minutes else f"{rest} s"


def changes(before: dict[str, dict[str, str]], now: dict[str, dict[str, str]]) -> list[str]:
    """A line for every operator that has ended since; those that are switched off are none."""
    return [
        f"  {operator}: {status.lower()}"
        for stage, operators in now.items()
        for operator, status in operators.items()
        if status in ("Complete", "Error") and before.get(stage, {}).get(operator) != status
    ]


def _live() -> "Live":
    from rich.console import Console
    from rich.live import Live

    console = Console(markup=False, highlight=False, emoji=False)
    # what is drawn is gone when it has ended: the findings are what stays
    return Live(console=console, refresh_per_second=8, transient=True)


def draw(
    now: Mapping[str, Mapping[str, str]],
    execution: Mapping[str, Any],
    elapsed: str,
    percents: Mapping[str, int] = _NONE,
) -> "Text":
    from rich.text import Text

    drawn = Text()
    for stage, operators in now.items():
        shown = {one: status for one, status in operators.items() if status != "Skipped"}
        if shown:
            drawn.append(f"{stage}\n", style="bold")
        for operator, status in shown.items():
            sign, style = _SIGNS.get(status, ("✗", "red"))
            is_known = status == "Started" and operator in percents
            percent = f" {percents[operator]} %" if is_known else ""
            drawn.append(f"  {sign} {terminal.harmless(operator)}{percent}\n", style=style)
    queued = "; it waits for others" if execution["Status"] == "Queued" else ""
    drawn.append(f"{elapsed}{queued}\n", style="dim")
    return drawn
