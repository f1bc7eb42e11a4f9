"""Where things are on this machine."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = ROOT / "source" / "local" / "samples" / "astronaut.jpg"

# What every checkout shares, whichever stack it runs.
INSTALLED = ROOT / ".mie"
COMMAND_PYTHON = INSTALLED / "venv" / "bin" / "python"
MINISTACK_PYTHON = INSTALLED / "ministack" / "bin" / "python"
ANALYSIS_PYTHON = INSTALLED / "analysis" / "bin" / "python"
MODELS = INSTALLED / "models"
OPENSEARCH_LIBRARIES = INSTALLED / "opensearch" / "lib"


@dataclass(frozen=True)
class Places:
    """The files of one local stack, below its state folder."""

    state: Path

    @property
    def facts(self) -> Path:
        return self.state / "local.json"

    @property
    def ports(self) -> Path:
        return self.state / "ports.json"

    @property
    def settings(self) -> Path:
        """What was chosen by variables of the environment."""
        return self.state / "settings.json"

    @property
    def lock(self) -> Path:
        """Held by the command that starts or stops servers."""
        return self.state / "lock"

    @property
    def deployed(self) -> Path:
        """Names the version that the running stack was deployed from."""
        return self.state / "deployed"

    @property
    def dist(self) -> Path:
        """What the build made."""
        return self.state / "dist"

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def services(self) -> Path:
        """What the local AWS keeps when it is stopped."""
        return self.state / "state"

    @property
    def objects(self) -> Path:
        """The objects of the local S3."""
        return self.state / "s3"

    @property
    def analysis(self) -> Path:
        """What the analysis server keeps: jobs and their results, collections of faces."""
        return self.state / "analysis-state"

    @property
    def search(self) -> Path:
        """What the search node keeps."""
        return self.state / "opensearch" / "data"

    @property
    def reports(self) -> Path:
        """A page for each asset that was analysed by a command."""
        return self.state / "reports"

    @property
    def temporary(self) -> Path:
        """Unpacked Lambda packages of the running functions."""
        return self.state / "tmp"

    def forgettable(self) -> list[Path]:
        """All that ``destroy`` removes."""
        return [
            *(self.facts, self.ports, self.settings, self.lock, self.deployed),
            *(self.dist, self.logs, self.services, self.objects, self.analysis, self.search),
            *(self.reports, self.temporary),
        ]


def places() -> Places:
    """The stack that MIE_STATE names; without it the checkout's own."""
    return Places(Path(os.environ.get("MIE_STATE", INSTALLED)).resolve())
