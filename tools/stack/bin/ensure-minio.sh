#!/usr/bin/env bash
# Builds MinIO, the S3 server that the contract of object stores is tested against, from the Go module proxy, once
# for this machine. Prints where it is. Ends with 1, and says why in one line, where it cannot be had in time: the test
# is skipped then. From nothing it takes five minutes of one core, and 1.3 GB.
set -uo pipefail

version=v0.0.0-20250907161309-07c3a429bfed
# In seconds, for all attempts together: the whole of CI has 25 minutes, and this is for one test.
limit=480
home="${XDG_CACHE_HOME:-$HOME/.cache}/personr"
program="$home/minio-$version"

say() { printf '%s\n' "$*" >&2; }

if [ -x "$program" ]; then
  printf '%s\n' "$program"
  exit 0
fi
if ! command -v go >/dev/null; then
  say 'No S3 server to test against: Go is not installed, which would build MinIO.'
  exit 1
fi

mkdir -p "$home"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

left() { printf '%s' "$((limit > SECONDS ? limit - SECONDS : 1))"; }

build() {
  rm -f go.mod go.sum
  go mod init personr.example/s3 && timeout "$(left)" go get "github.com/minio/minio@$version" &&
    timeout "$(left)" go build -trimpath -ldflags='-s -w' -o "$work/minio" github.com/minio/minio
}

say "Building MinIO $version, to test object stores against (some minutes, once)"
for pause in 5 20 give-up; do
  if output=$(build 2>&1); then
    # Put into place whole: two runs may build at the same time.
    mv "$work/minio" "$program.$$" && mv "$program.$$" "$program" && printf '%s\n' "$program"
    exit
  fi
  if [ "$pause" = give-up ] || [ "$(left)" -le "$pause" ]; then break; fi
  sleep "$pause"
done
why=$(printf '%s' "$output" | tail -n 1)
[ "$(left)" -gt 1 ] || why="it took more than $limit s"
say "No S3 server to test against: MinIO could not be built: $why"
exit 1
