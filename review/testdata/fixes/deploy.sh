#!/usr/bin/env bash
# Copies a build to the hosts of a list.
set -euo pipefail

readonly list=${1:?usage: deploy.sh LIST [FOLDER]}
folder=${2:-build}

log() {
  printf '%s %s\n' "$(date +%T)" "$*" >&2
}

hosts() {
  local line
  while IFS= read -r line; do
    case $line in
      '' | '#'*) continue ;;
      *:*) printf '%s\n' "${line%%:*}" ;;
      *) printf '%s\n' "$line" ;;
    esac
  done <"$1"
}

if [[ ! -d $folder ]]; then
  log "there is no folder $folder"
  exit 1
fi

failed=0
for host in $(hosts "$list"); do
  if ! rsync -a --delete "$folder/" "$host:/srv/app/"; then
    log "could not copy to $host"
    failed=$((failed + 1))
    continue
  fi
  ssh "$host" 'systemctl restart app' || {
    log "could not restart on $host"
    failed=$((failed + 1))
  }
done

cat <<END
copied to all but $failed hosts
END
exit "$((failed > 0))"
