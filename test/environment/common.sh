# Shared by the scripts in this folder: where things are, and how a script speaks and ends.
# shellcheck shell=bash disable=SC2034,SC2016

environment=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$environment/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/shiplock
state=$cache/environment
registry=127.0.0.1:5000
base_image=debian:trixie-slim
mkdir -p "$state"

say() { printf 'environment: %s\n' "$*" >&2; }

# What is missing is an error with its remedy; nothing here is ever left out quietly.
die() {
  printf 'environment: %s\n' "$*" >&2
  exit 1
}

have() { command -v "$1" > /dev/null 2>&1; }

# Output of a step is shown only when it fails.
quietly() {
  local log
  log=$(mktemp)
  if "$@" > "$log" 2>&1; then
    rm -f "$log"
  else
    head -n 60 "$log" >&2
    rm -f "$log"
    die "failed: $*"
  fi
}

can_install() { [ "$(id -u)" = 0 ] && have apt-get; }

# apt_install PACKAGE…: installs those of the packages that are missing.
apt_install() {
  local package missing=()
  for package in "$@"; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null | grep -qx installed || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  can_install || die "these Debian packages are missing, and only root can install them: ${missing[*]}"
  say "installing ${missing[*]}"
  quietly apt-get -qq update
  quietly env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}"
}

# Debian's own mirror, as this machine's apt knows it; who publishes a source is known only after an update.
debian_mirror() {
  local found attempt
  for attempt in as-it-is updated; do
    [ "$attempt" = as-it-is ] || quietly apt-get -qq update
    found=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | sort -u | head -n 1)
    if [ -n "$found" ]; then
      printf '%s\n' "$found"
      return
    fi
  done
  die "apt knows no Debian mirror on this machine"
}

one_at_a_time() {
  have flock || return 0
  exec 9> "$state/lock"
  flock -w 900 9 || die "another run has held $state/lock for 15 minutes"
}
