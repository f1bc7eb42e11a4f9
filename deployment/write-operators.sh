#!/usr/bin/env bash
# Writes docs/operators.md anew, from the manifests and the operator library.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=environment.sh
source "$here/environment.sh"
make_environment venv "$here/requirements.txt"
export PYTHONPATH=$here:$mie_root/source/lib
exec "$mie_root/.mie/venv/bin/python" -m mie_build.operators_document
