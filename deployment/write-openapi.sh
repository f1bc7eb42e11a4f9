#!/usr/bin/env bash
# Writes docs/openapi/ anew, from the routes, schemas and types of both APIs.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=environment.sh
source "$here/environment.sh"
make_environment venv "$here/requirements.txt"
source=$mie_root/source
export PYTHONPATH=$here:$source/lib:$source/workflowapi:$source/dataplaneapi
exec "$mie_root/.mie/venv/bin/python" -m mie_build.openapi
