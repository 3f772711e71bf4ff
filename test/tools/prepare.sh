#!/bin/sh
# Make what the tests read, under $BUILD, and print the variables that tell them where it is:
#     eval "$(sh test/tools/prepare.sh)"; build/test/unit/test_identity
# The published vectors (Wycheproof) are looked for in $SSLREF_VECTORS, else beside the checkout;
# without them the vector tests skip that part.
set -eu
: "${BUILD:=build}"
mkdir -p "$BUILD"
BUILD=$(cd "$BUILD" && pwd)
if [ -f test/unit/make_certificates.sh ]; then
    if [ -z "$(find "$BUILD/test-certs/.complete" -newer test/unit/make_certificates.sh 2>/dev/null)" ]; then
        rm -rf "$BUILD/test-certs"
        mkdir -p "$BUILD/test-certs"
        bash test/unit/make_certificates.sh "$BUILD/test-certs" >"$BUILD/test-certs.log" 2>&1 || {
            cat "$BUILD/test-certs.log" >&2
            exit 1
        }
        touch "$BUILD/test-certs/.complete"
    fi
    echo "export SSLREF_TEST_CERTS='$BUILD/test-certs'"
fi
vectors=${SSLREF_VECTORS:-../shared/vectors}
if [ -d "$vectors/wycheproof" ] && [ -f test/vectors/wycheproof_to_text.py ]; then
    mkdir -p "$BUILD/vectors"
    /usr/bin/python3 test/vectors/wycheproof_to_text.py "$vectors/wycheproof" "$BUILD/vectors" >&2
    echo "export SSLREF_VECTORS_TEXT='$BUILD/vectors'"
fi
