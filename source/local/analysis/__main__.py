"""Starts the analysis server: `python -m analysis --port P --s3-endpoint URL --models DIR`.

It stands in for the services of AWS that the operators call; the stack's S3 and SNS, which are
behind one endpoint, it uses like any client. What it keeps is in the folder of `--state`.
"""

import argparse
import logging
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

from analysis import families, memory
from analysis.aws_json import Services
from analysis.comprehend.service import comprehend
from analysis.context import Context
from analysis.jobs import Jobs
from analysis.mediaconvert.service import mediaconvert
from analysis.models import Models
from analysis.notifications import Notifications
from analysis.objects import Objects
from analysis.polly.service import polly
from analysis.rekognition.examination import examination
from analysis.rekognition.service import rekognition
from analysis.server import LOOPBACK, AnalysisServer
from analysis.transcribe.service import transcribe
from analysis.translate.service import translate

LOG = logging.getLogger("analysis")

# the table of services: each makes its row from the context
SERVICES = (rekognition, mediaconvert, transcribe, comprehend, translate, polly)


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; 1 when the port cannot be had."""
    options = _read_arguments(arguments)
    memory.use_small_pages()
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    try:
        context = _make_context(options, lambda: f"http://{options.host}:{server.server_port}")
        _begin_scratch(options.state / "scratch")
    except OSError as error:
        LOG.error("the folder %s cannot be used: %s", options.state, error.strerror)  # noqa: TRY400
        return 1
    services = Services.of([service(context) for service in SERVICES])

    def health() -> Mapping[str, Any]:
        return {
            "models": context.models.state(),
            "operations": services.operations(),
            "jobs": context.jobs.at_work(),
            "examination": examination(context.state),
        }

    try:
        server = AnalysisServer(options.host, options.port, services, health)
    except OSError as error:
        LOG.error("cannot listen on port %d: %s", options.port, error.strerror)  # noqa: TRY400
        return 1
    _stop_on_signals(server)
    context.models.watch()
    context.jobs.resume()
    LOG.info("ready on http://%s:%d", options.host, server.server_port)
    with server:
        server.serve_forever()
    context.jobs.close()
    context.models.close()
    return 0


def _make_context(options: argparse.Namespace, address: Callable[[], str]) -> Context:
    state: Path = options.state
    # what is kept may be anything that users say and show
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Context(
        models=Models(options.models, options.families),
        objects=Objects(options.s3_endpoint),
        jobs=Jobs(state / "jobs"),
        notifications=Notifications(options.s3_endpoint),
        state=state,
        address=address,
    )


def _begin_scratch(folder: Path) -> None:
    """Where work has its temporary files, without those that a server which was killed left."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    # programs that are started for it get it from here as well
    os.environ["TMPDIR"] = str(folder)
    tempfile.tempdir = None


def _stop_on_signals(server: AnalysisServer) -> None:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        # shutdown waits for the loop that this thread runs, so that another thread must ask
        threading.Thread(target=server.shutdown).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def _read_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m analysis", description="Answers calls of AWS AI services on this machine."
    )
    parser.add_argument("--port", type=_port, required=True, help="0 takes a free one")
    parser.add_argument("--s3-endpoint", type=_endpoint, required=True, metavar="URL")
    parser.add_argument("--models", type=Path, required=True, metavar="DIR")
    parser.add_argument("--state", type=Path, required=True, metavar="DIR", help="outlives it")
    parser.add_argument(
        "--families",
        type=families.argument,
        default=families.FAMILIES,
        metavar="LIST",
        help="those of which it may answer, as in MIE_LOCAL_MODELS; all by default",
    )
    parser.add_argument("--host", choices=LOOPBACK, default=LOOPBACK[0])
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text} is not a port, 0 to 65535")
    return int(text)


def _endpoint(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise argparse.ArgumentTypeError(f"{text} is not an http URL")
    # media of the local stack come from this machine only
    if parts.hostname not in (*LOOPBACK, "::1") and not parts.hostname.endswith(".localhost"):
        raise argparse.ArgumentTypeError(f"{text} is not on this machine")
    return text


if __name__ == "__main__":
    sys.exit(main())
