#!/usr/bin/env bash
# Runs the engine on this machine; run-local.sh --help tells what it can do.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=environment.sh
source "$here/environment.sh"
make_environment venv "$here/requirements.txt"
PYTHONPATH=$mie_root/source/local:$mie_root/source/lib exec "$mie_root/.mie/venv/bin/python" -m laptop "$@"
