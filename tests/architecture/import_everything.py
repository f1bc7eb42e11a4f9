"""Imports every module named on the command line and reports what failed, as JSON.

Run by ``test_imports.py`` in a process without environment; the network is walled off, so a
module that calls out while it is imported fails here and not only on a train.

    python -I import_everything.py '["/a/path", …]' '["module", …]'
"""

import importlib
import json
import socket
import sys


def _refuse(*_args, **_kwargs):
    raise RuntimeError("the network is used at import")


def main() -> None:
    paths, modules = json.loads(sys.argv[1]), json.loads(sys.argv[2])
    sys.path[:0] = paths
    socket.socket.connect = _refuse
    socket.getaddrinfo = _refuse
    failures = {}
    for module in modules:
        try:
            importlib.import_module(module)
        except Exception as error:  # noqa: BLE001 - every way to fail is what the test reports
            failures[module] = f"{type(error).__name__}: {error}"
    json.dump(failures, sys.stdout)


if __name__ == "__main__":
    main()
