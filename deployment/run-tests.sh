#!/usr/bin/env bash
# Runs the tests: checks of the source, pure tests, adapters on moto, and the whole stack.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
cd "$root"

usage() {
  cat <<'USAGE'
Usage: run-tests.sh [--unit] [-h] [-- PYTEST-ARGUMENT…]

Without options: checks the source, runs all tests, deploys the engine to a local stack of its
own on free ports, runs tests/deployed against it with signed requests, and stops it again.
Search is tested, too, against a real OpenSearch, where Java (17 or newer) and Maven are there,
and the report in a browser, where Chromium is. Where CI is set and root runs it on Debian, Chromium
is installed.

  --unit       only the checks of the source and the fast tests (about a minute once
               everything is installed)
  -h, --help   print this text

The model of the engine runs 300 random schedules. For more, once everything is installed:
  MIE_MODEL_SCHEDULES=10000 .mie/tests/bin/python -m pytest tests/model
USAGE
}

unit=''
while [ $# -gt 0 ]; do
  case $1 in
    --unit) unit=yes && shift ;;
    -h | --help) usage && exit 0 ;;
    --) shift && break ;;
    *) usage >&2 && echo "run-tests.sh: unknown option $1" >&2 && exit 2 ;;
  esac
done

# shellcheck source=environment.sh
source "$here/environment.sh"
make_environment tests "$root/requirements.txt"
bin=$root/.mie/tests/bin

echo "== Source"
"$bin/ruff" check .
"$bin/ruff" format --check --quiet .
"$bin/mypy"

fast="not models and not deployed and not opensearch"
[ -z "$unit" ] || fast="$fast and not slow"
without_stack() {
  echo "== Tests without a stack"
  (
    unset MIE_STATE MIE_SEARCH MIE_LOCAL_MODELS
    "$bin/python" -m pytest -q -n 2 tests --ignore tests/deployed -m "$fast" "$@"
  )
}
browser() {
  command -v chromium || command -v chromium-browser ||
    command -v google-chrome-stable || command -v google-chrome
} >/dev/null
install_browser() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get -qq update && apt-get -qq install --no-install-recommends chromium fonts-dejavu-core
} >/dev/null
if [ -n "$unit" ]; then
  without_stack "$@"
  exit 0
fi

# pages are opened in the browser of the system; a machine that is there for tests gets one
if ! browser; then
  if [ -n "${CI:-}" ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "== Chromium"
    install_browser || echo "Chromium could not be installed."
  fi
  browser || echo "Without Chromium no page is opened in a browser (on Debian and Ubuntu: apt install chromium)."
fi

# a stack of its own, so that one that is in use is left alone
export MIE_STATE=$root/.mie/test-stack
stop() { "$here/run-local.sh" destroy; }
trap stop EXIT
"$here/run-local.sh" destroy
if [ -z "${MIE_SEARCH:-}" ] && command -v mvn >/dev/null &&
  java -version 2>&1 | grep -Eq 'version "(1[7-9]|[2-9][0-9])'; then
  # what can be tested is tested: a node that does not start is a failure
  export MIE_SEARCH=on
fi
# every family of models is tested, also what a laptop has on demand only
export MIE_LOCAL_MODELS=${MIE_LOCAL_MODELS:-all}
# the stack is installed and deployed while tests run that do not need it
report=$root/.mie/test-stack.log
"$here/run-local.sh" up >"$report" 2>&1 &
up=$!
tested=0
without_stack "$@" || tested=$?
echo "== Local stack"
started=0
wait "$up" || started=$?
cat "$report"
[ "$tested" -eq 0 ] || exit "$tested"
[ "$started" -eq 0 ] || exit "$started"
search=$("$bin/python" -c 'import json, sys; print(json.load(open(sys.argv[1]))["opensearch_url"] or "")' "$MIE_STATE/local.json")
[ -n "$search" ] || echo "Search is off: its tests are skipped."

echo "== Templates"
"$bin/cfn-lint" "$MIE_STATE"/dist/global-s3-assets/*.template

echo "== Tests of the local stack"
stacked() { "$bin/python" -m pytest -q -p no:cacheprovider "$@"; }
stacked -n 3 --dist loadfile -m "deployed and not (alone or apart)" tests/deployed tests/compatibility "$@"

# the models are tried meanwhile, and what has a stack of its own: what has the common one for
# itself mostly waits
report=$root/.mie/test-models.log
beside() {
  stacked -m models tests/local "$@" && stacked -m apart tests/deployed "$@"
}
beside "$@" >"$report" 2>&1 &
models=$!
alone=0
stacked -m "deployed and alone" tests/deployed "$@" || alone=$?
echo "== Tests of the models, and of a stack of their own"
tried=0
wait "$models" || tried=$?
cat "$report"
[ "$alone" -eq 0 ] || exit "$alone"
[ "$tried" -eq 0 ] || exit "$tried"

[ -n "$search" ] || exit 0
echo "== Tests of a real search node"
export MIE_OPENSEARCH_URL=$search
"$bin/python" -m pytest -q -p no:cacheprovider -m opensearch tests/consumers tests/benchmarks "$@"
"$bin/python" tests/benchmarks/indexing.py
