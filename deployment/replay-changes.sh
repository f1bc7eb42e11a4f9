#!/usr/bin/env bash
# Does again what lies in the queues of lost work, or feeds search with all results anew.
#
#   replay-changes.sh --stack NAME [--region REGION] [--queue QUEUE | --all-results]
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=environment.sh
source "$here/environment.sh"
make_environment venv "$here/requirements.txt"
export PYTHONPATH=$here:$mie_root/source/lib
exec "$mie_root/.mie/venv/bin/python" -m mie_replay "$@"
