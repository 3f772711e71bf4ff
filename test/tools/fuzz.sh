#!/bin/sh
# Run every fuzzer under $BUILD for $FUZZ_SECONDS. Seeds come from test/fuzz/corpus/NAME when present;
# what the fuzzer finds interesting is kept under $BUILD/corpus/NAME, crashes under $BUILD/crashes.
set -eu
: "${BUILD:=build/fuzz}" "${FUZZ_SECONDS:=60}"
failed=0 ran=0
mkdir -p "$BUILD/crashes"
for fuzzer in "$BUILD"/test/fuzz/fuzz_*; do
    case $fuzzer in *.d | *.o | *\*) continue ;; esac
    name=${fuzzer##*/fuzz_}
    corpus=$BUILD/corpus/$name
    seeds=test/fuzz/corpus/$name
    mkdir -p "$corpus"
    [ -d "$seeds" ] || seeds=
    echo "fuzz: $name for $FUZZ_SECONDS s"
    ran=$((ran + 1))
    # shellcheck disable=SC2086 # no argument when there are no seeds
    if ! "$fuzzer" -max_total_time="$FUZZ_SECONDS" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$BUILD/crashes/$name-" "$corpus" $seeds >"$BUILD/$name.log" 2>&1; then
        failed=$((failed + 1))
        tail -40 "$BUILD/$name.log"
    fi
    grep -E '^stat::(number_of_executed_units|average_exec)' "$BUILD/$name.log" || true
done
echo "fuzz: $((ran - failed)) passed, $failed failed"
[ "$failed" = 0 ]
