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
# Gives .mie/NAME these pinned packages. Lists that it has are left as they are, a missing or changed
# one is installed into it; only another place or a Python that is gone makes it anew. What other
# lists have brought stays. In a list, "# takes N MB" says how much disk it needs.
make_environment() {
  local installing status=0
  ! _mie_is_made "$@" || return 0
  # in the background, because a trap waits for what runs in the foreground
  _mie_make "$@" &
  installing=$!
  # shellcheck disable=SC2064 # this process, not the one of another call
  trap "kill $installing 2>/dev/null; wait $installing || true; echo 'Interrupted; the next command goes on with the installation.' >&2; exit 130" INT TERM
  wait "$installing" || status=$?
  trap - INT TERM
  return "$status"
}

_mie_is_made() {
  local folder=$mie_root/.mie/$1 file
  shift
  _mie_works "$folder" || return 1
  for file in "$@"; do
    _mie_has "$folder" "$file" || return 1
  done
}

# Whether an environment is whole, stands where it was made, and has the Python that it was made of.
_mie_works() {
  local made
  made=$(cat "$1/made" 2>/dev/null) && [ "$made" = "$(_mie_mark "$1")" ]
}

_mie_mark() {
  echo "$(cd "$1" && pwd -P) $("$1/bin/python" -I -S -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)"
}

# Whether a list was installed to its end, as it is now.
_mie_has() {
  local marker=$1/lists/${2##*/}
  [ -f "$marker" ] && [ "$(_mie_content "$2")" = "$(cat "$marker")" ]
}

# A list with those that it names.
_mie_content() {
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    printf '%s\n' "$line"
    case $line in "-r "*) _mie_content "$(dirname "$1")/${line#-r }" ;; esac
  done <"$1"
}

_mie_make() {
  local name=$1 folder=$mie_root/.mie/$1 python child='' file missing
  shift
  python=$(find_python) || return 1
  mkdir -p "$mie_root/.mie" || return 1
  # the lock ends with the last process that has it, however that ends
  exec 9>"$mie_root/.mie/$name.lock" || return 1
  trap '[ -z "$child" ] || kill "$child" 2>/dev/null; exit 130' TERM
  _mie_run "$python" -c "
import fcntl
try:
    fcntl.flock(9, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    print('Waiting for another command that installs into .mie/$name …', flush=True)
    fcntl.flock(9, fcntl.LOCK_EX)
" >&2 || return 1
  if ! _mie_works "$folder" && ! _mie_adopt "$folder"; then
    _mie_is_unused "$folder" || return 1
    rm -rf "$folder"
    _mie_run "$python" -m venv "$folder" || return 1
    _mie_mark "$folder" >"$folder/made" || return 1
  fi
  missing=()
  for file in "$@"; do
    _mie_has "$folder" "$file" || missing=(${missing[@]+"${missing[@]}"} "$file")
  done
  # another command may have been quicker
  [ ${#missing[@]} -eq 0 ] || _mie_install "$folder" "${missing[@]}"
}

# Takes over an environment of an earlier release, which had one mark for all its lists.
_mie_adopt() {
  [ -s "$1/complete" ] && grep -Fq -- "-m venv $1" "$1/pyvenv.cfg" && _mie_mark "$1" >"$1/made"
}

_mie_install() {
  local folder=$1 file options=() status=0
  shift
  _mie_has_room "$@" || return 1
  echo "Installing Python packages into .mie/${folder##*/} …" >&2
  # what an installation that was killed has left
  [ ! -e "$folder/unfinished" ] || _mie_mend "$folder"
  touch "$folder/unfinished" && mkdir -p "$folder/lists" "$folder/tmp" || return 1
  for file in "$@"; do
    rm -f "$folder/lists/${file##*/}"
    options=(${options[@]+"${options[@]}"} -r "$file")
  done
  # modules that nobody imports, which are most, need no compiled twin on disk
  TMPDIR=$folder/tmp _mie_run "$folder/bin/python" -m pip install --quiet --no-compile \
    --disable-pip-version-check --no-input "${options[@]}" >"$folder/pip.log" 2>&1 || status=1
  rm -rf "$folder/tmp"
  if [ "$status" -ne 0 ]; then
    echo "The packages of $* could not be installed into .mie/${folder##*/}: $(_mie_reason "$folder/pip.log")" >&2
    return 1
  fi
  for file in "$@"; do
    _mie_content "$file" >"$folder/lists/${file##*/}" || return 1
  done
  rm -f "$folder/unfinished" "$folder/complete"
}

# The first error that pip names, the whole of which is in its log.
_mie_reason() {
  local reason
  reason=$(grep '^ERROR: ' "$1" | head -n 1)
  reason=${reason#ERROR: }
  echo "${reason:-pip gave no reason} (see $1)"
}

# Removes packages that are there in part, so that pip installs them again: the record of its files
# and the name of the installer are the last that a package gets.
_mie_mend() {
  local package
  for package in "$1"/lib/python*/site-packages/*.dist-info; do
    [ -f "$package/RECORD" ] && [ -f "$package/INSTALLER" ] || rm -rf "$package"
  done
  rm -rf "$1"/lib/python*/site-packages/~*
}

# Whether the disk has room for lists, which pip keeps twice for a while.
_mie_has_room() {
  local needed free file
  needed=$(for file in "$@"; do _mie_content "$file"; done | sed -n 's/^# takes \([0-9]*\) MB.*/\1/p' | awk '{ sum += $1 } END { print int(sum * 1.25) }')
  free=$(df -Pk "$mie_root/.mie" | awk 'NR == 2 { print int($4 / 1024) }')
  [ "${free:-0}" -lt "$needed" ] || return 0
  echo "There is no room on the disk: $needed MB are needed to install packages into $mie_root/.mie, $free MB are free." >&2
  return 1
}

# Whether no process runs from an environment, which takes its modules from there until it ends.
_mie_is_unused() {
  local running
  running=$(ps -A -ww -o args= 2>/dev/null || cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' ' ')
  case $running in
    *"$1/bin/python "*)
      echo "$1 must be made anew for another Python, and programs run from it; run-local.sh down stops them." >&2
      return 1
      ;;
  esac
}

# Runs a program so that it ends with the shell that waits for it.
_mie_run() {
  "$@" &
  child=$!
  wait "$child"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  set -euo pipefail
  make_environment "$@"
fi
