#!/bin/sh
# Builds ../build/kaipo-capture and ../build/kaipo-sockets with a C compiler and nothing else: no make, no libpcap headers. CC and CFLAGS
# may be set. Does nothing for a program that is newer than its sources. Safe to run twice at once: programs appear by rename.
# Also the traffic of `kaipo selftest` (workload/); capturing works without it.
set -eu
cd "$(dirname "$0")"
sh workload/build.sh || echo "build.sh: kaipo-workload was not built: kaipo selftest will not run" >&2
version=$(sed -n 's/.*"version": *"\([^"]*\)".*/\1/p' ../package.json | head -n 1)
sources='main.c args.c interfaces.c drop.c install.c filter.c rings.c stream.c blocks.c events.c janitor.c snapshot.c seccomp.c loop.c'
socket_sources='sockets/main.c sockets/privileges.c sockets/diag.c sockets/stream.c'
temporary=
trap 'rm -f $temporary' EXIT

# build PROGRAM HEADER LIBRARIES SOURCE...
build() {
  program=../build/$1 header=$2 libraries=$3
  shift 3
  newest=$(ls -t "$@" "$header" build.sh ../package.json "$program" 2>/dev/null | head -n 1)
  if [ "$newest" = "$program" ] && [ -z "${CFLAGS:-}" ]; then return; fi
  command -v "${CC:-cc}" >/dev/null || { echo "build.sh: ${CC:-cc}: no C compiler (apt install gcc libc6-dev)" >&2; exit 1; }
  mkdir -p ../build
  temporary=../build/.${program##*/}.$$
  # shellcheck disable=SC2086
  "${CC:-cc}" -std=gnu11 -O2 -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Wstrict-prototypes -Wmissing-prototypes \
    -Werror=implicit-function-declaration -Werror=format -Werror=format-security -Werror=return-type -Werror=vla \
    -D_GNU_SOURCE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 "-DKAIPO_VERSION=\"$version\"" \
    -fPIE -pie -fstack-protector-strong -fstack-clash-protection -fno-common \
    -Wl,-z,relro,-z,now,-z,noexecstack ${CFLAGS:-} -o "$temporary" "$@" $libraries
  mv -f "$temporary" "$program"
}

# shellcheck disable=SC2086
build kaipo-capture kaipo-capture.h -ldl $sources
# shellcheck disable=SC2086
build kaipo-sockets sockets/kaipo-sockets.h '' $socket_sources
