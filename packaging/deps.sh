#!/usr/bin/env bash
# What emne's build and tests need besides Go and git. Says what is missing and
# installs it on Debian by apt when run as root; else prints how to get it and
# exits 1. Installed servers are not left running: the tests start their own.
set -euo pipefail
export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

# any CANDIDATE…: is one of these commands or files there?
any() {
  local candidate
  for candidate; do
    if command -v "$candidate" >/dev/null 2>&1 || [ -x "$candidate" ]; then return 0; fi
  done
  return 1
}

compiles() {
  echo '#include <stdlib.h>
int main(void) { return 0; }' | gcc -x c -fsyntax-only - >/dev/null 2>&1
}

missing=()
want() { missing+=("$1"); printf '  %-16s %s\n' "$1" "$2"; }

check() {
  any gcc || want gcc 'builds the SQLite driver'
  compiles || want libc6-dev 'builds the SQLite driver'
  any make || want make 'runs the Makefile'
  any /usr/lib/dovecot/imap /usr/libexec/dovecot/imap || want dovecot-imapd 'a real IMAP server for the tests'
  any initdb /usr/lib/postgresql/*/bin/initdb || want postgresql 'the other database'
  any chromium chromium-browser google-chrome || want chromium 'a browser for the tests of the pages'
  any pdftoppm || want poppler-utils 'reads PDFs back in the tests'
  any qpdf || want qpdf 'checks the structure of PDFs'
}

list=$(mktemp)
trap 'rm -f "$list"' EXIT
check >"$list"
if [ ${#missing[@]} -eq 0 ]; then exit 0; fi

echo "These packages are missing:"
cat "$list"
install="apt-get install -y --no-install-recommends ${missing[*]}"

if ! command -v apt-get >/dev/null 2>&1; then
  echo "Install what they hold with this system's package manager (the names are Debian's), then try again."
  exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "Get them as root, then try again:"
  echo "  sudo apt-get update && sudo $install"
  exit 1
fi

# policy-rc.d keeps packages from starting their services (see invoke-rc.d(8)).
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$list" "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi

echo "Running: apt-get update && $install"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086 # a list of words
$install -qq -o Dpkg::Use-Pty=0 >"$list" 2>&1 || { cat "$list"; exit 1; }

# Nor at the next boot, if they came with this installation.
if command -v systemctl >/dev/null 2>&1; then
  for package in "${missing[@]}"; do
    case $package in
      dovecot-imapd) systemctl disable --now dovecot.service dovecot.socket >/dev/null 2>&1 || true ;;
      postgresql) systemctl disable --now postgresql.service >/dev/null 2>&1 || true ;;
    esac
  done
fi

missing=()
check >"$list"
if [ ${#missing[@]} -ne 0 ]; then
  echo "Still missing after the installation:"
  cat "$list"
  exit 1
fi
echo "Installed."
