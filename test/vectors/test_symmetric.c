/*
 * test_symmetric.c - authenticated ciphers and CBC against published values, values computed with
 * OpenSSL, and Wycheproof where installed (see wycheproof.h). Uses crypto/crypto.h alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../crypto/crypto.h"
#include "hex.h"
#include "wycheproof.h"

/* Bytes that anybody can compute again: byte i is factor * i + offset. */
static void fill_pattern(uint8_t *out, size_t length, unsigned factor, unsigned offset)
{
    size_t i;

    for (i = 0; i < length; i++) {
        out[i] = (uint8_t)(factor * i + offset);
    }
}

/* ---- authenticated encryption: published values ---- */

typedef struct AeadCase {
    AeadId      id;
    const char *key, *nonce, *aad, *plain, *cipher, *tag;
} AeadCase;

static const AeadCase aead_cases[] = {
    /* the submission of GCM to NIST, test cases 1, 2, 4 and 16 */
    {AEAD_AES_128_GCM, "00000000000000000000000000000000", "000000000000000000000000", "", "", "",
     "58e2fccefa7e3061367f1d57a4e7455a"},
    {AEAD_AES_128_GCM, "00000000000000000000000000000000", "000000000000000000000000", "",
     "00000000000000000000000000000000", "0388dace60b6a392f328c2b971b2fe78",
     "ab6e47d42cec13bdf53a67b21257bddf"},
    {AEAD_AES_128_GCM, "feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595680953"
     "2fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c"
     "7d8f6a5aac84aa051ba30b396a0aac973d58e091",
     "5bc94fbc3221a5db94fae95ae7121a47"},
    {AEAD_AES_256_GCM, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
     "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595680953"
     "2fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3d"
     "a7b08b1056828838c5f61e6393ba7a0abcc9f662",
     "76fc6ece0f4e1768cddf8853bb2d551b"},
    /* NIST SP 800-38C, example 3 */
    {AEAD_AES_128_CCM_8, "404142434445464748494a4b4c4d4e4f", "101112131415161718191a1b",
     "000102030405060708090a0b0c0d0e0f10111213", "202122232425262728292a2b2c2d2e2f3031323334353637",
     "e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5", "484392fbc1b09951"},
    /* RFC 8439 2.8.2 */
    {AEAD_CHACHA20_POLY1305, "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
     "070000004041424344454647", "50515253c0c1c2c3c4c5c6c7",
     "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f6620273939"
     "3a204966204920636f756c64206f6666657220796f75206f6e6c79206f6e652074697020666f7220"
     "746865206675747572652c2073756e73637265656e20776f756c642062652069742e",
     "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca96712"
     "82fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58"
     "fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b6116",
     "1ae10b594f09e26a7e902ecbd0600691"},
};

typedef struct Sealed {
    uint64_t state[80];
    uint8_t  nonce[AEAD_NONCE_SIZE], aad[64], data[160 + MAX_AEAD_TAG];
    size_t   aad_length, length;
} Sealed;

static void seal_case(Sealed *sealed, const AeadCase *one)
{
    uint8_t key[MAX_AEAD_KEY];

    assert_int_equal(from_hex(key, one->key), sslr_aead_key_size(one->id));
    assert_int_equal(from_hex(sealed->nonce, one->nonce), AEAD_NONCE_SIZE);
    sealed->aad_length = from_hex(sealed->aad, one->aad);
    sealed->length     = from_hex(sealed->data, one->plain);
    assert_int_equal(sslr_aead_init(sealed->state, one->id, key), SSLNoErr);
    assert_int_equal(sslr_aead_seal(sealed->state, sealed->nonce, sealed->aad, sealed->aad_length,
                                    sealed->data, sealed->length, sealed->data + sealed->length),
                     SSLNoErr);
}

static SSLErr open_case(Sealed *sealed)
{
    return sslr_aead_open(sealed->state, sealed->nonce, sealed->aad, sealed->aad_length,
                          sealed->data, sealed->length, sealed->data + sealed->length);
}

static void authenticated_ciphers_have_their_published_values(void **unused)
{
    size_t i;

    (void)unused;
    for (i = 0; i < sizeof aead_cases / sizeof aead_cases[0]; i++) {
        const AeadCase *one = &aead_cases[i];
        Sealed          sealed;

        seal_case(&sealed, one);
        assert_hex(sealed.data, sealed.length, one->cipher);
        assert_hex(sealed.data + sealed.length, sslr_aead_tag_size(one->id), one->tag);
        assert_int_equal(open_case(&sealed), SSLNoErr);
        assert_hex(sealed.data, sealed.length, one->plain);
    }
}

static void assert_refused_and_zeroed(Sealed sealed)
{
    static const uint8_t zero[160];

    assert_int_equal(open_case(&sealed), SSLProtocolErr);
    assert_memory_equal(sealed.data, zero, sealed.length);
}

static void any_changed_bit_is_refused_and_the_data_zeroed(void **unused)
{
    size_t i, bit;

    (void)unused;
    for (i = 0; i < sizeof aead_cases / sizeof aead_cases[0]; i++) {
        Sealed sealed;
        size_t bits;

        seal_case(&sealed, &aead_cases[i]);
        bits = 8 * (sealed.length + sslr_aead_tag_size(aead_cases[i].id));
        for (bit = 0; bit < bits; bit++) {
            sealed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_refused_and_zeroed(sealed);
            sealed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        for (bit = 0; bit < 8 * sealed.aad_length; bit++) {
            sealed.aad[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_refused_and_zeroed(sealed);
            sealed.aad[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        sealed.nonce[0] ^= 1;
        assert_refused_and_zeroed(sealed);
    }
}

/* ---- authenticated encryption: values computed with OpenSSL ---- */

typedef struct PatternCase {
    AeadId      id;
    size_t      aad_length, length;
    const char *sha256; /* of ciphertext and tag */
} PatternCase;

/* key 5i+1, nonce 11i+7, additional data 3i+9, data 7i+3 for byte i */
static const PatternCase pattern_cases[] = {
    {AEAD_AES_128_GCM, 0, 0, "55d6a58ba3bd892fc84a99996c7c6f0ea173fd005c74c97d8b388894cbf07580"},
    {AEAD_AES_128_GCM, 13, 1, "10a2b0647bf70a9401857e8d768a37cefd76183000e00fe8d861d969e1757f53"},
    {AEAD_AES_128_GCM, 5, 16, "016539f07ea23d2c6902ba6814f46db42d983b5db55e58dc297265c6c0c06dee"},
    {AEAD_AES_128_GCM, 0, 100, "dcdd6bcb58bed928cb5fe3d770449630eb25ba21f35fafa4950d650791d3a7b8"},
    {AEAD_AES_128_GCM, 13, 1000,
     "e366ae3787ab1760d80051a803af1a01ac3ca44209fdb360f9dc2a1384167e5b"},
    {AEAD_AES_128_GCM, 16, 16384,
     "53c01b3a745ec45eaa81a07a14cd7daa18cd9347557d18305e2154bbb9a9f891"},
    {AEAD_AES_128_GCM, 65280, 33,
     "bfa1302163c5b5c8f47abe9b58c608cc937f10c2cf0bc9a8cc4dfe6f04d6b3b5"},
    {AEAD_AES_256_GCM, 0, 0, "9d4477753b998523e705ec6efc7ad04fffcb0d4646ab1d2b909d92fd7339f975"},
    {AEAD_AES_256_GCM, 13, 1, "9710887fcbffb679c107c40549fe55f40b1a203507bbf59dea14c5955990cb92"},
    {AEAD_AES_256_GCM, 5, 16, "630dd7de061529aa440ce2c0ef7977dbd8bb72603ad6326cad68123b4faafde9"},
    {AEAD_AES_256_GCM, 0, 100, "64b80810afc995682d3355648411ed6bae46e001f22e6c1c3163287cb400d0c8"},
    {AEAD_AES_256_GCM, 13, 1000,
     "e93b97baffb13852ba6f9c59772707a25f8a84fe7d0f4fc0e8bee7f2d523f0db"},
    {AEAD_AES_256_GCM, 16, 16384,
     "0bc2313eec702fa130d18f2ab08407707f84cde255489f00f69f7e011ac29334"},
    {AEAD_AES_256_GCM, 65280, 33,
     "1c066ab082ae806fea29b576f718c319209ff394ecc07210e6ec4f1a78700556"},
    {AEAD_AES_128_CCM, 0, 0, "fb4dbcde68b2dedc669c7906e7cacbc288ab0daec02082a8df02792f2233c45d"},
    {AEAD_AES_128_CCM, 13, 1, "2000e73e3960d7bdbfe47e6454eb74fe3e2f7256dc8ecabb35cffdcc0c8d351d"},
    {AEAD_AES_128_CCM, 5, 16, "d7e8319129f40433827631f9427eea279fc8d3a106c14642487fba5557ef73e6"},
    {AEAD_AES_128_CCM, 0, 100, "8a3fac2eac8fd0dc329dc2a6fcc5b91e87e4e5938a38d63bd1220dcfb923595b"},
    {AEAD_AES_128_CCM, 13, 1000,
     "e402a34c8d5a920522054e5f59ed2a3746457da089e78c18d7db0ab328170746"},
    {AEAD_AES_128_CCM, 16, 16384,
     "e628d0149566208682ac9a5432dc8d1f0d943373211844106219e59e6e176113"},
    {AEAD_AES_128_CCM, 65280, 33,
     "44c39beefac62a432b2feb6b031996256b9c809d5fdc6ff008ff840273d84d3f"},
    {AEAD_AES_256_CCM, 0, 0, "406d5f29dc01b3d6ee6bd25dd3ebbf7e826f24b6b03323d80f794dedbc75934e"},
    {AEAD_AES_256_CCM, 13, 1, "e55a1e9ec5fc281034267930e58287e84a342e9fed4556e845c9bc7197e8eb4f"},
    {AEAD_AES_256_CCM, 5, 16, "6bcad9486000e1e366b7a1b191ff46af40cf9e3c6cbdd16703033a5d94787e6a"},
    {AEAD_AES_256_CCM, 0, 100, "e73ea5e86ecd72fb6cdf3a54384e9238c537af56b4addd2138f25ff4285578bf"},
    {AEAD_AES_256_CCM, 13, 1000,
     "2500a4af51f8631a6defd6f4ec252c9d7c11c51718985bcd7308537e8ad71274"},
    {AEAD_AES_256_CCM, 16, 16384,
     "c8cad9c839837e3caab6b9beea73334ea5e2df8c0fb41943cdac37fb9330f715"},
    {AEAD_AES_256_CCM, 65280, 33,
     "41f6b47b5daa8d657a44afe43f1ef5c560d24062d44a950a3273343e5a9d2ae2"},
    {AEAD_AES_128_CCM_8, 0, 0, "9c2abb53fb6a941a31442b97396fa638c1d38ef26e96c44ac462bc34ca347457"},
    {AEAD_AES_128_CCM_8, 13, 1, "ab549c24486f14c4431a2a16d42c8ff7c417bc56be160d861c4387efe3faf58e"},
    {AEAD_AES_128_CCM_8, 5, 16, "ab0a2ce772325b124801e9d072bab175e4567bab0d2d2b0efc5ba4fd1cb87c13"},
    {AEAD_AES_128_CCM_8, 0, 100,
     "ca61f2f763e4cb94f1c670d9488bcb146f35d389dc666fa0719b65a01ed70788"},
    {AEAD_AES_128_CCM_8, 13, 1000,
     "cfe2412c51ca9386059b0047b4e39854c58e856302426e326cc515dca0732a2c"},
    {AEAD_AES_128_CCM_8, 16, 16384,
     "0611681fad6a064f534d250cca660554fe3c709012ddb4d8d4d23cb251c09ac6"},
    {AEAD_AES_128_CCM_8, 65280, 33,
     "1cec97d0e5883b748dda08a78cfad8a83c7fadde05f17e0d49d4c2f4ff1aa24b"},
    {AEAD_AES_256_CCM_8, 0, 0, "590fb6fba346b7e19c097b4e73db72129e0c3683b31728c3565094c409eaa5d1"},
    {AEAD_AES_256_CCM_8, 13, 1, "497fe739121639a7738b48c3b16d03bf8610dfa5ea815cf753711695da7f4695"},
    {AEAD_AES_256_CCM_8, 5, 16, "147bbd12619153f13f984387bd134f051f1b9c4ebde892832991dc697839e29c"},
    {AEAD_AES_256_CCM_8, 0, 100,
     "39c0c8e8cfb3bedc1be83dead77e1243b2b549170aeadae789713b1f2095f2b5"},
    {AEAD_AES_256_CCM_8, 13, 1000,
     "6ba244fdfe0ceb9f7f13e0562652b519f234f0d9c0001d72ff7c120258827f76"},
    {AEAD_AES_256_CCM_8, 16, 16384,
     "a9aa4a3e71fb9f6480486eb540b4374ee14ec2426f73a80f59a0bb9a50934db6"},
    {AEAD_AES_256_CCM_8, 65280, 33,
     "e9374d9dc37a621072506541b2f7f60c161aa5f47f4085ddb23115283a875bf3"},
    {AEAD_CHACHA20_POLY1305, 0, 0,
     "c4f8a23e41925c057ec2d9b982f3c98cc819cf58eb85610b45138598bfeed6ce"},
    {AEAD_CHACHA20_POLY1305, 13, 1,
     "f8ee06c692292e24f6c87d247353c51dcd05e96b02511ab42997920984769530"},
    {AEAD_CHACHA20_POLY1305, 5, 16,
     "2c24646c6c9c7cbed6f293457cb3cc2d0b402ddd4579a1a144028bc20555c2f5"},
    {AEAD_CHACHA20_POLY1305, 0, 100,
     "43248eacc6662a620bf34e6334fcb626332f9253f2c10f7dbe71c6555cb04f73"},
    {AEAD_CHACHA20_POLY1305, 13, 1000,
     "aa60e4d2f38627e680f238046e6299dc1a2838d157d6c39e93a48863939739a9"},
    {AEAD_CHACHA20_POLY1305, 16, 16384,
     "be020d1ed479e0632bf5e6d0bae600e02716dcba947d78d74187e3384efacbda"},
    {AEAD_CHACHA20_POLY1305, 65280, 33,
     "7078f30d9890f3cddbca4a4b0003c415d67ff7e606caff1a943303cdf711e047"},
};

static void longer_messages_agree_with_openssl(void **unused)
{
    static uint8_t aad[65280], data[16384 + MAX_AEAD_TAG], plain[16384];
    size_t         i;

    (void)unused;
    fill_pattern(aad, sizeof aad, 3, 9);
    fill_pattern(plain, sizeof plain, 7, 3);
    for (i = 0; i < sizeof pattern_cases / sizeof pattern_cases[0]; i++) {
        const PatternCase *one = &pattern_cases[i];
        uint64_t           state[80];
        uint8_t            key[MAX_AEAD_KEY], nonce[AEAD_NONCE_SIZE], digest[32];

        fill_pattern(key, sizeof key, 5, 1);
        fill_pattern(nonce, sizeof nonce, 11, 7);
        memcpy(data, plain, one->length);
        assert_int_equal(sslr_aead_init(state, one->id, key), SSLNoErr);
        assert_int_equal(sslr_aead_seal(state, nonce, aad, one->aad_length, data, one->length,
                                        data + one->length),
                         SSLNoErr);
        sslr_hash(HASH_SHA256, data, one->length + sslr_aead_tag_size(one->id), digest);
        assert_hex(digest, 32, one->sha256);
        assert_int_equal(sslr_aead_open(state, nonce, aad, one->aad_length, data, one->length,
                                        data + one->length),
                         SSLNoErr);
        assert_memory_equal(data, plain, one->length);
    }
}

static void states_are_small_and_can_stand_side_by_side(void **unused)
{
    AeadId   aead;
    CipherId cipher;

    (void)unused;
    for (aead = AEAD_AES_128_GCM; aead <= AEAD_CHACHA20_POLY1305; aead++) {
        assert_true(sslr_aead_state_size(aead) < 640 && sslr_aead_state_size(aead) % 8 == 0);
    }
    for (cipher = CIPHER_AES_128_CBC; cipher <= CIPHER_3DES_CBC; cipher++) {
        assert_true(sslr_cipher_state_size(cipher) < 640 &&
                    sslr_cipher_state_size(cipher) % 8 == 0);
    }
    assert_int_equal(sslr_aead_state_size(AEAD_NONE), 0);
    assert_int_equal(sslr_cipher_state_size(CIPHER_NONE), 0);
}

/* A cipher that does not exist must not let a record leave in clear. */
static void no_cipher_seals_nothing(void **unused)
{
    uint64_t state[80]              = {0};
    uint8_t  nonce[AEAD_NONCE_SIZE] = {0}, data[4] = {1, 2, 3, 4}, zero[4] = {0}, tag[16];

    (void)unused;
    assert_int_equal(sslr_aead_init(state, AEAD_NONE, data), SSLCryptoErr);
    assert_int_equal(sslr_aead_seal(state, nonce, NULL, 0, data, sizeof data, tag), SSLCryptoErr);
    assert_memory_equal(data, zero, sizeof data);
    assert_int_equal(sslr_cipher_init(state, CIPHER_NONE, data, data, 1), SSLCryptoErr);
}

/* ---- authenticated encryption: Wycheproof ---- */

static AeadId aead_for(const char *file, long key_bits, long tag_bits)
{
    AeadId id;

    if (strcmp(file, "chacha20_poly1305_test") == 0) {
        return AEAD_CHACHA20_POLY1305;
    }
    if (strcmp(file, "aes_gcm_test") == 0) {
        id = key_bits == 128 ? AEAD_AES_128_GCM : AEAD_AES_256_GCM;
    } else if (tag_bits == 64) {
        id = key_bits == 128 ? AEAD_AES_128_CCM_8 : AEAD_AES_256_CCM_8;
    } else {
        id = key_bits == 128 ? AEAD_AES_128_CCM : AEAD_AES_256_CCM;
    }
    return id;
}

static void run_one_aead(const WycheproofTest *test, AeadId id)
{
    size_t         key_length, nonce_length, aad_length, length, cipher_length, tag_length;
    const uint8_t *key    = wycheproof_bytes(test, "key", &key_length);
    const uint8_t *nonce  = wycheproof_bytes(test, "iv", &nonce_length);
    const uint8_t *aad    = wycheproof_bytes(test, "aad", &aad_length);
    const uint8_t *plain  = wycheproof_bytes(test, "msg", &length);
    const uint8_t *cipher = wycheproof_bytes(test, "ct", &cipher_length);
    const uint8_t *tag    = wycheproof_bytes(test, "tag", &tag_length);
    uint64_t       state[80];
    uint8_t        data[1024], out_tag[MAX_AEAD_TAG];

    assert_int_equal(key_length, sslr_aead_key_size(id));
    assert_int_equal(tag_length, sslr_aead_tag_size(id));
    assert_int_equal(nonce_length, AEAD_NONCE_SIZE);
    assert_true(length <= sizeof data && length == cipher_length);
    assert_int_equal(sslr_aead_init(state, id, key), SSLNoErr);

    memcpy(data, cipher, cipher_length);
    if (wycheproof_result(test) == WYCHEPROOF_INVALID) {
        assert_int_equal(sslr_aead_open(state, nonce, aad, aad_length, data, length, tag),
                         SSLProtocolErr);
        return;
    }
    assert_int_equal(sslr_aead_open(state, nonce, aad, aad_length, data, length, tag), SSLNoErr);
    assert_memory_equal(data, plain, length);
    assert_int_equal(sslr_aead_seal(state, nonce, aad, aad_length, data, length, out_tag),
                     SSLNoErr);
    assert_memory_equal(data, cipher, length);
    assert_memory_equal(out_tag, tag, tag_length);
}

/* TLS knows nonces of 96 bits alone, keys of 128 and 256, tags of 128 and (CCM) 64. */
static void run_wycheproof_aead(const char *file)
{
    WycheproofTest *test = wycheproof_open(file);
    size_t          run  = 0;

    if (test == NULL) {
        skip();
    }
    while (wycheproof_next(test)) {
        long key_bits = wycheproof_number(test, "group.keySize");
        long tag_bits = wycheproof_number(test, "group.tagSize");

        if (wycheproof_number(test, "group.ivSize") == 96 && key_bits != 192 &&
            (tag_bits == 128 || (tag_bits == 64 && strcmp(file, "aes_ccm_test") == 0))) {
            run_one_aead(test, aead_for(file, key_bits, tag_bits));
            run++;
        }
    }
    assert_int_equal(wycheproof_count(test), wycheproof_expected(test));
    assert_true(run > 50);
    print_message("%s: %u of %u tests are for TLS\n", file, (unsigned)run,
                  (unsigned)wycheproof_count(test));
    wycheproof_close(test);
}

static void wycheproof_aes_gcm(void **unused)
{
    (void)unused;
    run_wycheproof_aead("aes_gcm_test");
}

static void wycheproof_aes_ccm(void **unused)
{
    (void)unused;
    run_wycheproof_aead("aes_ccm_test");
}

static void wycheproof_chacha20_poly1305(void **unused)
{
    (void)unused;
    run_wycheproof_aead("chacha20_poly1305_test");
}

/* ---- CBC ---- */

typedef struct CipherCase {
    CipherId    id;
    const char *cipher;
} CipherCase;

/* key 5i+1, IV 11i+7, 48 bytes of data 7i+3; computed with `openssl enc -nopad` */
static const CipherCase cipher_cases[] = {
    {CIPHER_AES_128_CBC, "3cabfd93b0504c4edd30fc1b968f15569eb52a13872efcd80cffd2adc5b159e1b557071f"
                         "7963145f697434e0242fe5c0"},
    {CIPHER_AES_256_CBC, "1df37a11e48ca7b2184769988e8509ab8826acf3b1958341d93a4100d75c41c386bfc87c"
                         "439e327c01baf933606fcdb3"},
    {CIPHER_3DES_CBC, "536269793b27ea4f4aa060e06ee9cc08e370cba3393ce5c52f3b606a1ff3f3a9504aad5c"
                      "2611faba91ffa9fe103a7422"},
};

static void cbc_agrees_with_openssl_in_any_pieces(void **unused)
{
    size_t i, cut;

    (void)unused;
    for (i = 0; i < sizeof cipher_cases / sizeof cipher_cases[0]; i++) {
        CipherId id    = cipher_cases[i].id;
        size_t   block = sslr_cipher_block_size(id);
        uint64_t state[80];
        uint8_t  key[32], iv[MAX_CIPHER_BLOCK], plain[48], data[48];

        fill_pattern(key, sizeof key, 5, 1);
        fill_pattern(iv, sizeof iv, 11, 7);
        fill_pattern(plain, sizeof plain, 7, 3);
        for (cut = 0; cut <= sizeof data; cut += block) {
            memcpy(data, plain, sizeof data);
            assert_int_equal(sslr_cipher_init(state, id, key, iv, 1), SSLNoErr);
            sslr_cipher_run(state, data, cut);
            sslr_cipher_run(state, data + cut, sizeof data - cut);
            assert_hex(data, sizeof data, cipher_cases[i].cipher);

            assert_int_equal(sslr_cipher_init(state, id, key, plain, 0), SSLNoErr);
            sslr_cipher_set_iv(state, iv);
            sslr_cipher_run(state, data, cut);
            sslr_cipher_run(state, data + cut, sizeof data - cut);
            assert_memory_equal(data, plain, sizeof data);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(authenticated_ciphers_have_their_published_values),
        cmocka_unit_test(any_changed_bit_is_refused_and_the_data_zeroed),
        cmocka_unit_test(longer_messages_agree_with_openssl),
        cmocka_unit_test(states_are_small_and_can_stand_side_by_side),
        cmocka_unit_test(no_cipher_seals_nothing),
        cmocka_unit_test(wycheproof_aes_gcm),
        cmocka_unit_test(wycheproof_aes_ccm),
        cmocka_unit_test(wycheproof_chacha20_poly1305),
        cmocka_unit_test(cbc_agrees_with_openssl_in_any_pieces),
    };

    return cmocka_run_group_tests_name("symmetric", tests, NULL, NULL);
}
