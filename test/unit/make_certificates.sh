#!/bin/bash
# make_certificates.sh DIR: certificates and key files for the unit tests, made with openssl.
#
# For every KIND (rsa, rsapss, p256, p384, p521, ed25519, dsa) there is KIND-root.pem,
# KIND-inter.pem and KIND-leaf.pem with one key, KIND.key; "pssrsa" is PSS by an ordinary RSA key,
# "restricted" a PSS key that allows SHA-256 alone. Each also as .der. Validity is ten years from
# today. keys/ has private keys in every container; the password is "secret".
set -euo pipefail
cd "$1"
export OPENSSL_CONF=/dev/null
umask 077
mkdir -p keys

cat >config <<'END'
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[inter]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
extendedKeyUsage = serverAuth, clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
certificatePolicies = 1.2.3.4
[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:www.example.com, DNS:*.wild.example.com, IP:192.0.2.1, IP:2001:db8::1
[client]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
[plain]
END

# certificate NAME SECTION SUBJECT KEY [ISSUER ISSUER_KEY] [options]
certificate()
{
    local name=$1 section=$2 subject=$3 key=$4
    shift 4
    local issuer=()
    if [ $# -ge 2 ] && [ "${1#-}" = "$1" ]; then
        issuer=(-CA "$1.pem" -CAkey "$2.key")
        shift 2
    fi
    openssl req -x509 -new -config config -extensions "$section" -subj "$subject" -key "$key.key" \
        -days 3650 -set_serial "0x$(printf '%s' "$name" | sha256sum | cut -c1-14)" \
        "${issuer[@]}" "$@" -out "$name.pem"
    openssl x509 -in "$name.pem" -outform DER -out "$name.der"
}

# chain KIND KEY [options]: root, intermediate, leaf
chain()
{
    local kind=$1 key=$2
    shift 2
    certificate "$kind-root" root "/C=DE/O=Test/CN=$kind root" "$key" "$@"
    certificate "$kind-inter" inter "/C=DE/O=Test/CN=$kind inter" "$key" "$kind-root" "$key" "$@"
    certificate "$kind-leaf" leaf "/CN=$kind leaf" "$key" "$kind-inter" "$key" "$@"
}

openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.key
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out short.key
openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out rsapss.key
openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_pss_keygen_md:sha256 \
    -pkeyopt rsa_pss_keygen_mgf1_md:sha256 -pkeyopt rsa_pss_keygen_saltlen:32 -out restricted.key
for curve in P-256 P-384 P-521; do
    openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:$curve" -out "p${curve#P-}.key"
done
openssl genpkey -algorithm ED25519 -out ed25519.key
openssl dsaparam -genkey 2048 2>/dev/null | openssl pkey -out dsa.key

chain rsa rsa -sha256
chain pssrsa rsa -sha384 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest
chain rsapss rsapss -sha512 -sigopt rsa_pss_saltlen:digest
chain restricted restricted -sha256 -sigopt rsa_pss_saltlen:32
chain p256 p256 -sha256
chain p384 p384 -sha384
chain p521 p521 -sha512
chain ed25519 ed25519
chain dsa dsa -sha256

# one more of each kind of trouble
certificate sha1-leaf leaf "/CN=sha1 leaf" rsa rsa-inter rsa -sha1
certificate md5-leaf leaf "/CN=md5 leaf" rsa rsa-inter rsa -md5
certificate sha512-leaf leaf "/CN=sha512 leaf" p256 rsa-inter rsa -sha512
certificate short-leaf leaf "/CN=short leaf" short rsa-inter rsa -sha256
certificate client-leaf client "/CN=client leaf" p256 rsa-inter rsa -sha256
certificate plain-leaf plain "/C=DE/CN=first.example.com/CN=cn.example.com" p256 \
    rsa-inter rsa -sha256
certificate self leaf "/CN=self" p256 -sha256
certificate self-ca root "/CN=self-ca" p256 -sha256

# the root of p256 signed by that of rsa, and the other way round
certificate p256-cross root "/C=DE/O=Test/CN=p256 root" p256 rsa-root rsa -sha256
certificate rsa-cross root "/C=DE/O=Test/CN=rsa root" rsa p256-root p256 -sha256

# private keys: NAME-FORMAT.pem and .der
for name in rsa rsapss p256 p384 p521 ed25519 dsa; do
    openssl pkcs8 -topk8 -nocrypt -in "$name.key" -out "keys/$name-pkcs8.pem"
    openssl pkcs8 -topk8 -nocrypt -in "$name.key" -outform DER -out "keys/$name-pkcs8.der"
    openssl pkcs8 -topk8 -in "$name.key" -passout pass:secret -iter 1000 -v2 aes-256-cbc \
        -v2prf hmacWithSHA256 -out "keys/$name-encrypted.pem"
done
openssl rsa -in rsa.key -traditional -out keys/rsa-pkcs1.pem
openssl rsa -in rsa.key -traditional -outform DER -out keys/rsa-pkcs1.der
openssl pkey -in dsa.key -traditional -out keys/dsa-traditional.pem
openssl pkey -in dsa.key -traditional -outform DER -out keys/dsa-traditional.der
for name in p256 p384 p521; do
    openssl ec -in "$name.key" -out "keys/$name-sec1.pem"
    openssl ec -in "$name.key" -outform DER -out "keys/$name-sec1.der"
done
openssl ec -in p256.key -no_public -out keys/p256-nopublic.pem
{ openssl ecparam -name prime256v1; cat keys/p256-sec1.pem; } >keys/p256-parameters.pem
{ echo 'a key:'; sed 's/$/\r/' keys/p256-sec1.pem; } >keys/p256-crlf.pem
for cipher in aes-128-cbc aes-256-cbc des-ede3-cbc; do
    for prf in hmacWithSHA1 hmacWithSHA256 hmacWithSHA384 hmacWithSHA512; do
        openssl pkcs8 -topk8 -in p256.key -passout pass:secret -iter 100 -v2 "$cipher" \
            -v2prf "$prf" -outform DER -out "keys/encrypted-$cipher-$prf.der"
    done
done
# known, but not taken
openssl ec -in p256.key -aes128 -passout pass:secret -out keys/refused-legacy.pem
openssl pkcs8 -topk8 -in p256.key -passout pass:secret -scrypt -scrypt_N 1024 \
    -out keys/refused-scrypt.pem
openssl pkcs8 -topk8 -in p256.key -passout pass:secret -v1 PBE-SHA1-3DES -iter 100 \
    -out keys/refused-pkcs12.pem
openssl pkcs8 -topk8 -in p256.key -passout pass:secret -v2 aes-192-cbc -iter 100 \
    -out keys/refused-aes192.pem
openssl genpkey -algorithm X25519 -out keys/refused-x25519.pem
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1 -out keys/refused-curve.pem
openssl ec -in p256.key -param_enc explicit -out keys/refused-explicit.pem
