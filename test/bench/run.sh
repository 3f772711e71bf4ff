#!/usr/bin/env bash
# All benchmarks beside OpenSSL, in about half a minute: speed, memory, and instructions outside
# cryptography, counted by callgrind. "make bench" builds and calls this.
set -eu
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}
PROGRAMS=$BUILD/test/bench
OUT=$BUILD/bench
mkdir -p "$OUT"
rm -f "$OUT"/callgrind.out*

printf 'sslref beside %s, on %s\n' "$(openssl version 2>/dev/null || echo OpenSSL)" \
    "$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo 2>/dev/null | head -1)"
"$PROGRAMS/bench_tls" speed
"$PROGRAMS/bench_tls" memory
valgrind --tool=callgrind --collect-atstart=no --callgrind-out-file="$OUT/callgrind.out" \
    "$PROGRAMS/bench_instructions" >"$OUT/callgrind.log" 2>&1 ||
    { cat "$OUT/callgrind.log"; exit 1; }
"${PYTHON:-/usr/bin/python3}" test/bench/outside_crypto.py "$OUT"/callgrind.out.[0-9]*
