#!/bin/sh
# Builds ../../build/kaipo-workload, the traffic of `kaipo selftest`, with a C compiler and nothing else. It is never privileged.
# Does nothing when the program is newer than its sources. Safe to run twice at once: the program appears by rename.
set -eu
cd "$(dirname "$0")"
program=../../build/kaipo-workload
sources='main.c truth.c sockets.c spawn.c serve.c short.c shared.c transfer.c portless.c uring.c container.c storm.c'

newest=$(ls -t $sources workload.h build.sh "$program" 2>/dev/null | head -n 1)
if [ "$newest" = "$program" ] && [ -z "${CFLAGS:-}" ]; then exit 0; fi
mkdir -p ../../build
temporary=../../build/.kaipo-workload.$$
trap 'rm -f "$temporary"' EXIT
# shellcheck disable=SC2086
"${CC:-cc}" -std=gnu11 -O2 -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Wstrict-prototypes -Wmissing-prototypes \
  -Werror=implicit-function-declaration -Werror=format -Werror=format-security -Werror=return-type -Werror=vla \
  -D_GNU_SOURCE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fPIE -pie -fstack-protector-strong -fno-common \
  -Wl,-z,relro,-z,now,-z,noexecstack ${CFLAGS:-} -o "$temporary" $sources -pthread
mv -f "$temporary" "$program"
