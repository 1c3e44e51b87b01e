#!/usr/bin/env bash
# Fuzzes every parser of foreign bytes in the repository, each for SECONDS of one
# processor, JOBS beside each other. Prints a line a parser: its package, its
# name, how many inputs were tried. A finding ends it with an error, and Go keeps
# the input in the package's testdata/fuzz, to be committed with what mends it.
#
#   packaging/fuzz.sh [SECONDS [JOBS]]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export FUZZ_SECONDS=${1:-36}
jobs=${2:-2}

one() {
  local out
  if out=$(go test "$1" -run '^$' -fuzz "^$2\$" -fuzztime "${FUZZ_SECONDS}s" -fuzzminimizetime 100x -parallel 1 2>&1); then
    printf '%-28s %-18s %s\n' "$1" "$2" "$(grep -o 'execs: [0-9]*' <<<"$out" | tail -1)"
  else
    printf '%s %s has a finding:\n%s\n' "$1" "$2" "$out"
    return 1
  fi
}
export -f one

grep -rHoE '^func Fuzz[A-Za-z0-9]+' --include='*_test.go' . |
  sed -E 's|^(.*)/[^/]*:func (.*)$|\1 \2|' | sort |
  xargs -P "$jobs" -L 1 bash -c 'one "$1" "$2"' _
