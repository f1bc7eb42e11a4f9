"""The translators of Apertium on this machine: separate programs in a row, one row a direction.

Apertium is free software under the GPL; it is started as a user starts it, never linked. A "mode"
file has the row of programs of one direction. It is read here and not by Apertium's own script, so
that it works in any folder and without a shell.
"""

import logging
import os
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LOG = logging.getLogger(__name__)

_BUILT_FOR = "/usr/share/apertium"
# the codes in names of modes, in Amazon Translate's codes: as the source, and as the target
_SOURCES = {
    "af": ("af",),
    "afr": ("af",),
    "bul": ("bg",),
    "ca": ("ca",),
    "cat": ("ca",),
    "dan": ("da",),
    "en": ("en",),
    "eng": ("en",),
    "es": ("es",),
    "spa": ("es",),
    "fr": ("fr",),
    "fra": ("fr",),
    "hin": ("hi",),
    "ind": ("id",),
    "isl": ("is",),
    "ita": ("it",),
    "mkd": ("mk",),
    "nld": ("nl",),
    "nob": ("no",),
    "pol": ("pl",),
    "pt": ("pt", "pt-PT"),
    "por": ("pt", "pt-PT"),
    "ro": ("ro",),
    "ron": ("ro",),
    "rus": ("ru",),
    "slv": ("sl",),
    "swe": ("sv",),
    "ukr": ("uk",),
    "urd": ("ur",),
    "zsm": ("ms",),
}
# Amazon Translate's pt is the Portuguese of Brazil
_TARGETS = {
    **{code: codes[0] for code, codes in _SOURCES.items()},
    "pt": "pt-PT",
    "por": "pt-PT",
    "pt_BR": "pt",
    "por_BR": "pt",
}
_SECONDS = 120
_SPECIAL = re.compile(r"[\\^$/\[\]{}<>@~.]")
# "^Bush/Bush<n><sg>/Bush<np><cog><sg>$", but for marks
_UNIT = re.compile(r"\^([^$]*[^\W_][^$]*/[^$]*)\$")

Pair = tuple[str, str]


class ApertiumError(Exception):
    """A translator broke or did not come to an end."""


@dataclass(frozen=True)
class Installation:
    """Where Apertium is: a prefix such as `/usr`, or one in a folder of ours."""

    prefix: Path

    @property
    def modes(self) -> Path:
        return self.prefix / "share" / "apertium" / "modes"

    def environment(self) -> Mapping[str, str]:
        """Of the programs: their libraries are beside them; text is UTF-8."""
        libraries = [str(one) for one in sorted((self.prefix / "lib").glob("*-linux-gnu*"))]
        # the system knows where its own are
        own = {"LD_LIBRARY_PATH": os.pathsep.join(libraries)} if self.prefix != Path("/usr") else {}
        return {"PATH": str(self.prefix / "bin"), "LC_ALL": "C.UTF-8", **own}


@dataclass(frozen=True)
class Translator:
    """One direction."""

    installation: Installation
    mode: str

    def translate(self, stream: str) -> str:
        """Run text in Apertium's stream format through the programs; raises ApertiumError."""
        return _run(self._commands(), stream, self.installation.environment())

    def analyse(self, texts: Sequence[str]) -> list[list[list[str]]]:
        """What the dictionary knows of the words of each text: its readings, word by word.

        A word may be several in the text ("New York"); "*Steen" is a reading of an unknown one.
        Raises ApertiumError.
        """
        if not texts:
            return []
        stream = "".join(f"{_SPECIAL.sub(' ', text)}.[][\n]" for text in texts)
        said = _run(self._commands()[:1], stream, self.installation.environment())
        return [
            [unit.split("/")[1:] for unit in _UNIT.findall(one)]
            for one in said.split("[][\n]")[: len(texts)]
        ]

    @property
    def files(self) -> set[Path]:
        """The files of rules and dictionaries that the programs read."""
        words = (argument for _, *arguments in self._commands() for argument in arguments)
        return {Path(word) for word in words if word.startswith("/")}

    @property
    def is_usable(self) -> bool:
        """Whether the programs of the row are here."""
        return all(Path(command[0]).is_file() for command in self._commands())

    def _commands(self) -> list[list[str]]:
        row = (self.installation.modes / f"{self.mode}.mode").read_text(encoding="utf-8")
        return [list(self._command(part)) for part in row.split("|")]

    def _command(self, part: str) -> Iterator[str]:
        program, *arguments = shlex.split(part)
        yield str(self.installation.prefix / "bin" / program)
        for argument in arguments:
            if argument == "$1":
                # words that are not in the dictionary stay as they are, without a mark
                yield "-n"
            elif argument.startswith(_BUILT_FOR):
                yield f"{self.installation.modes.parent}{argument.removeprefix(_BUILT_FOR)}"
            elif argument != "$2":
                yield argument


Find = Callable[[Path], Mapping[Pair, Translator]]


def find_translators(own: Path) -> dict[Pair, Translator]:
    """What this machine can translate, by source and target in Amazon Translate's codes.

    own: the folder that `debian.fetch` makes. The system's own programs come first.
    """
    found: dict[Pair, Translator] = {}
    for installation in _installations(own):
        for pair, translator in translators_of(installation):
            found.setdefault(pair, translator)
    return found


def translators_of(installation: Installation) -> Iterator[tuple[Pair, Translator]]:
    """What one installation can translate; a pair may come twice."""
    for path in sorted(installation.modes.glob("*.mode")):
        translator = Translator(installation, path.stem)
        for pair in _pairs(path.stem):
            if translator.is_usable:
                yield pair, translator


def _installations(own: Path) -> Sequence[Installation]:
    program = shutil.which("apertium-transfer")
    system = [Installation(Path(program).parent.parent)] if program is not None else []
    return [one for one in (*system, Installation(own.absolute() / "usr")) if one.modes.is_dir()]


def _pairs(mode: str) -> Iterator[Pair]:
    source, _, target = mode.partition("-")
    for code in _SOURCES.get(source, ()):
        if target in _TARGETS:
            yield code, _TARGETS[target]


def _run(commands: Sequence[Sequence[str]], text: str, environment: Mapping[str, str]) -> str:
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as complaints:
        given.write(text.encode())
        given.seek(0)
        programs: list[subprocess.Popen[bytes]] = []
        source = given
        try:
            for command in commands:
                program = subprocess.Popen(
                    command,
                    stdin=source,
                    stdout=subprocess.PIPE,
                    stderr=complaints,
                    env=environment,
                )
                if programs:
                    # the next program holds it now; if that one ends, the one before is told
                    programs[-1].stdout.close()  # type: ignore[union-attr]
                programs.append(program)
                source = program.stdout  # type: ignore[assignment]
            translated, _ = programs[-1].communicate(timeout=_SECONDS)
            codes = [program.wait(timeout=_SECONDS) for program in programs]
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ApertiumError(f"Apertium did not come to an end: {error}") from error
        finally:
            for program in programs:
                program.kill()
                program.wait()
        if any(codes):
            complaints.seek(0)
            LOG.warning("Apertium: %s", complaints.read(2_000).decode(errors="replace"))
            raise ApertiumError(f"a program of Apertium ended with {codes}")
    return translated.decode(errors="replace")
