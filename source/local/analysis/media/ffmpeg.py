"""ffmpeg as a guarded process: bounded memory and time, no network, no file but the given one."""

import re
import signal
import stat
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from analysis.media.program import ENVIRONMENT, find_ffmpeg
from analysis.media.refusals import MediaRefused

# containers of one file each; what is not named here, playlists above all, is not opened
FORMATS = (
    "aac,ac3,aiff,amr,asf,au,avi,caf,dv,eac3,flac,flv,gif,matroska,mov,mp3,mpeg,mpegts,mxf,ogg,"
    "w64,wav,webm"
)
# address space in bytes: decoding a video of 8192 by 4320 takes less
MEMORY = 3 << 30
_THREADS = "2"
# the last lines that ffmpeg says; it can say a great many of a damaged file
_LINES, _LONGEST_LINE = 200, 2_000
# limits are set by the shell that then becomes ffmpeg: Python cannot do it safely among threads
_LIMITED = 'ulimit -c 0; ulimit -v "$1" 2>/dev/null; ulimit -t "$2"; shift 2; exec "$@"'


@dataclass(frozen=True)
class Input:
    """A file to read, and ffmpeg's options for it, such as `("-ss", "1.5")`."""

    path: Path
    options: Sequence[str] = ()

    def arguments(self) -> list[str]:
        """The options that guard the file, and the file.

        Raises MediaRefused when it is no ordinary file, or empty.
        """
        try:
            found = self.path.stat()
        except OSError as error:
            raise MediaRefused("The file cannot be read") from error
        if not stat.S_ISREG(found.st_mode):
            # a pipe or a device may never end
            raise MediaRefused("The file is not an ordinary file")
        if not found.st_size:
            raise MediaRefused("The file is empty")
        guard = ("-protocol_whitelist", "file", "-format_whitelist", FORMATS)
        threads = ("-threads", _THREADS)
        return [*guard, *threads, *self.options, "-i", f"file:{self.path.absolute()}"]


@dataclass(frozen=True)
class Running:
    """A process of ffmpeg; `said` holds the end of what it wrote to its standard error."""

    process: subprocess.Popen[bytes]
    output: IO[bytes]
    said: deque[str] = field(default_factory=lambda: deque(maxlen=_LINES))

    def check(self) -> None:
        """Wait for the end; raises MediaRefused when it was not a good one."""
        if self.process.wait():
            raise MediaRefused(_reason(self.process.returncode, self.said))


@contextmanager
def running(
    arguments: Sequence[str],
    *,
    cpu_seconds: float,
    memory: int = MEMORY,
    hear: Callable[[str], None] | None = None,
) -> Iterator[Running]:
    """Start ffmpeg with complete arguments; it has ended when the `with` is left, however.

    cpu_seconds: the processor time it may use. memory: bytes of address space. hear: is called
    with every line of its standard error, by another thread.
    """
    program = [find_ffmpeg(), "-hide_banner", "-nostdin", "-nostats", *arguments]
    limits = [str(memory >> 10), str(max(1, round(cpu_seconds)))]
    process = subprocess.Popen(
        ["/bin/sh", "-c", _LIMITED, "sh", *limits, *program],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    )
    if process.stdout is None or process.stderr is None:
        raise AssertionError("both were asked for")
    one = Running(process, process.stdout)
    listener = threading.Thread(
        target=_listen, args=(process.stderr, one.said, hear or _ignore), daemon=True
    )
    listener.start()
    try:
        yield one
    finally:
        process.kill()
        process.wait()
        listener.join()
        process.stdout.close()
        process.stderr.close()


def run_ffmpeg(
    arguments: Sequence[str | Path],
    *,
    seconds: float,
    inputs: Sequence[Path | Input] = (),
    memory: int = MEMORY,
    go_on: Callable[[], None] | None = None,
    hear: Callable[[str], None] | None = None,
) -> str:
    """Run ffmpeg to its end: first the inputs, then `arguments`, which end in the output.

    seconds: how long it may take, by the clock. go_on: is called twice a second, and may raise to
    end it. hear: is called with every line of its standard error. Returns the end of its standard
    error. Raises MediaRefused; an output that was begun is then the caller's to remove.
    """
    files = [one if isinstance(one, Input) else Input(one) for one in inputs]
    command = ["-y", *(argument for one in files for argument in one.arguments())]
    deadline = time.monotonic() + seconds
    # two threads of ffmpeg use twice the time of the clock
    limit = 4 * seconds
    with running(
        [*command, *map(str, arguments)], cpu_seconds=limit, memory=memory, hear=hear
    ) as one:
        # nobody asked for it, and a pipe that is full would stop ffmpeg
        drain = threading.Thread(target=_discard, args=(one.output,), daemon=True)
        drain.start()
        while True:
            try:
                one.process.wait(timeout=0.5)
                break
            except subprocess.TimeoutExpired as error:
                if time.monotonic() > deadline:
                    text = f"It takes longer than {seconds:g} seconds to read the file"
                    raise MediaRefused(text) from error
                if go_on is not None:
                    go_on()
        drain.join()
    if one.process.returncode:
        raise MediaRefused(_reason(one.process.returncode, one.said))
    return "\n".join(one.said)


def _listen(source: IO[bytes], said: deque[str], hear: Callable[[str], None]) -> None:
    while line := source.readline(_LONGEST_LINE):
        text = line.decode("utf-8", "replace").rstrip()
        said.append(text)
        hear(text)


def _ignore(_line: str) -> None:
    """Nobody listens."""


def _discard(output: IO[bytes]) -> None:
    while output.read(1 << 16):
        pass


# what ffmpeg says -> what a person needs to know; the first that fits
_REASONS = (
    ("not on whitelist", "The file is of a kind that is not supported, such as a playlist"),
    ("Invalid data found when processing input", "The file is damaged, or is not a video or sound"),
    ("moov atom not found", "The file is damaged: its index is missing"),
    ("matches no streams", "The file does not have the picture or sound that is asked for"),
    ("does not contain any stream", "The file has neither picture nor sound"),
    ("Cannot allocate memory", "The file takes more memory than is allowed"),
    ("No space left on device", "The disk is full"),
)


def _reason(code: int, said: Sequence[str]) -> str:
    if -code in (signal.SIGKILL, signal.SIGXCPU):
        return "The file takes more processor time than is allowed"
    if code < 0:
        return "ffmpeg broke down: the file is damaged, or takes more memory than is allowed"
    text = "\n".join(said)
    for phrase, reason in _REASONS:
        if phrase in text:
            return reason
    last = re.sub(r"^\[[^]]*] ", "", said[-1]) if said else f"ffmpeg ended with {code}"
    return f"The file cannot be read: {last[:200]}"
