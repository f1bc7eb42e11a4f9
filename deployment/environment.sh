# Python environments of this checkout, below .mie/. Source it, or run it:
#   environment.sh NAME REQUIREMENTS_FILE…    makes the environment .mie/NAME
#
# bash 3.2 is enough, which is what macOS has.

mie_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Prints the path of a Python that is new enough and can make virtual environments.
find_python() {
  local candidate
  for candidate in python3.13 python3.12 python3.11 python3.14 python3 python; do
    if command -v "$candidate" >/dev/null 2>&1 &&
      "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then
      if ! "$candidate" -c 'import venv, ensurepip' 2>/dev/null; then
        echo "$candidate cannot make virtual environments; install its venv package (on Debian and Ubuntu: apt install python3-venv)." >&2
        return 1
      fi
      command -v "$candidate"
      return 0
    fi
  done
  echo "Python 3.11, 3.12, 3.13 or 3.14 is needed; found $(python3 --version 2>&1 || echo none)." >&2
  return 1
}

# make_environment NAME REQUIREMENTS_FILE…
# Makes .mie/NAME with exactly these pinned packages. What is up to date is left as it is.
# A file whose name ends in no-deps.txt is a complete list: pip adds nothing to it.
make_environment() {
  local name=$1 python wanted file lock
  shift
  python=$(find_python) || return 1
  wanted=$( (cat "$@" && echo "$mie_root" && "$python" -c 'import sys; print(sys.version)') | _mie_digest "$python") || return 1
  [ "$(cat "$mie_root/.mie/$name/complete" 2>/dev/null)" != "$wanted" ] || return 0

  mkdir -p "$mie_root/.mie"
  lock=$mie_root/.mie/$name.lock
  while ! mkdir "$lock" 2>/dev/null; do
    # a lock whose owner is gone was left by a run that was killed
    kill -0 "$(cat "$lock/pid" 2>/dev/null || echo $$)" 2>/dev/null || { rm -rf "$lock" && continue; }
    sleep 1
  done
  echo $$ >"$lock/pid"
  if [ "$(cat "$mie_root/.mie/$name/complete" 2>/dev/null)" != "$wanted" ]; then
    echo "Installing Python packages into .mie/$name …" >&2
    if ! _mie_install "$python" "$mie_root/.mie/$name" "$@"; then
      rm -rf "$mie_root/.mie/$name" "$lock"
      echo "The packages of $* could not be installed into .mie/$name." >&2
      return 1
    fi
    echo "$wanted" >"$mie_root/.mie/$name/complete"
  fi
  rm -rf "$lock"
}

_mie_install() {
  local python=$1 folder=$2 file
  shift 2
  rm -rf "$folder"
  "$python" -m venv "$folder" || return 1
  for file in "$@"; do
    case $file in
      *no-deps.txt) _mie_pip "$folder" --no-deps -r "$file" || return 1 ;;
      *) _mie_pip "$folder" -r "$file" || return 1 ;;
    esac
  done
}

_mie_pip() {
  local folder=$1
  shift
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-input "$@"
}

# SHA-256 of standard input: sha256sum is not everywhere, Python is.
_mie_digest() {
  "$1" -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())'
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  set -euo pipefail
  make_environment "$@"
fi
