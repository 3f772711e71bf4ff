#!/bin/sh
# check_prefix.sh BUILD: the library exports the functions of the headers and nothing else, and with
# SYMBOL_PREFIX every one of them carries it, while programs that include the headers still link.
set -eu
build=$1
prefix=mine_
make -s -j2 BUILD="$build" SYMBOL_PREFIX=$prefix all
make -s BUILD="$build" SYMBOL_PREFIX=$prefix install DESTDIR="$build/installed" PREFIX=/usr LIBDIR=/usr/lib

check() { # check LIBRARY PREFIX EXPORTS NM-OPTION...
    library=$1 names=$2 exports=$3
    shift 3
    nm "$@" --defined-only --extern-only -P "$library" | awk 'NF > 2 { print $1 }' |
        LC_ALL=C sort -u >"$build/found"
    sed "s/^/$names/" "$exports" | LC_ALL=C sort -u >"$build/wanted"
    if ! diff "$build/wanted" "$build/found" >"$build/difference"; then
        echo "$library: symbols that are missing (<) or too many (>):"
        cat "$build/difference"
        exit 1
    fi
}
check "$build/libsslref.a" $prefix "$build/exports"
check "$build/libsslref.so" $prefix "$build/exports" -D
plain=${build%/*}
if [ -f "$plain/libsslref.so" ]; then
    check "$plain/libsslref.a" "" "$plain/exports"
    check "$plain/libsslref.so" "" "$plain/exports" -D
fi

cat >"$build/user.c" <<'END'
#include <sslref/ssl.h>
int main(void)
{
    return SSLContextSize() == 0;
}
END
cc -std=c99 -Wall -Werror -I"$build/installed/usr/include" "$build/user.c" \
    "$build/installed/usr/lib/libsslref.a" -ltomcrypt -ltommath -o "$build/user"
"$build/user"
echo "prefix: $(wc -l <"$build/exports") public functions, no other symbol leaves the library"
