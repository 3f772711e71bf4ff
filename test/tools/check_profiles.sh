#!/bin/sh
# check_profiles.sh BUILD: PROFILE=modern builds, shakes hands, has nothing of the old versions in it
# and says so; and the full build links and shakes hands without core/ssl2 when its profile names none.
set -eu
build=$1
mkdir -p "$build"

# ---- modern ----
make -s -j2 BUILD="$build/modern" PROFILE=modern all >"$build/modern.log" 2>&1 || {
    tail -40 "$build/modern.log"
    exit 1
}
"$build/modern/samples/event_loop" >"$build/modern-event-loop.txt"
"$build/modern/samples/demo" >"$build/modern-demo.txt"
grep -q 'SSL 2.0 .* is not in this build' "$build/modern-demo.txt"

old='^sslr_ssl2|^sslr_protocol_ssl|rc4|rc2|seed_(setup|ecb)|camellia_(setup|ecb)|(^|_)des_(setup|ecb)'
old="$old|client_hello_v2|export_prime|protection_stream|sslr_classic"
nm -P "$build/modern/obj/sslref.o" | awk '{ print $1 }' >"$build/modern-symbols.txt"
if grep -E "$old" "$build/modern-symbols.txt"; then
    echo "PROFILE=modern: these symbols have no place in it"
    exit 1
fi
# The pattern has to find them where they are.
for name in sslr_ssl2_derive rc4_stream_setup kseed_setup camellia_setup des_setup sslr_protocol_ssl3; do
    echo "$name" | grep -Eq "$old" || { echo "check_profiles.sh does not look for $name"; exit 1; }
done

cat >"$build/modern.c" <<'END'
#include "ssl.h"
#include "sslposix.h"
#include <stdlib.h>

static SSLErr never(SSLBuffer data, uint32 *processed, void *ref)
{
    (void)data;
    (void)ref;
    *processed = 0;
    return SSLIOErr;
}

static int handshake_is_unsupported(SSLContext *ctx, SSLProtocolVersion version)
{
    return SSLInitContext(ctx) == SSLNoErr && SSLPosixInstall(ctx, -1) == SSLNoErr &&
           SSLSetReadFunc(ctx, never) == SSLNoErr && SSLSetWriteFunc(ctx, never) == SSLNoErr &&
           SSLSetProtocolSide(ctx, SSL_ClientSide) == SSLNoErr &&
           SSLSetProtocolVersion(ctx, version) == SSLNoErr &&
           SSLHandshake(ctx) == SSLUnsupportedErr && SSLDeleteContext(ctx) == SSLNoErr;
}

int main(void)
{
    static const uint16 old[] = {TLS_RSA_WITH_RC4_128_SHA, TLS_RSA_WITH_NULL_SHA,
                                 TLS_RSA_WITH_3DES_EDE_CBC_SHA, TLS_RSA_WITH_CAMELLIA_128_CBC_SHA,
                                 TLS_DHE_DSS_WITH_AES_128_CBC_SHA, SSL_RSA_WITH_DES_CBC_MD5,
                                 TLS_DH_anon_WITH_AES_128_GCM_SHA256};
    SSLContext *ctx = malloc(SSLContextSize());
    uint32      count = 0;
    unsigned    i;

    if (ctx == NULL || SSLInitContextClassic(ctx) != SSLUnsupportedErr) {
        return 2;
    }
    for (i = 0; i < sizeof(old) / sizeof(old[0]); i++) {
        if (SSLSetEnabledCiphers(ctx, &old[i], 1) != SSLUnsupportedErr) {
            return 3;
        }
    }
    if (SSLGetSupportedCiphers(NULL, &count) != SSLNoErr || count != 82) {
        return 4;
    }
    if (!handshake_is_unsupported(ctx, SSL_Version_2_0) ||
        !handshake_is_unsupported(ctx, SSL_Version_Undetermined) ||
        !handshake_is_unsupported(ctx, SSL_Version_3_0_Only) ||
        !handshake_is_unsupported(ctx, TLS_Version_1_1)) {
        return 5;
    }
    free(ctx);
    return 0;
}
END
cc -std=c99 -Wall -Wextra -Werror -I. -Iplatform/posix "$build/modern.c" "$build/modern/libsslref.a" \
    -ltomcrypt -ltommath -lpthread -o "$build/modern-program"
"$build/modern-program" || { echo "PROFILE=modern: the calls behave otherwise ($?)"; exit 1; }

# ---- full, without core/ssl2 ----
full=${build%/*} # with the objects that are there already
if [ ! -f "$full/libsslref.a" ] || [ ! -f "$full/obj/samples/event_loop.o" ]; then
    full=$build/full
    make -s -j2 BUILD="$full" all >"$build/full.log" 2>&1 || { tail -40 "$build/full.log"; exit 1; }
fi
"$full/samples/demo" >"$build/full-demo.txt"
if grep 'is not in this build' "$build/full-demo.txt"; then
    exit 1
fi
sed -e '/ssl2\/ssl2.h/d' -e 's/&sslr_ssl2/NULL/' core/profiles/full.c >"$build/full_without_ssl2.c"
cc -std=c99 -pedantic -Wall -Wextra -Werror -I. -iquote core/profiles -c "$build/full_without_ssl2.c" \
    -o "$build/full_without_ssl2.o"
redis= # a library of its own, which the samples use where it was built
[ ! -f "$full/libsslref-redis.a" ] || redis="$full/libsslref-redis.a -lhiredis"
# shellcheck disable=SC2046,SC2086 # one argument per object
cc "$full/obj/samples/event_loop.o" "$full/obj/samples/parts.a" "$build/full_without_ssl2.o" $redis \
    $(find "$full/obj/core" "$full/obj/crypto" "$full/obj/platform" -name '*.o' \
        ! -path '*/core/ssl2/*' ! -path '*/core/profiles/full.o' \
        ! -path '*/platform/redis/*' ! -path '*/platform/libssl/*') \
    -ltomcrypt -ltommath -lpthread -o "$build/event_loop_without_ssl2"
"$build/event_loop_without_ssl2" >"$build/event-loop-without-ssl2.txt"

size() { # bytes of code and constants
    command size "$1" | awk 'NR == 2 { print $1 }'
}
echo "profiles: modern has $(wc -l <"$build/modern-symbols.txt") symbols, none of old versions;" \
    "$(size "$build/modern/obj/sslref.o") bytes against $(size "$full/obj/sslref.o")"
