"""What the servers need on this machine: packages, models, the search node, and what is deployed.

All of it is done side by side, and only as far as it is not there yet.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from laptop import build, search_node
from laptop.places import ANALYSIS_PYTHON, INSTALLED, MODELS, ROOT, Places
from laptop.problems import Problem
from laptop.programs import Programs, Say, side_by_side
from laptop.servers import last_line
from laptop.shared_files import share

_LOCAL = ROOT / "source" / "local"


def install(places: Places, families: Iterable[str], version: str, search: str, say: Say) -> None:
    """families: of models. search: what MIE_SEARCH asks for. Raises Problem."""
    chosen = tuple(families)

    def local_aws(programs: Programs) -> None:
        lists = [_LOCAL / "laptop" / "ministack-requirements.txt"]
        _make_environment(programs, "ministack", map(str, lists))

    def analysis(programs: Programs) -> None:
        lists = [_LOCAL / "analysis" / f"requirements-{family}.txt" for family in chosen]
        _make_environment(programs, "analysis", map(str, lists))
        _set_up_models(programs, chosen)

    def packages(programs: Programs) -> None:
        build.build(places, version, programs)

    def node(programs: Programs) -> None:
        search_node.fetch_early(search, programs)

    side_by_side([analysis, local_aws, packages, node], say)
    share(_package_folders())


def _package_folders() -> Iterator[Path]:
    for name in ("venv", "ministack", "analysis"):
        yield from (INSTALLED / name).glob("lib/python3.*/site-packages")
    # of layers and functions
    yield from (INSTALLED / "packages").glob("*")


def _make_environment(programs: Programs, name: str, lists: Iterable[str]) -> None:
    script = ROOT / "deployment" / "environment.sh"
    ended = programs.run(["bash", str(script), name, *lists])
    if ended.status:
        raise Problem(
            last_line(ended.errors or f"the environment {INSTALLED / name} could not be made")
        )


def _set_up_models(programs: Programs, families: tuple[str, ...]) -> None:
    options = ["--models", str(MODELS), "--families", ",".join(families)]
    command = [str(ANALYSIS_PYTHON), "-m", "analysis.install", *options]
    ended = programs.run(command, {"PYTHONPATH": str(_LOCAL)})
    if ended.status:
        raise Problem(f"the models could not be installed: {last_line(ended.errors)}")
    if ended.output.strip():
        programs.say(ended.output.strip())
