"""Which files make up the layer and each Lambda package."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mie_build import zips
from mie_build.dependencies import Target, install

LAYER = "media_insights_engine_lambda_layer"
# Of a function together with the layer, unpacked. Lambda accepts 250 MB, of which operators may
# want layers of their own, and a cold start waits for every one of them.
_LARGEST_UNPACKED = 60 * 1024 * 1024


@dataclass(frozen=True)
class Package:
    """One zip file.

    files: name in the archive -> file. requirements: a complete list of pinned packages to add
    below ``prefix``, or None.
    """

    name: str
    files: Mapping[str, Path]
    requirements: Path | None = None
    prefix: str = ""


class PackageTooLarge(RuntimeError):
    """A function would have more to unpack than it may."""


def engine_packages(source: Path) -> list[Package]:
    """The packages of the engine itself; those of the operators follow from their manifests."""
    library = source / "lib"
    helper = library / "MediaInsightsEngineLambdaHelper" / "MediaInsightsEngineLambdaHelper"
    return [
        Package(
            LAYER,
            {
                **zips.tree(library / "mie", "python/mie/", "*.py"),
                **zips.tree(helper, "python/MediaInsightsEngineLambdaHelper/", "*.py"),
            },
            library / "requirements.txt",
            "python/",
        ),
        _api(source / "workflowapi"),
        _api(source / "dataplaneapi"),
        Package("workflow", zips.tree(source / "workflow", pattern="*.py")),
        Package("workflowstream", zips.tree(source / "workflowstream", pattern="*.py")),
        Package("dataplanecopy", zips.tree(source / "dataplanecopy", pattern="*.py")),
        Package("ddbstream", zips.tree(source / "dataplanestream", pattern="*.py")),
        Package(
            "esconsumer",
            zips.tree(source / "consumers" / "elastic", pattern="*.py"),
            source / "consumers" / "elastic" / "requirements.txt",
        ),
    ]


def build(packages: Sequence[Package], folder: Path, target: Target, cache: Path) -> None:
    """Writes every package as ``<folder>/<name>.zip``; the layer, if any, is the first.

    Raises PackageTooLarge.
    """
    layer = 0
    for package in packages:
        added = install(package.requirements, target, cache) if package.requirements else {}
        files = {
            **{f"{package.prefix}{name}": path for name, path in added.items()},
            **package.files,
        }
        size = sum(path.stat().st_size for path in files.values())
        if layer + size > _LARGEST_UNPACKED:
            raise PackageTooLarge(
                f"{package.name}.zip and the layer have {(layer + size) / 2**20:.0f} MB unpacked, "
                f"at most {_LARGEST_UNPACKED / 2**20:.0f} MB are not too many"
            )
        if package.name == LAYER:
            layer = size
        zips.write(folder / f"{package.name}.zip", files)


def _api(folder: Path) -> Package:
    return Package(
        folder.name,
        {"app.py": folder / "app.py", **zips.tree(folder / "chalicelib", "chalicelib/")},
        folder / "requirements.txt",
    )
