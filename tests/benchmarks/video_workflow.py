"""How long the workflows for videos take for a talking video of a minute, against its length.

`python tests/benchmarks/video_workflow.py [SECONDS]` needs a local stack (run-local.sh up). The
ratio is what counts: below 1 the analysis is as fast as the video, on the machine that it runs on.
Operators ask for their jobs as often as with `run-local.sh FILE`.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
for folder in (ROOT, ROOT / "source" / "local", ROOT / "source" / "lib"):
    sys.path.insert(0, str(folder))

from tests.deployed.local_stack import Stack  # noqa: E402
from tests.fakes.speech import talking_video  # noqa: E402

from laptop.plans import looked_at_often  # noqa: E402


def main(seconds: int) -> None:
    state = Path(os.environ.get("MIE_STATE", ROOT / ".mie"))
    stack = Stack.of(json.loads((state / "local.json").read_text()))
    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder) / "film.mp4"
        talking_video(film, seconds=seconds)
        for workflow in ("CasVideoWorkflow", "MieCompleteWorkflow"):
            definition = stack.workflow.request("GET", f"/workflow/{workflow}").json
            began = time.monotonic()
            configuration = looked_at_often(definition["Stages"], {})
            execution = stack.run(workflow, "Video", film, configuration)
            took = time.monotonic() - began
            print(
                f"{workflow}: {execution['Status']} after {took:.1f} s for {seconds} s of video, "
                f"ratio {took / seconds:.2f} {execution.get('Message') or ''}"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
