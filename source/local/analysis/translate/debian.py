"""Fetches Apertium from the system's own Debian or Ubuntu repositories, without root.

`apt-get` finds, downloads and verifies the packages: it holds each against the hash in an index
that the distribution has signed. They are unpacked into a folder of ours; nothing is installed,
and no script of a package is run.
"""

import logging
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from analysis.files import read_json, sha256_of, write_json
from analysis.translate.apertium import Installation, find_translators, translators_of

LOG = logging.getLogger(__name__)

# English with Spanish and Catalan; Spanish with French, Portuguese and Italian
PACKAGES = (
    "apertium-eng-spa",
    "apertium-eng-cat",
    "apertium-fr-es",
    "apertium-es-pt",
    "apertium-spa-ita",
)
COMMAND = f"apt-get install {' '.join(PACKAGES)}"
MANIFEST = "packages.json"
# the folder among the models
APERTIUM = "apertium"

# who has this direction has Apertium
_KNOWN_BY = ("en", "es")
# what no translation reads; the licences, in share/doc, stay
_UNREAD = ("include", "share/emacs", "share/lintian", "share/locale", "share/man")
_PROGRAMS = ("apt-get", "dpkg-deb")
_SECONDS = 300
# "Inst NAME (VERSION …" is a new package, "Inst NAME [OLD] (VERSION …" one that is here already
_NEW = re.compile(r"^Inst (\S+) \((\S+)", re.MULTILINE)


class FetchError(Exception):
    """Why Apertium could not be had, as one sentence for the person who asked."""


def set_up(models: Path) -> str:
    """Have translators, the system's or our own; else one sentence that says what is lacking."""
    if _KNOWN_BY in find_translators(models / APERTIUM):
        return ""
    try:
        fetch(models / APERTIUM)
    except FetchError as error:
        return f"Nothing is translated here: {error}. For translations: {COMMAND}"
    return ""


def is_fetched(folder: Path) -> bool:
    """Whether `fetch` has finished in this folder."""
    return (folder / MANIFEST).is_file()


def versions(folder: Path) -> Mapping[str, str]:
    """The packages that were unpacked and their versions."""
    return {name: one["version"] for name, one in read_json(folder / MANIFEST).items()}


def fetch(folder: Path) -> bool:
    """Make `folder` a tree with Apertium in `usr`; False: it already was.

    Raises FetchError where there is no apt-get, no network or no such package.
    """
    if is_fetched(folder):
        return False
    # the programs are started in folders of their own
    folder = folder.absolute()
    missing = [program for program in _PROGRAMS if shutil.which(program) is None]
    if missing:
        raise FetchError(f"there is no {' and no '.join(missing)} on this system")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".apertium-", dir=folder.parent) as scratch:
        packages = _download(Path(scratch))
        tree = Path(scratch) / "tree"
        for package in packages:
            _run(["dpkg-deb", "--extract", str(package), str(tree)], Path(scratch))
        _trim(tree / "usr")
        write_json(tree / MANIFEST, {_name(one): _facts(one) for one in packages})
        # what is left of a run that was killed has no manifest
        shutil.rmtree(folder, ignore_errors=True)
        tree.rename(folder)
    LOG.info("Apertium is in %s", folder)
    return True


def _download(scratch: Path) -> list[Path]:
    """The packages that this system lacks, as files."""
    client = ["apt-get", "--quiet", *_options(scratch)]
    LOG.info("fetching the indexes of the system's repositories")
    _run([*client, "update"], scratch)
    plan = _run([*client, "--simulate", "--no-install-recommends", "install", *PACKAGES], scratch)
    wanted = [f"{name}={version}" for name, version in _NEW.findall(plan)]
    if not wanted:
        # they are all installed, so that the system's own are found
        raise FetchError("this system has Apertium already")
    LOG.info("fetching %d packages of Apertium", len(wanted))
    _run([*client, "download", *wanted], scratch)
    found = sorted(scratch.glob("*.deb"))
    if len(found) != len(wanted):
        raise FetchError(f"apt-get left {len(found)} packages, not {len(wanted)}")
    return found


def _trim(prefix: Path) -> None:
    """Take away a quarter: other uses of the programs, and varieties that no pair here has."""
    for name in _UNREAD:
        shutil.rmtree(prefix / name, ignore_errors=True)
    here = [translator for _, translator in translators_of(Installation(prefix))]
    read = {file for translator in here for file in translator.files}
    for path in prefix.glob("share/apertium/apertium-*/*"):
        if path not in read:
            path.unlink()
    used = {translator.mode for translator in here}
    for path in prefix.glob("share/apertium/modes/*.mode"):
        if path.stem not in used:
            path.unlink()


def _options(scratch: Path) -> list[str]:
    """Indexes and packages in a folder of ours: the system's belong to root."""
    for name in ("lists/partial", "archives/partial"):
        (scratch / name).mkdir(parents=True)
    settings = {
        "Dir::State::Lists": scratch / "lists",
        "Dir::Cache": scratch,
        "Dir::Cache::Archives": scratch / "archives",
        # the user that apt-get would become cannot write here
        "APT::Sandbox::User": "",
        "APT::Get::AllowUnauthenticated": "false",
        "Acquire::Languages": "none",
        # a machine without a network is told so soon
        "Acquire::Retries": "1",
        "Acquire::http::Timeout": "20",
        "Acquire::https::Timeout": "20",
    }
    return [part for name, value in settings.items() for part in ("-o", f"{name}={value}")]


def _run(command: Sequence[str], folder: Path) -> str:
    program = command[0]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise FetchError(f"{program} did not finish within {_SECONDS} s") from error
    except OSError as error:
        raise FetchError(f"{program} cannot be started: {error.strerror}") from error
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()
        raise FetchError(f"{program} refuses: {said[-1]}")
    return done.stdout


def _name(package: Path) -> str:
    return package.name.split("_")[0]


def _facts(package: Path) -> dict[str, str]:
    # a colon in a version is written %3a in a file's name
    version = package.name.split("_")[1].replace("%3a", ":")
    return {"version": version, "sha256": sha256_of(package)}
