/*
 * test_dsa_sign.c - signing with DSA: the values of RFC 6979 and of an independent derivation, the
 * hedge, checks of private keys, and the openssl command in both directions (Debian package
 * openssl; skipped without).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "openssl_command.h"
#include "public_key_support.h"
#include "public_key_vectors.h"

/* ---- keys and known answers ---- */

typedef struct DsaCase {
    int         q_bits;
    const char *p, *q, *g, *y, *x;
    const char *sha1, *sha256, *sha512; /* signatures of "sample", the nonce without a hedge */
} DsaCase;

/* Keys and signatures were made with Python's integers, hashlib and hmac. Where q has 163 bits,
 * digests and nonces are cut within a byte. */
static const DsaCase cases[] = {
    {
        /* RFC 6979 A.2.1 */
        .q_bits = 160,
        .p      = DSA_P,
        .q      = DSA_Q,
        .g      = DSA_G,
        .y      = DSA_Y,
        .x      = "411602cb19a6ccc34494d79d98ef1e7ed5af25f7",
        .sha1   = DSA_SIGNATURE_SHA1,
        .sha256 = DSA_SIGNATURE_SHA256,
    },
    {
        .q_bits = 163,
        .p = "f139369767b28ccb4fb0b0fca25b5681d05f410230459f522dc3bd2900d46e9a7cc4b46e72d21f0b152e"
             "9ea1a5e1509a23b49669e2dc965863c71fc58e15ed4e20188f424d29c46d18e2cd3639f4faf9dbf269b3"
             "3291aa393d63c71937cef9cb19403c6a63568ce61bf6033982e0a3f3c178a3dc5907b3c4acc18fc7580c"
             "c5eb",
        .q = "07c439f34ac963cfe0afae5a3bb9096a04e7d80069",
        .g = "35fb2710337398009eeb536d0dcbf6e1d577ae216faa8ca0cd46f343a9e2aa59792f3a9351d310c105ce"
             "f5c692e6db833b7180ae5a93acee78bab2de17a2843aa721c59b298a92c6461937d1bc104fa9a34d0c5c"
             "118fde06ea0abdd48d1844863c14ef15bfdbf855b5288df9ec510d927759b802f2cef10d0146d745fa34"
             "51c2",
        .y = "95343cdbe068711485ee7f498253e0693189b347c9bb8215f11bf559b5d16a2b59f2ba72a758b1170417"
             "dbefdd3e1398fc70d03c3dca06aa51f1cea13577292e673c133477004fdf754d817cbba4b613ede315aa"
             "66d35f79e260c9219796d017ed3353f0c3dae3480fd235e6297d1ad00e5259563de44df2166c35d61487"
             "ab31",
        .x = "2e24beb5f424c71670eec4b6c0b83fe6b0bab240",
        .sha1 =
            "302e021506e6ce1b8c14b61a5be0828bb18d8f8d39a934c84602150377448481b1f4a4dc9cf6dca60ebe"
            "19cb9a502239",
        .sha256 =
            "302e021501415ce6d9bf615985148adcd579edd4d9537a4584021506b92957f1cebfdae732fdc8fc44b1"
            "38064e0ccd6e",
        .sha512 =
            "302d02140ba119d7e6ed6de0300242aafebda7af366a06730215063eb4cc5b7a24ac59bbdf88560c6a67"
            "b44f20f943",
    },
    {
        .q_bits = 224,
        .p = "de56a08d8cf9e3d7f6c70eaff5ce4ef84786fa9a816db9c3b5a91773aa5cdcc285661dc347620e6cd605"
             "68857ac421f23ba426c771263ff1e91ada5a19fe536a5640eac82a9865415e318f35df5cd98cdd575bc3"
             "52e1c2cfbbe41f42de5d38259fd86dbd36dce04711c382e1d226a965b07263ea37e880a06150526ffdff"
             "efa9c1b53dfcb3e28693019a088a5c50838c90ecd9ef9a03e51683b61a18e52194f11b01b99602023ac0"
             "c331f40e86a3669a273200a9026377954e5cdc4fe583401d1e88d62fe07373a75b0f867c94bab23997e8"
             "7ff3de08f8f2419f4573100d6173873a19be0531a95d7f88fc12e49d816ee44f090fd2cda5178ba64373"
             "f3dd6827",
        .q = "94ffb7ceccff65cfd82f3f74662e300c3ef76cd4282ef14681e7dd97",
        .g = "605aa75425e76d2af5043fd48be464c79857c5801cedd2fedec35bfd64c22ca4e71eeb4bc94f48d3c5bc"
             "75f16167e225445aae8a4328098bd16abcc8bcc497edc6ee46193aa5bd8edc0a7fb496de29aaa1203b6f"
             "f229a67be16fa9c67b04199b6aacd18184ecaa245f33c855fccc0b9966beabe27f2e1d96976603200e3c"
             "c8174b9b3c356b5099e29a386ccccc115ed90165b79d2a7784444a4535b216aaa8a3bb9e28478706ba36"
             "4af399e1dae64e221023ea5ae5179301d5f5d5ca1c6b0625633e63495d81a632b26b75038e2a235182b0"
             "e147fdceefdd7f19f67448c882ce03812752d4651acb76d6d6a0af43fb97560b2c6fad6724159908ef38"
             "7a23a2a7",
        .y = "5a4d187e046f447dcf20f8a666abc7c7937308a8541dc4bf18054fa07314a7e2c46ba56cfe60c8a3b9d7"
             "f0f1a40289f92067a8ef7d89c23df76851e5f29666c85e83f195cea098acd2ef01618e8ea0033253a15f"
             "75b23df6e9e535e87a576af0e69d05bc99ec5c2685bd790e88ea6a72877324eeffbcca8a075ed2ad213e"
             "702dc1d71c76cbf6a463730d202eec15ce32b9bab8c2e581ac40068555533269093e6760ad375af7ef2f"
             "fb6dbe68b5f3c2e30bb91bbc72563366fefa12c9aaaf290a6a3c310d04f5f9fbfc1107b0a778dfa12077"
             "4e75e7d8dbfc05b132852711156fde50d36f77734b23f07e88254be330a9e469290307e008ac299504de"
             "54e13c02",
        .x = "7e6c1dce1dac5279bafbabe27af0c4ea5da0fd1050c285093c3628c6",
        .sha1 =
            "303d021c6a47bedb68adc7ce9574566b5e9bc9d6cc858fba965629e336f25514021d00802c44ed981455"
            "799ae4147e2352071e2383166d3dbe984425087ef0",
        .sha256 =
            "303c021c332cedda20347fed87a6a5ad1607ac80d3c418fb91e04072f4b949bd021c5bb03476898c1a03"
            "95f4eda759e37f2606895c28575fc6e5349360a3",
        .sha512 =
            "303c021c69326b8f2b6cb1e3a37383af7f28926c13148b3283d57b47bd881655021c419ff7f54998d62f"
            "6aaa30398c8132a9f532620f82687e4a917f6e4a",
    },
    {
        .q_bits = 256,
        .p = "cd68fe6152d89b218b71cee9b29bc20c54da0b83883a37332049a5389ec10f65dbb4c8832e050151e346"
             "cfb7cea5a0882d51f0f21018a0ea7d1168d9d332d0efd11fdfb45e1cce0842e02bf68497ca7fe3c492d6"
             "39c3178dec4bd2b593ffaed5d797158609668a33cfd6ac2fa5060795ae96bf325192d8f80797bdbb0fa7"
             "fd77d3dd3b349d64de9776224d147eab5d591f762f616efc4a96f8bfba4c9e7369f1b7dc70a005635181"
             "61ac28374b4cab02da216f771972281bd3be3ba0a417d6d5a02814c39e38b8e822a092a47eb1a2636a53"
             "fe939546d4741d666a46caeb57e9b3fe703e32ea30273a0d2765376fd9e4aa98f57ed87b2a58f4e2c4ad"
             "83e256c1bb8d97b574b9311dd9358eaee298e9d990103fc9ae48ee39adf8345b5585ef7cc91cbc66db32"
             "87e8acdd4e582e77cc31b6d63b917ac509e035567ca92ab284ff3c1fada5e36924614493c568d19573cd"
             "c829d482cb602253eceb6c778e0b05a8d63b31e56bc3feb6ba523e322ccdcb4d8a2200e8f8ccd8401828"
             "0164368bb805",
        .q = "9e53db1d1631091410b31d68df5a2a2f6a33689832e73e7af9f8846a3ff42aa1",
        .g = "ae0968300091fa980ec00619976075c1cbddce31053bdb216f68f8bcac7d31c366af7335e4686b5285d2"
             "06b78c0bc6f08e88c33ca89e8e38ed63ee71daea4980b5249e919694c57d982396308246547ac6ce5211"
             "1f3277f0a2bfcabe447508c0b15c10a5d34b91db3bfe96a6019b2947ba40ec4ca675dd4538dd93ee76d6"
             "69da87209ddc2257d483a4d0b2797cc38e0900f040dea6e6c9e9d5e8dccd43f35993384969c231a01248"
             "c594ec1b864c1af12a28488137ffeff1c1cc38ac205926a18617533192e5cd02dd211d7fbdb4aa9cefb4"
             "626402b7596366c8fa447e12d1c517a385af6173e69bc3ce9557cfba4abc3b23de3a7c153572eac5bb74"
             "4b352f13e85035531cdd208bfb0e7f4893b17dc6ef5866b338c856b36e3456d95ef10f5f569835798ee3"
             "c6f9a194c76a35732809ab9d1db558b56fa5dc057056a7733d8efa8d369742eaf7681d62bceea46ad087"
             "2c1ef51a8921f3f82b7d1dd3d7c44e1700fdbcab7d6399fae4521d0005485b0e58d6c8e714d554f14900"
             "9e1c684ac22b",
        .y = "6c9db93a8200c611de9eeae6d22e2d7ac818532682f2d2d18b34ae5549eeedcd32bed463975887e97297"
             "de85e76e091d6b2bbb396941a701a787387f4ccf23fc0e32ba16e674cb397c358c061a12a9b872834f19"
             "e19a96d7549592e0eed41647f9cbfddf22f281f8a131e31ad80291f0e7047231ef29013e26b805782ab2"
             "293e96902031f618393727525571432e03e79430a718ec82dd25f5b5891e31c15603bded732de7995e39"
             "f6e6eb15b5fbcc904ca1346f89c222f5bb75fa0f8d6829697b351f4130ce8fd6cb60c117ff2e34c5118e"
             "aa78bab6aa6f14e96510520f262a137722f30e74b8abf17b275c0ac66e172b966391f51b7ec75e79864f"
             "1e4325f6fd3055d5ee55f97bb3f9fa594c88266476c0f9f8f0897ed343f5c7154534077428cd34262646"
             "a89fb8a60d040e33c5fcd4e859b0ade856f495d480b01ef14b2461a3a7b13e54d5afcf4feacb93bc4003"
             "366196a9c6ed93223a70b532de657b4cda7b4f2b69d210eeed2333a035b6760d211aaeaf5312d5a0d9b5"
             "e3f0b371aad5",
        .x = "06691ae4d681671cb04488105ee13c061635bb4dbd2a5a2c00a889555caf34a4",
        .sha1 =
            "30440220093eed854e95c6afbe26819b54ca5c59f110df1347a3c01ed812dc5af5857b3d0220045a54ef"
            "a3b9dcac95ce511dad340bb12de8fb72098ad71c7656c05626698ced",
        .sha256 =
            "3044022074a40e96556c1b20d9ec58015dc3c7470647f6e731aa16bd837cbc2135dfdeb702203a201a4d"
            "98b115b889b5791c81b57eb807c1bd70d2a77470c6e280837589a37d",
        .sha512 =
            "304402206ff5073ae0f2e88936effc081605c4ed14915fc51f25949b5d6601e853d1472002205c412ee2"
            "86cdab6c7d3c957cdb8045d47c29874fc8c32d41802c920dfd6989a7",
    },
};

#define CASES (sizeof(cases) / sizeof(cases[0]))

static DsaPrivateKey private_key(const DsaCase *one)
{
    DsaPrivateKey key;

    key.public_key.p = pk_number(one->p);
    key.public_key.q = pk_number(one->q);
    key.public_key.g = pk_number(one->g);
    key.public_key.y = pk_number(one->y);
    key.x            = pk_number(one->x);
    return key;
}

static const struct {
    HashId      id;
    const char *name;
} hashes[] = {{HASH_SHA1, "sha1"}, {HASH_SHA256, "sha256"}, {HASH_SHA512, "sha512"}};

#define HASHES (sizeof(hashes) / sizeof(hashes[0]))

/* ---- known answers ---- */

static void check_signature(const DsaPrivateKey *key, HashId hash, const char *expected)
{
    uint8_t digest[MAX_HASH_SIZE], signature[MAX_DSA_SIZE];
    size_t  length;
    Number  wanted;

    if (expected == NULL) {
        return;
    }
    wanted = pk_number(expected);
    sslr_hash(hash, "sample", 6, digest);
    assert_int_equal(
        sslr_dsa_sign(key, NULL, hash, digest, sslr_hash_size(hash), signature, &length), SSLNoErr);
    assert_int_equal(length, wanted.length);
    assert_memory_equal(signature, wanted.data, length);
}

static void signatures_without_a_hedge_are_those_of_rfc6979(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < CASES; i++) {
        DsaPrivateKey key = private_key(&cases[i]);

        check_signature(&key, HASH_SHA1, cases[i].sha1);
        check_signature(&key, HASH_SHA256, cases[i].sha256);
        check_signature(&key, HASH_SHA512, cases[i].sha512);
    }
}

/* ---- the hedge ---- */

static void hedged_signatures_differ_and_verify(void **state)
{
    static const size_t lengths[] = {0, 1, 16, 20, 28, 32, 36, 48, 64};
    size_t              i, j;

    (void)state;
    for (i = 0; i < CASES; i++) {
        DsaPrivateKey key = private_key(&cases[i]);
        TestRandom    source;
        CryptoRandom  random     = pk_random(&source, (uint32_t)i * 100);
        uint8_t       digest[64] = {1, 2, 3}, first[MAX_DSA_SIZE], second[MAX_DSA_SIZE];
        size_t        first_length, second_length;

        memset(digest + 3, 0xff, sizeof(digest) - 3);
        for (j = 0; j < sizeof(lengths) / sizeof(lengths[0]); j++) {
            assert_int_equal(
                sslr_dsa_sign(&key, &random, HASH_SHA1, digest, lengths[j], first, &first_length),
                SSLNoErr);
            assert_int_equal(
                sslr_dsa_sign(&key, &random, HASH_NONE, digest, lengths[j], second, &second_length),
                SSLNoErr);
            assert_true(first_length != second_length || memcmp(first, second, first_length) != 0);
            assert_int_equal(
                sslr_dsa_verify(&key.public_key, digest, lengths[j], first, first_length),
                SSLNoErr);
            assert_int_equal(
                sslr_dsa_verify(&key.public_key, digest, lengths[j], second, second_length),
                SSLNoErr);
        }
        first[first_length - 1] ^= 1;
        assert_int_equal(sslr_dsa_verify(&key.public_key, digest, 64, first, first_length),
                         SSLProtocolErr);
    }
}

/* Two messages under a source that always says the same must not share a nonce: r would be equal,
 * and the private key could be computed. */
static void stuck_source_does_not_repeat_a_nonce(void **state)
{
    DsaPrivateKey key = private_key(&cases[0]);
    TestRandom    source;
    CryptoRandom  random     = pk_random(&source, 1);
    uint8_t       digest[20] = {1}, one[MAX_DSA_SIZE], other[MAX_DSA_SIZE];
    size_t        length;

    (void)state;
    source.constant = 0;
    assert_int_equal(sslr_dsa_sign(&key, &random, HASH_SHA1, digest, 20, one, &length), SSLNoErr);
    digest[0] = 2;
    assert_int_equal(sslr_dsa_sign(&key, &random, HASH_SHA1, digest, 20, other, &length), SSLNoErr);
    assert_memory_not_equal(one + 5, other + 5, 19);
}

static void broken_source_stops_signing(void **state)
{
    DsaPrivateKey key = private_key(&cases[0]);
    TestRandom    source;
    CryptoRandom  random     = pk_random(&source, 1);
    uint8_t       digest[20] = {1}, signature[MAX_DSA_SIZE];
    size_t        length;
    int           calls;

    (void)state;
    assert_int_equal(sslr_dsa_sign(&key, &random, HASH_SHA1, digest, 20, signature, &length),
                     SSLNoErr);
    calls = source.calls;
    assert_int_equal(calls, 3); /* hedge, exponent, equation */
    while (calls-- > 0) {
        random            = pk_random(&source, 1);
        source.calls_left = calls;
        memset(signature, 0xee, sizeof(signature));
        length = 99;
        assert_int_equal(sslr_dsa_sign(&key, &random, HASH_SHA1, digest, 20, signature, &length),
                         BROKEN_SOURCE);
        assert_int_equal(length, 0);
        assert_true(pk_all_zero(signature, sizeof(signature)));
    }
}

/* ---- private keys ---- */

static void refuse_to_sign(const DsaPrivateKey *key)
{
    uint8_t digest[20] = {1}, signature[MAX_DSA_SIZE];
    size_t  length     = 99;

    memset(signature, 0xee, sizeof(signature));
    assert_int_equal(sslr_dsa_check_private(key), SSLBadKeyErr);
    assert_int_equal(sslr_dsa_sign(key, NULL, HASH_SHA1, digest, 20, signature, &length),
                     SSLBadKeyErr);
    assert_int_equal(length, 0);
    assert_true(pk_all_zero(signature, sizeof(signature)));
}

static void private_keys_are_checked(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < CASES; i++) {
        DsaPrivateKey key   = private_key(&cases[i]);
        uint8_t       x[33] = {0}, y[384];
        size_t        length;

        assert_int_equal(sslr_dsa_check_private(&key), SSLNoErr);
        assert_int_equal(sslr_dsa_public(&key, y), SSLNoErr);
        length = key.public_key.p.length - key.public_key.y.length;
        assert_true(pk_all_zero(y, length));
        assert_memory_equal(y + length, key.public_key.y.data, key.public_key.y.length);
        memcpy(x, key.x.data, key.x.length);
        key.x.data = x;
        pk_step(x, key.x.length, 1);
        assert_int_equal(sslr_dsa_check_private(&key), SSLBadKeyErr);
        key = private_key(&cases[i]);
        memcpy(y, key.public_key.y.data, key.public_key.y.length);
        key.public_key.y.data = y;
        pk_step(y, key.public_key.y.length, 1);
        assert_int_equal(sslr_dsa_check_private(&key), SSLBadKeyErr);
    }
}

static void private_numbers_out_of_range_are_refused(void **state)
{
    const DsaPrivateKey  good  = private_key(&cases[0]);
    static const uint8_t one   = 1;
    uint8_t              x[21] = {0}, big[385];
    DsaPrivateKey        key   = good;

    (void)state;
    key.x.data = x;
    refuse_to_sign(&key); /* 0 */
    key.x.length = 0;
    refuse_to_sign(&key);
    key.x = good.public_key.q;
    refuse_to_sign(&key); /* q */
    memcpy(x + 1, good.x.data, 20);
    key.x.data   = x;
    key.x.length = 21; /* longer than q, though by a zero alone */
    refuse_to_sign(&key);
    key                     = good;
    key.public_key.g.data   = &one;
    key.public_key.g.length = 1;
    refuse_to_sign(&key);
    key = good;
    memset(big, 0xff, sizeof(big));
    key.public_key.p.data   = big;
    key.public_key.p.length = 385;
    refuse_to_sign(&key);
    key                     = good;
    key.public_key.q.data   = big;
    key.public_key.q.length = 33;
    refuse_to_sign(&key);
    key.public_key.q.length = 0;
    refuse_to_sign(&key);
}

static void leading_zeros_of_the_private_number_do_not_matter(void **state)
{
    DsaPrivateKey key   = private_key(&cases[1]); /* x has a byte less than q */
    uint8_t       x[21] = {0};

    (void)state;
    assert_int_equal(key.x.length, 20);
    memcpy(x + 1, key.x.data, 20);
    key.x.data   = x;
    key.x.length = 21;
    assert_int_equal(sslr_dsa_check_private(&key), SSLNoErr);
    check_signature(&key, HASH_SHA256, cases[1].sha256);
}

/* g outside the subgroup of q: signatures would tell x modulo the order of the rest. */
static void generator_of_another_order_is_refused(void **state)
{
    DsaPrivateKey key = private_key(&cases[0]);
    uint8_t       two = 2, one = 1, four = 2;

    (void)state;
    key.public_key.g.data   = &two;
    key.public_key.g.length = 1;
    key.public_key.y.data   = &four; /* 2 ^ 1 */
    key.public_key.y.length = 1;
    key.x.data              = &one;
    key.x.length            = 1;
    assert_int_equal(sslr_dsa_check_private(&key), SSLBadKeyErr);
}

/* ---- openssl ---- */

/* tag, length in two bytes (openssl takes lengths that could be shorter), contents. */
static size_t put_der(uint8_t *out, uint8_t tag, const uint8_t *data, size_t length)
{
    size_t zero = tag == 0x02 && (length == 0 || data[0] >= 0x80), size = length + zero;

    out[0] = tag;
    out[1] = 0x82;
    out[2] = (uint8_t)(size >> 8);
    out[3] = (uint8_t)size;
    out[4] = 0;
    memcpy(out + 4 + zero, data, length);
    return 4 + size;
}

/* The form of openssl's own: SEQUENCE { 0, p, q, g, y, x }. */
static void install_key(const DsaPrivateKey *key)
{
    const DsaPublicKey *half  = &key->public_key;
    const Number        all[] = {{NULL, 0}, half->p, half->q, half->g, half->y, key->x};
    uint8_t             body[2000], der[2004];
    size_t              length = 0, i;

    for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        length +=
            put_der(body + length, 0x02, all[i].length != 0 ? all[i].data : body, all[i].length);
    }
    openssl_write("key", der, put_der(der, 0x30, body, length));
    assert_true(openssl_run("pkey -inform DER -in key -pubout -out public"));
}

static void openssl_both_ways(const DsaCase *one)
{
    static const char message[] = "a message that both of us know";
    DsaPrivateKey     key       = private_key(one);
    TestRandom        source;
    CryptoRandom      random = pk_random(&source, 7);
    size_t            i;

    install_key(&key);
    openssl_write("message", message, strlen(message));
    for (i = 0; i < HASHES; i++) {
        uint8_t digest[MAX_HASH_SIZE], signature[MAX_DSA_SIZE + 1];
        size_t  size = sslr_hash_size(hashes[i].id), length;
        char    arguments[200];

        sslr_hash(hashes[i].id, message, strlen(message), digest);
        assert_int_equal(
            sslr_dsa_sign(&key, &random, hashes[i].id, digest, size, signature, &length), SSLNoErr);
        openssl_write("signature", signature, length);
        (void)snprintf(arguments, sizeof(arguments),
                       "dgst -%s -verify public -signature signature message", hashes[i].name);
        assert_true(openssl_run(arguments));
        (void)snprintf(arguments, sizeof(arguments),
                       "dgst -%s -keyform DER -sign key -out signature message", hashes[i].name);
        assert_true(openssl_run(arguments));
        length = openssl_read("signature", signature, sizeof(signature));
        assert_true(length <= MAX_DSA_SIZE);
        assert_int_equal(sslr_dsa_verify(&key.public_key, digest, size, signature, length),
                         SSLNoErr);
    }
}

static void openssl_verifies_ours_and_we_verify_its(void **state)
{
    size_t i;

    (void)state;
    if (!openssl_is_there) {
        skip();
    }
    for (i = 0; i < CASES; i++) {
        if (cases[i].q_bits % 8 == 0) { /* it knows no others */
            openssl_both_ways(&cases[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signatures_without_a_hedge_are_those_of_rfc6979),
        cmocka_unit_test(hedged_signatures_differ_and_verify),
        cmocka_unit_test(stuck_source_does_not_repeat_a_nonce),
        cmocka_unit_test(broken_source_stops_signing),
        cmocka_unit_test(private_keys_are_checked),
        cmocka_unit_test(private_numbers_out_of_range_are_refused),
        cmocka_unit_test(leading_zeros_of_the_private_number_do_not_matter),
        cmocka_unit_test(generator_of_another_order_is_refused),
        cmocka_unit_test(openssl_verifies_ours_and_we_verify_its),
    };

    if (sslr_crypto_setup() != SSLNoErr) {
        return 1;
    }
    return cmocka_run_group_tests(tests, openssl_begin, openssl_end);
}
