#!/bin/bash
# check_classic.sh BUILD: the sample "classic" does what its head says: the version matrix of the
# manual, pins, anonymous servers; and every line that --probe prints connects samples/client.
set -u
build=$1
samples=$build/samples
work=$(mktemp -d)
servers=()
trap '[ ${#servers[@]} = 0 ] || kill "${servers[@]}" 2>/dev/null; rm -rf "$work"' EXIT
passed=0 failed=0

expect() { # expect NAME WANTED FOUND
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $1: wanted \"$2\", found \"$3\""
    fi
}

serve() { # serve PROGRAM OPTIONS...: sets $port
    : >"$work/server.out" # the port of the one before must not be taken for this one's
    "$@" >"$work/server.out" 2>"$work/server.err" &
    servers+=($!)
    port=
    for _ in $(seq 50); do
        port=$(sed -n 's/^port=//p' "$work/server.out" | head -1)
        [ -z "$port" ] || return 0
        sleep 0.1
    done
    echo "FAILED: no server"
    exit 1
}

connect() { # connect OPTIONS...: what it says of the version, or "refused"
    if "$samples/classic" -t 10 -p "$port" "$@" 127.0.0.1 >"$work/page" 2>"$work/said" </dev/null &&
        grep -q 'A page over SSL' "$work/page"; then
        sed -n 's/^version=\([0-9.]*\) .*/\1/p' "$work/said"
    else
        echo refused
    fi
}

openssl req -x509 -newkey rsa:1024 -nodes -days 30 -subj /CN=old -keyout "$work/key.pem" \
    -out "$work/cert.pem" 2>/dev/null || exit 1
openssl x509 -in "$work/cert.pem" -outform DER -out "$work/cert.der"
pin=$(openssl x509 -in "$work/cert.pem" -noout -pubkey | openssl pkey -pubin -outform DER |
    sha256sum | cut -c1-64)
identity=(-C "$work/cert.pem" -K "$work/key.pem")

# The matrix: client, then what the servers -n, -h, -3, -2 make of it.
while read -r client wanted; do
    for server in -n -h -3 -2; do
        serve "$samples/classic" -s $server -p 0 -t 10 "${identity[@]}"
        expect "client $client, server $server" "${wanted%% *}" "$(connect "$client")"
        wanted=${wanted#* }
    done
done <<'END'
-n 3.0 3.0 refused 2.0
-h 3.0 3.0 refused refused
-3 3.0 3.0 3.0 refused
-2 2.0 refused refused 2.0
END

# Certificates in the form of 1996: the length in three bytes, then DER.
{ printf "\\0\\$(printf %o $(($(stat -c %s "$work/cert.der") / 256)))\\$(printf %o $(($(stat -c %s "$work/cert.der") % 256)))"
    cat "$work/cert.der"; } >"$work/cert.1996"
for chain in cert.der cert.1996; do
    serve "$samples/classic" -s -p 0 -t 10 -C "$work/$chain" -K "$work/key.pem"
    expect "chain from $chain" 3.0 "$(connect -n)"
done

serve "$samples/classic" -s -A -p 0 -t 10 "${identity[@]}"
expect "client certificate" 3.0 "$(connect -A "${identity[@]}")"
wait "${servers[-1]}"
expect "the server saw it" 1 "$(sed -n 's/.*peer_certs=//p' "$work/server.err")"

serve "$samples/classic" -s -p 0 -t 10 "${identity[@]}"
expect "the right pin" 3.0 "$(connect --pin "$pin")"
serve "$samples/classic" -s -p 0 -t 10 "${identity[@]}"
expect "a wrong pin" refused "$(connect --pin "${pin//[0-9]/a}")"
serve "$samples/classic" -s -p 0 -t 10
expect "an anonymous server" 3.0 "$(connect -n)"
serve "$samples/classic" -s -p 0 -t 10
expect "an anonymous server cannot have the pin" refused "$(connect --pin "$pin")"

# Every line of the probe connects, with the version and the suite that it names.
serve "$samples/server" --port 0 --cert "$work/cert.pem" --key "$work/key.pem" --min ssl2 --max tls1.3 \
    --any-sni --max-seconds 60 --suites TLS_RSA_WITH_RC4_128_MD5,TLS_RSA_WITH_DES_CBC_SHA,`
    `SSL_RSA_WITH_3DES_EDE_CBC_MD5,TLS_DHE_RSA_WITH_AES_128_CBC_SHA,TLS_AES_128_GCM_SHA256
"$samples/classic" -t 5 --probe "127.0.0.1:$port" >"$work/probe"
expect "versions found" 6 "$(grep -c '^  client' "$work/probe")"
expect "suites found" 15 "$(grep -c '^  [TS][LS][SL]_' "$work/probe")"
while read -r _ options; do
    # shellcheck disable=SC2086 # the line is a list of options
    said=$(timeout 10 "$samples/client" $options --info --get /status.txt 2>&1 >/dev/null </dev/null |
        sed -n 's/^version=\([^ ]*\) suite=\([^ ]*\) .*/--min \1 --max \1 --suites \2/p')
    expect "$options" "$said" "$(echo "$options" | sed 's/.*\(--min .*\) --pin .*/\1/')"
done < <(grep '^  client' "$work/probe")

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
