#!/usr/bin/env bash
# Writes the pictures of the report in docs/images anew, from a run of a film and of a picture.
# The engine runs with all families of models (MIE_LOCAL_MODELS=all deployment/run-local.sh up),
# and Chromium is installed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=environment.sh
source "$here/environment.sh"
make_environment tests "$mie_root/requirements.txt"
exec "$mie_root/.mie/tests/bin/python" "$mie_root/tests/screenshots.py"
