# The images of the environment: made once, found again by the content of the folder they are made from.
# shellcheck shell=bash source=common.sh disable=SC2154

ensure_base_image() {
  docker image inspect "$base_image" > /dev/null 2>&1 && return
  say "pulling $base_image"
  timeout 300 docker pull -q "$base_image" > /dev/null 2>&1 && return
  say "no registry in reach: making $base_image from Debian packages"
  apt_install debootstrap
  local root
  root=$(mktemp -d)
  chmod 755 "$root"
  quietly debootstrap --variant=minbase trixie "$root" "$(debian_mirror)"
  # What the published slim image leaves out too.
  printf 'path-exclude /usr/share/%s/*\n' doc man info locale > "$root/etc/dpkg/dpkg.cfg.d/slim"
  rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,info,locale}/*
  tar -C "$root" -c . | quietly docker import --change 'CMD ["bash"]' - "$base_image"
  rm -rf "$root"
}

checksum() { if have sha256sum; then sha256sum; else shasum -a 256; fi; }

content_hash() {
  (cd "$1" && find . -type f | LC_ALL=C sort | while read -r file; do
    printf '%s %s\n' "$file" "$(checksum < "$file")"
  done) | checksum | cut -c 1-12
}

# build_image NAME FOLDER [docker build options]: prints NAME:<hash of the folder and the options>, built if it is not there yet.
build_image() {
  local name=$1 folder=$2 image
  shift 2
  image=$name:$(printf '%s' "$(content_hash "$folder")$*" | checksum | cut -c 1-12)
  if ! docker image inspect "$image" > /dev/null 2>&1; then
    say "building $image"
    quietly docker build --network host --tag "$image" "$@" "$folder"
  fi
  printf '%s\n' "$image"
}
