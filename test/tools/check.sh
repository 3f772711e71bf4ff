#!/usr/bin/env bash
# Everything that must hold, in about ten minutes on two cores. Goes on after a failure, so that one
# run shows them all; the last line is "N passed, N failed". Logs lie under $BUILD/check/.
#     check.sh [STAGE...]    only these stages (their names are the functions below)
set -u
cd "$(dirname "$0")/../.." || exit
BUILD=${BUILD:-build}
LOGS=$BUILD/check
JOBS=2
PYTHON=/usr/bin/python3
passed=0 failed=0 failures=
mkdir -p "$LOGS"

stage() {
    printf '\n== %s  [%d s]\n' "$1" "$SECONDS"
}

add() { # add PASSED FAILED NAME
    passed=$((passed + $1)) failed=$((failed + $2))
    [ "$2" = 0 ] || failures="$failures $3"
}

once() { # once NAME COMMAND...: one check, by its exit status
    local name=$1
    shift
    if "$@" >"$LOGS/$name.log" 2>&1; then
        tail -1 "$LOGS/$name.log"
        add 1 0 "$name"
    else
        tail -60 "$LOGS/$name.log"
        echo "FAILED: $name ($LOGS/$name.log)"
        add 0 1 "$name"
        return 1
    fi
}

counted() { # counted NAME COMMAND...: a command whose last line is "N passed, N failed"
    local name=$1 last
    shift
    "$@" 2>&1 | tee "$LOGS/$name.log"
    last=$(tail -1 "$LOGS/$name.log")
    if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
        add "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "$name"
    else
        echo "FAILED: $name ended without a count"
        add 0 1 "$name"
    fi
}

programs() { # programs DIRECTORY...: the executables below, where there are any
    local folder
    for folder in "$@"; do
        [ ! -d "$folder" ] || find "$folder" -maxdepth 1 -type f -perm -u+x | sort
    done
}

packages() {
    stage "Debian packages"
    once packages sh test/tools/need.sh gcc clang libc6-dev libtomcrypt-dev libtommath-dev libcmocka-dev \
        python3 valgrind openssl gnutls-bin libnss3-tools curl nginx-light python3-scapy python3-cryptography sslscan \
        libssl-dev libgnutls28-dev ca-certificates libhiredis-dev redis-server || exit 1
}

build_gcc() {
    stage "build with gcc, layers, purity, documentation, exported names, profiles"
    once build-gcc make -j$JOBS BUILD="$BUILD" CC=gcc all tests ct-tests || return 0
    once layers make -s BUILD="$BUILD" CC=gcc layers
    once purity make -s BUILD="$BUILD" CC=gcc purity
    once check-doc make -s BUILD="$BUILD" CC=gcc check-doc
    once prefix bash test/tools/check_prefix.sh "$BUILD/prefixed"
    once profiles sh test/tools/check_profiles.sh "$BUILD/profiles"
}

data() {
    stage "test data"
    local lines
    lines=$(BUILD=$BUILD sh test/tools/prepare.sh) || { add 0 1 test-data; return 0; }
    eval "$lines"
}

tests() {
    stage "unit, vector, flow and fault tests"
    # shellcheck disable=SC2046 # one argument per program
    counted tests $PYTHON test/tools/run_tests.py --logs "$LOGS/tests" \
        $(programs "$BUILD"/test/{unit,vectors,flow,fault,classic})
    counted verify-sample $PYTHON test/tools/check_verify.py "$BUILD" "$SSLREF_TEST_CERTS"
    counted classic-sample bash test/tools/check_classic.sh "$BUILD"
}

# The machine's authorities, and thousands of changed chains, judged by OpenSSL and GnuTLS as well.
agreement() {
    stage "certificates: agreement with OpenSSL and GnuTLS"
    once build-agree make -j$JOBS BUILD="$BUILD" CC=gcc "$BUILD/test/agree/agree" || return 0
    counted agree "$BUILD/test/agree/agree" 3000
}

sanitizers() {
    stage "the same under AddressSanitizer and UndefinedBehaviorSanitizer"
    once build-asan make -j$JOBS BUILD="$BUILD/asan" CC=gcc all tests \
        CFLAGS="-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all" ||
        return 0
    # shellcheck disable=SC2046 # one argument per program
    ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1 \
        counted tests-asan $PYTHON test/tools/run_tests.py --timeout 600 --logs "$LOGS/asan" \
        $(programs "$BUILD"/asan/test/{unit,vectors,flow,fault,classic})
    # The samples that need no peer, as a program would link them.
    for sample in event_loop waiting demo; do
        [ ! -x "$BUILD/asan/samples/$sample" ] || once "asan-$sample" "$BUILD/asan/samples/$sample"
    done
}

threads() {
    stage "one template, many threads (ThreadSanitizer)"
    once build-tsan make -j$JOBS BUILD="$BUILD/tsan" CC=gcc CFLAGS="-O1 -g -fsanitize=thread" \
        "$BUILD/tsan/test/fault/test_threads" || return 0
    once threads "$BUILD/tsan/test/fault/test_threads"
}

# MemorySanitizer is not used: libtomcrypt, libtommath and cmocka are Debian's, without its
# instrumentation, and whatever they wrote would count as uninitialised. Valgrind's memcheck sees
# through them and reports the same kind of mistake, and leaks, on the programs below.
memcheck() {
    stage "reads of uninitialised memory (valgrind)"
    local few
    few=$(programs "$BUILD/test/unit")
    # shellcheck disable=SC2086 # one argument per program
    SSLREF_TEST_FEW=1 counted memcheck $PYTHON test/tools/run_tests.py --timeout 300 --logs "$LOGS/memcheck" --wrap \
        "valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite" $few
    for sample in event_loop waiting; do
        [ ! -x "$BUILD/samples/$sample" ] || once "memcheck-$sample" valgrind -q --error-exitcode=99 \
            --leak-check=full --errors-for-leak-kinds=definite "$BUILD/samples/$sample"
    done
}

constant_time() {
    stage "constant time (valgrind over secret-marked memory)"
    # shellcheck disable=SC2046 # one argument per program
    counted constant-time $PYTHON test/tools/run_tests.py --one --timeout 300 --logs "$LOGS/constant_time" \
        --wrap "valgrind -q --error-exitcode=99" $(programs "$BUILD/test/constant_time")
}

build_clang() {
    stage "build with clang"
    once build-clang make -j$JOBS BUILD="$BUILD/clang" CC=clang all tests
}

peers() {
    stage "real peers"
    [ -x "$BUILD/samples/server" ] || { echo "FAILED: no samples to run"; add 0 1 peers; return 0; }
    counted peers env BUILD="$BUILD" $PYTHON test/peers/run.py
    if [ -x "$BUILD/asan/samples/server" ]; then
        # The same under the sanitizers, without the second and third full table of suites.
        counted peers-asan env BUILD="$BUILD/asan" $PYTHON test/peers/run.py \
            --only '^(?!(gnutls|nss) (client|server))'
    fi
    if command -v chromium >/dev/null; then
        counted chromium env BUILD="$BUILD" $PYTHON test/peers/chromium.py
    else
        echo "chromium is not installed: make check-chromium brings it and looks at the status page"
    fi
}

if [ $# = 0 ]; then
    set -- packages build_gcc data tests agreement sanitizers threads memcheck constant_time build_clang peers
else
    eval "$(BUILD=$BUILD sh test/tools/prepare.sh)"
fi
for name in "$@"; do
    "$name"
done
printf '\n[%d s]%s\n' "$SECONDS" "${failures:+ failed in:$failures}"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
