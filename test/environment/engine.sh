# The Docker engine: the one that runs here, else one installed from Debian and started by us.
# shellcheck shell=bash source=common.sh disable=SC2154

engine_answers() { docker version > /dev/null 2>&1; }

ensure_engine() {
  engine_answers && return
  can_install || die 'no Docker engine answers: start Docker, then run this again'
  [ -x /usr/sbin/dockerd ] || [ -x /usr/bin/dockerd ] || apt_install docker.io iptables
  engine_answers || start_engine
}

start_engine() {
  say 'starting the Docker engine'
  if [ -d /run/systemd/system ]; then
    quietly systemctl start docker
    echo systemd > "$state/engine"
  else
    rm -f /var/run/docker.pid
    # Its own session: it outlives this script and an interrupted terminal. It must not inherit the lock.
    # Ports are published by the kernel: a port proxy ends for good when it runs out of open files, and takes six for a connection.
    setsid dockerd --userland-proxy=false > "$state/dockerd.log" 2>&1 < /dev/null 9>&- &
    echo $! > "$state/engine"
  fi
  for _ in $(seq 150); do
    engine_answers && return
    sleep 0.2
  done
  tail -n 20 "$state/dockerd.log" >&2
  die 'the Docker engine did not answer within 30 s'
}

# Stops the engine only if ensure_engine started it.
stop_engine() {
  [ -f "$state/engine" ] || return 0
  local started
  started=$(cat "$state/engine")
  rm -f "$state/engine"
  if [ "$started" = systemd ]; then
    quietly systemctl stop docker docker.socket
  elif [ "$(cat "/proc/$started/comm" 2> /dev/null)" = dockerd ]; then
    say 'stopping the Docker engine'
    kill "$started"
    for _ in $(seq 150); do
      kill -0 "$started" 2> /dev/null || return 0
      sleep 0.2
    done
    die "the Docker engine (process $started) does not stop"
  fi
}
