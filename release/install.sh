#!/bin/sh
# Installs BitTrickle for the user who runs this, or removes it:
#
#   sh install.sh               programs, man pages and completion below ~/.local
#   sh install.sh --uninstall   removes these, and nothing else
#
# BITTRICKLE_INSTALL    where instead of ~/.local
# BITTRICKLE_VERSION    which version instead of the newest, as 1.0.0
# BITTRICKLE_RELEASES   the address of another page of releases
#
# What is downloaded has to have the SHA-256 that the release lists; otherwise nothing is changed.
set -eu

RELEASES=${BITTRICKLE_RELEASES:-@RELEASES@}
PREFIX=${BITTRICKLE_INSTALL:-${HOME:?}/.local}
PROGRAMS="bittrickle-server bittrickle-client"

say() { printf '%s\n' "$*"; }

fail() {
  printf 'install.sh: %s\n' "$*" >&2
  exit 1
}

# The files of a program, relative to the prefix.
files_of() {
  say "bin/$1"
  say "share/man/man1/$1.1"
  say "share/bash-completion/completions/$1"
  say "share/zsh/site-functions/_$1"
  say "share/fish/vendor_completions.d/$1.fish"
}

# The system, as the names of the archives call it.
target() {
  case "$(uname -s)" in
    Linux) system=unknown-linux-gnu ;;
    Darwin) system=apple-darwin ;;
    *) fail "there is no archive for $(uname -s): on Windows use install.ps1" ;;
  esac
  case "$(uname -m)" in
    x86_64 | amd64) say "x86_64-$system" ;;
    aarch64 | arm64) say "aarch64-$system" ;;
    *) fail "there is no archive for the processor $(uname -m)" ;;
  esac
}

# Where the files of the release are. Whoever is in between could replace what is not encrypted.
address() {
  case "$RELEASES" in
    https://* | http://127.0.0.1:* | http://localhost:*) ;;
    *) fail "set BITTRICKLE_RELEASES to the https:// address of a page of releases" ;;
  esac
  case "${BITTRICKLE_VERSION:-}" in
    '') say "$RELEASES/latest/download" ;;
    *) say "$RELEASES/download/v$BITTRICKLE_VERSION" ;;
  esac
}

# download URL FILE. It may be slow, but ends if nothing comes for 30 s.
download() {
  if command -v curl >/dev/null 2>&1; then
    set -- "$@" --connect-timeout 30 --speed-time 30 --speed-limit 1
    case "$1" in
      https:*) set -- "$@" --proto '=https' ;;
    esac
    url=$1 file=$2
    shift 2
    curl -fsSL "$@" -o "$file" "$url"
  elif command -v wget >/dev/null 2>&1; then
    # BusyBox has no --tries, and tries once.
    case "$(wget --help 2>&1)" in
      *--tries*) wget -q --tries=3 -T 30 -O "$2" "$1" ;;
      *) wget -q -T 30 -O "$2" "$1" ;;
    esac
  else
    fail "needs curl or wget"
  fi
}

sha256_of() {
  if command -v sha256sum >/dev/null 2>&1; then
    sha256sum <"$1" | cut -d ' ' -f 1
  elif command -v shasum >/dev/null 2>&1; then
    shasum -a 256 <"$1" | cut -d ' ' -f 1
  else
    fail "needs sha256sum or shasum, to verify what it downloads"
  fi
}

# fetch BASE TARGET FOLDER: puts what is in the archive into FOLDER/files.
fetch() {
  download "$1/SHA256SUMS" "$3/SHA256SUMS" || fail "cannot download $1/SHA256SUMS"
  line=$(grep -E "^[0-9a-f]{64}  bittrickle-[0-9A-Za-z.+-]+-$2\.tar\.gz\$" "$3/SHA256SUMS") ||
    fail "the release has no archive for $2 with a checksum"
  [ "$(say "$line" | wc -l)" -eq 1 ] || fail "the release has several archives for $2"
  name=${line#*  }
  say "Downloading $name"
  download "$1/$name" "$3/archive" || fail "cannot download $1/$name, or not all of it"
  [ "$(sha256_of "$3/archive")" = "${line%% *}" ] ||
    fail "$name is damaged: its SHA-256 is not the one of the release. Nothing was installed"
  mkdir "$3/files"
  tar -xzf "$3/archive" -C "$3/files"
  folder=$3/files/${name%.tar.gz}
}

# A program that runs cannot be written to, but another file can take its name.
put() {
  mkdir -p "$(dirname "$2")"
  cp "$1" "$2.new"
  mv -f "$2.new" "$2"
}

install_all() {
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT TERM
  system=$(target)
  base=$(address)
  fetch "$base" "$system" "$work"
  for program in $PROGRAMS; do
    "$folder/bin/$program" --version || fail "$program does not run on this system"
  done
  for program in $PROGRAMS; do
    for file in $(files_of "$program"); do put "$folder/$file" "$PREFIX/$file"; done
  done
  say "Installed in $PREFIX/bin"
  tell_surroundings
}

tell_surroundings() {
  case ":${PATH:-}:" in
    *":$PREFIX/bin:"*) ;;
    *) say "Add it to your PATH:  export PATH=\"$PREFIX/bin:\$PATH\"" ;;
  esac
  say "Completion: bash and fish find theirs; for zsh, before compinit:" \
    " fpath=($PREFIX/share/zsh/site-functions \$fpath)"
  say "Manual: man bittrickle-client, or man -M $PREFIX/share/man bittrickle-client"
}

configuration() {
  if [ -n "${XDG_CONFIG_HOME:-}" ]; then say "$XDG_CONFIG_HOME/bittrickle"
  elif [ "$(uname -s)" = Darwin ]; then say "${HOME:-}/Library/Application Support/BitTrickle"
  else say "${HOME:-}/.config/bittrickle"; fi
}

uninstall() {
  for program in $PROGRAMS; do
    for file in $(files_of "$program"); do rm -f "$PREFIX/$file"; done
  done
  say "Removed from $PREFIX. What the programs keep is left: the configuration in" \
    "$(configuration), the keys of indexes in" \
    "${XDG_STATE_HOME:-${HOME:-}/.local/state}/bittrickle, your files, and a server's folder."
}

# All of it is one command, so that half of this script does nothing.
main() {
  case "${1:-}" in
    '') install_all ;;
    --uninstall) uninstall ;;
    *) fail "usage: sh install.sh [--uninstall]" ;;
  esac
}

main "$@"
