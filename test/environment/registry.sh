# The registry: one container on the servers' network, published on the machine's loopback only. Its volume outlives it.
# shellcheck shell=bash source=common.sh disable=SC2154

network=shiplock-test
registry_container=shiplock-test-registry

ensure_network() {
  docker network inspect "$network" > /dev/null 2>&1 || quietly docker network create --label shiplock-test "$network"
}

# A connection alone proves nothing: Docker's proxy accepts before the registry listens.
# In a shell of its own: the engine's port proxy takes a connection before the registry does and drops it, which is a SIGPIPE.
registry_answers() {
  (
    exec 3<> "/dev/tcp/${registry/:/\/}" && printf 'GET /v2/ HTTP/1.0\r\n\r\n' >&3 && read -r -t 2 status <&3 && [[ $status == *' 200 '* ]]
  ) 2> /dev/null
}

ensure_registry() {
  local image
  image=$(build_image shiplock-test-registry "$environment/registry")
  if [ "$(docker container inspect --format '{{.Config.Image}}' "$registry_container" 2> /dev/null)" != "$image" ]; then
    docker rm -f "$registry_container" > /dev/null 2>&1 || true
    quietly docker create --name "$registry_container" --label shiplock-test --network "$network" \
      --publish "$registry:5000" --volume "$registry_container:/var/lib/registry" "$image"
  fi
  quietly docker start "$registry_container"
  for _ in $(seq 100); do
    registry_answers && return
    sleep 0.1
  done
  docker logs --tail 20 "$registry_container" >&2
  die "the registry does not answer on $registry"
}
