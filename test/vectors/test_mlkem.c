/*
 * test_mlkem.c - ML-KEM-768 against published answers and against itself. The known answers in
 * this file come from Wycheproof and from the "accumulated" vectors of C2SP's CCTV; with
 * SSLREF_VECTORS_TEXT set, Wycheproof's files are gone through whole. That secrets do not steer
 * the code is shown by test/constant_time/ct_mlkem.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../crypto/mlkem768.h"
#include "../../crypto/mlkem768_poly.h"
#include "../../crypto/tomcrypt_include.h"
#include "wycheproof.h"

typedef struct KnownAnswer {
    int         id; /* tcId in mlkem_768_test.json */
    const char *seed, *message;
    const char *public_digest, *ciphertext_digest; /* SHA3-256 */
    const char *secret;
} KnownAnswer;

/* The first test of mlkem_768_test.json, whole. */
static const char known_seed[] =
    "7c9935a0b07694aa0c6d10e4db6b1add2fd81a25ccb148032dcd739936737f2d8626ed79d451140800e03b59"
    "b956f8210e556067407d13dc90fa9e8b872bfb8f";

static const char known_message[] =
    "147c03f7a5bebba406c8fae1874d7f13c80efe79a3a9a874cc09fe76f6997615";

static const char known_public_key[] =
    "a8e651a1e685f22478a8954f007bc7711b930772c78f092e82878e3e937f367967532913a8d53dfdf4bfb1f8"
    "846746596705cf345142b972a3f16325c40c2952a37b25897e5ef35fbaeb73a4acbeb6a0b89942ceb195531c"
    "fc0a07993954483e6cbc87c06aa74ff0cac5207e535b260aa98d1198c07da605c4d11020f6c9f7bb68bb3456"
    "c73a01b710bc99d17739a51716aa01660c8b628b2f5602ba65f07ea993336e896e83f2c5731bbf03460c5b6c"
    "8afecb748ee391e98934a2c57d4d069f50d88b30d6966f38c37bc649b82634ce7722645ccd625063364646d6"
    "d699db57b45eb67465e16de4d406a818b9eae1ca916a2594489708a43cea88b02a4c03d09b44815c97101caf"
    "5048bbcb247ae2366cdc254ba22129f45b3b0eb399ca91a303402830ec01db7b2ca480cf350409b216094b7b"
    "0c3ae33ce10a9124e89651ab901ea253c8415bd7825f02bb229369af972028f22875ea55af16d3bc69f70c2e"
    "e8b75f28b47dd391f989ade314729c331fa04c1917b278c3eb602868512821adc825c64577ce1e63b1d9644a"
    "612948a3483c7f1b9a258000e30196944a403627609c76c7ea6b5de01764d24379117b9ea29848dc555c454b"
    "ceae1ba5cc72c74ab96b9c91b910d26b88b25639d4778ae26c7c6151a19c6cd7938454372465e4c5ec29245a"
    "cb3db5379de3dabfa629a7c04a8353a8530c95acb732bb4bb81932bb2ca7a848cd366801444abe23c83b366a"
    "87d6a3cf360924c002bae90af65c48060b3752f2badf1ab2722072554a5059753594e6a702761fc97684c8c4"
    "a7540a6b07fbc9de87c974aa8809d928c7f4cbbf8045aea5bc667825fd05a521f1a4bf539210c7113bc37b3e"
    "58b0cbfc53c841cbb0371de2e511b989cb7c70c023366d78f9c37ef047f8720be1c759a8d96b93f65a94114f"
    "faf60d9a81795e995c71152a4691a5a602a9e1f3599e37c768c7bc108994c0669f3adc957d46b4b6256968e2"
    "90d7892ea85464ee7a750f39c5e3152c2dfc56d8b0c924ba8a959a68096547f66423c838982a5794b9e15337"
    "71331a9a656c28828beb9126a60e95e8c5d906832c7710705576b1fb9507269ddaf8c95ce9719b2ca8dd112b"
    "e10bcc9f4a37bd1b1eeeb33ecda76ae9f69a5d4b2923a86957671d619335be1c4c2c77ce87c41f98a8cc4664"
    "60fa300aaf5b301f0a1d09c88e65da4d8ee64f68c02189bbb3584baff716c85db654048a004333489393a074"
    "27cd3e217e6a345f6c2c2b13c27b337271c0b27b2dbaa00d237600b5b594e8cf2dd625ea76cf0ed899122c97"
    "96b4b0187004258049a477cd11d68c49b9a0e7b00bce8cac7864cbb375140084744c93062694ca795c4f40e7"
    "acc9c5a1884072d8c38dafb501ee4184dd5a819ec24ec1651261f962b17a7215aa4a748c15836c3891376782"
    "04838d7195a85b4f98a1b574c4cd7909cd1f833effd1485543229d3748d9b5cd6c17b9b3b84aef8bce13e683"
    "733659c79542d615782a71cdeee792bab51bdc4bbfe8308e663144ede8491830ad98b4634f64aba8b9c04227"
    "2653920f380c1a17ca87ced7aac41c82888793181a6f76e197b7b90ef90943bb3844912911d8551e5466c576"
    "7ab0bc61a1a3f736162ec098a900b12dd8fabbfb3fe8cb1dc4e8315f2af0d32f0017ae136e19f028";

static const char known_ciphertext[] =
    "c8391085b8d3ea9794212541b2914f08964d33521d3f67ad66096ebfb1f706424b49558f755b5625bae236f2"
    "e0079601c766f7d960808f7e2bb0c7a5e066ed346de628f8c57eebabbb0c22d911548463693ef3ce52a53f7f"
    "f415f00e657ae1c5a48fa5ec6e4be5cf462daffc84d2f6d5ff55dc9bbe8bb0d725ec64fd4cd4bd8dba0a844e"
    "8b5ce4b6a28934d7f7a050991fe185b506b451dabfad52d52cb2114ca7d9a5cf986c8fdc1bc10ec0c1869e50"
    "c03c55a76192a1049aca636ba9020bdaa8d0f58c763b0b89845ca06d4c4ddc21433e16b9c62e44871fdbc05b"
    "a218af871fdd7dcfa464e60faa5265264ce1391bd9a8c5faa7626d5f159b9805b975710a3503a0b858a11c6a"
    "647cc0e19ac88b1be9056c95b4d2087d0951d1d2f4992491117e6347794ba54571ec49bba71af3413d38a30b"
    "f5872248d1f6d07c86baf782e73d2637f043d341a00921857d8b21ddf3e1d6310036ed27af49e5de1b900fe4"
    "de79808ff29f9570859612b15adc01fbb265b305b1e3a12ae419da5b74261fa284c101da3d8dca8b2e4521ac"
    "a571ef44a058e844ff32b16d5aaea05f7f3af8e2ab16222e347662eddfb891d0ecc2a55c5638f9dde92d9a3d"
    "544a5f901ac501acd1ea6a010201fcb10ad702c425a94bdf5890d500a2a147eee1d1fcba8c3abe7c2dfe70f3"
    "46f033d816a0b2791b4f0b2d956d9ee5971715399a5688302495e2e07c1c8c01527184bcd0c208bc159f2e13"
    "318c0bb3dd24a6a7fc849f83385ed4dba07fe1d7bd5640cc9ed5ccfdd68763cb0d0edf61b292177fc1d2d3c1"
    "1dd0495056bcb12558aebcfddef9feb4aebc57afd9023c65cfe65a24e33f1b00111e92e63e011eaf0b212cf9"
    "5743cd07f5189ece1f205b7f6fcb2e6b1961b5404cebe47c8cd13b8599d5b49e6d87eeda36e9b8fc4c006358"
    "96aa2b75896e336d1b612ee13db811e1f07e61748d920f4865f3f11741399dc6162c91ca168a02329dff821d"
    "58198712dd558abb099b3a0baf9da1b730b2aa73bcf58d74f357b06f7211c804b6c8af16ff3509fad1d35b14"
    "bfdced7db8a6a25c48e5956480724daa057cd660b67ee3e472574182679d485838a6476eac02141075c812af"
    "7967ba7c9185cc2abd2a4545b80f3d3104d58d654a57792dcfabbe9c0715e8de2ef81ef404c8168fd7a43efa"
    "b3d448e686a088efd26a26159948926723d7eccc39e3c1b719cf8becb7be7e964f22cd8cb1b7e25e800ea97d"
    "60a64cc0bbd9cb407a3ab9f88f5e29169eeafd4e0322fde6590ae093ce8feeae98b622caa7556ff426c9e7a4"
    "04ce69355830a7a67767a76c7d9a97b84bfcf50a02f75c235d2f9c671138049ffc7c8055926c03eb3fb87f96"
    "95185a42eca9a41655873d30a6b3bf428b246223484a8ff61ee3eeafff10e99c2c13a76284d063e56ab711a3"
    "5a85b5383df81da23490f66e8ea3fcba067f5530c6541c2b8f74717c35023e7b9b3956c3ee2ff84ba03ccf4b"
    "4b5321b9240895481bc6d63c1693c1847852f8e97f50a133532ac3ee1e52d464";

static const char known_secret[] =
    "e7184a0975ee3470878d2d159ec83129c8aec253d4ee17b4810311d198cd0368";

static const KnownAnswer known_answers[] = {
    {
        .id                = 3,
        .seed              = "d60b93492a1d8c1c7ba6fc0b733137f3406cee8110a93f170e7a78658af326d9"
                             "003271531cf27285b8721ed5cb46853043b346a66cba6cf765f1b0eaa40bf672",
        .message           = "cde797df8ce67231f6c5d15811843e01eb2ab84c7490931240822adbddd72046",
        .public_digest     = "7b00751eb9b1253231213f8a14f06f0fe1b7a4fdb7d1cfe44c161e577e5e8f0a",
        .ciphertext_digest = "bce1bf3450f574130b9561ee11565fa41d599d05d2136f10ad2c013eb5d13ca9",
        .secret            = "5f0c5d9f39d3e724b5a2bd54e69e360f72ffab5d4d6cc5e572fecba80acd4796",
    },
    {
        .id                = 4,
        .seed              = "4b622de1350119c45a9f2e2ef3dc5df50a759d138cdfbd64c81cc7cc2f513345"
                             "e82fcc97ca60ccb27bf6938c975658aeb8b4d37cffbde25d97e561f36c219ade",
        .message           = "f43f68fbd694f0a6d307297110ecd4739876489fdf07eb9b03364e2ed0ff96e9",
        .public_digest     = "9bda55b63cffa9bf953993918b18cd6595ea6433b479e89b5cd3c9339e4468cb",
        .ciphertext_digest = "2a8b5d9bdcac1b7ffb6d655368e15148308eee98ae34f4105eaae87f24a008a2",
        .secret            = "7f3bcc03a35a0030255264914e5d88a0c93611c7ca21f0609678a88ca42ce1c9",
    },
    {
        .id                = 62,
        .seed              = "47ca2b77c5b717f423222c2730ca5cb9c856bc951d01b2b2c80bd76ccb5539b7"
                             "8f1481d7cab000e33fa07de8dc9627a85e76fabb4428a3376e66300cf12a0787",
        .message           = "2e2b70609f3fe029a14d09d5d659871ac776ce2797a0355f16e2eb68f5613fd1",
        .public_digest     = "b5ed4c3fb678a44d92486cf091333c7f035541614729496d5dd45ce580f0d263",
        .ciphertext_digest = "5c266d232b038abc42ac484a721f63094ce50740008e0be68571018d8355099f",
        .secret            = "82360ffb5455f6dfdfc6bfc1a3999eb7453365ca311a0077c9d74968ed27b7a1",
    },
    {
        .id                = 193,
        .seed              = "1d74d60b29000000000000000000000000000000000000000000000000000000"
                             "0000000000000000000000000000000000000000000000000000000000000000",
        .message           = "35d9905c0b5841040bd0b76e654a07d32bc737e4976aed348d26f31636c97f9b",
        .public_digest     = "87ced22f4ce5ba37320123a77fa05c0e12010693cdc661f08610207b71879c06",
        .ciphertext_digest = "131507640296638c9cddc0231e22d15b6b7ba6199e51b4c769b81141a141f6d8",
        .secret            = "1b76fabc561a8092b9be938c7b0d9792f4c9b63a9d5955f82b755b3271751dbd",
    },
};

/* ---- helpers ---- */

typedef struct Key {
    uint8_t seed[MLKEM768_SEED_SIZE];
    uint8_t public_key[MLKEM768_PUBLIC_SIZE];
    uint8_t message[32];
    uint8_t ciphertext[MLKEM768_CIPHERTEXT_SIZE];
    uint8_t secret[MLKEM768_SECRET_SIZE];
} Key;

static void from_hex(uint8_t *out, size_t length, const char *hex)
{
    size_t i;

    assert_int_equal(strlen(hex), 2 * length);
    for (i = 0; i < length; i++) {
        unsigned value;

        assert_int_equal(sscanf(hex + 2 * i, "%2x", &value), 1);
        out[i] = (uint8_t)value;
    }
}

/* A stream of bytes that is the same in every run. */
static uint32_t next_number(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static void fill(uint8_t *out, size_t length, uint32_t *state)
{
    size_t i;

    for (i = 0; i < length; i++) {
        out[i] = (uint8_t)(next_number(state) >> 11);
    }
}

static void make_key(Key *key, uint32_t start)
{
    uint32_t state = start;

    fill(key->seed, sizeof key->seed, &state);
    fill(key->message, sizeof key->message, &state);
    assert_int_equal(sslr_mlkem768_public(key->seed, key->public_key), SSLNoErr);
    assert_int_equal(
        sslr_mlkem768_encapsulate(key->public_key, key->message, key->ciphertext, key->secret),
        SSLNoErr);
}

static void assert_digest(const uint8_t *data, size_t length, const char *expected_hex)
{
    uint8_t    digest[32], expected[32];
    hash_state state;

    from_hex(expected, sizeof expected, expected_hex);
    sha3_256_init(&state);
    sha3_process(&state, data, (unsigned long)length);
    sha3_done(&state, digest);
    assert_memory_equal(digest, expected, sizeof digest);
}

/* FIPS 203 algorithm 18, line 7: the secret of a ciphertext that is refused. */
static void rejection_secret(uint8_t out[32], const uint8_t seed[MLKEM768_SEED_SIZE],
                             const uint8_t ciphertext[MLKEM768_CIPHERTEXT_SIZE])
{
    hash_state state;

    sha3_shake_init(&state, 256);
    sha3_shake_process(&state, seed + 32, 32);
    sha3_shake_process(&state, ciphertext, MLKEM768_CIPHERTEXT_SIZE);
    sha3_shake_done(&state, out, 32);
}

static int is_zero(const uint8_t *data, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) {
        if (data[i] != 0) {
            return 0;
        }
    }
    return 1;
}

/* ---- arithmetic ---- */

static void sums_are_reduced_for_every_16_bit_number(void **unused)
{
    MlkemPoly sum, zero;
    uint32_t  x, i;

    (void)unused;
    memset(&zero, 0, sizeof zero);
    for (x = 0; x < 65536; x += MLKEM_N) {
        for (i = 0; i < MLKEM_N; i++) {
            sum.c[i] = (uint16_t)(x + i);
        }
        sslr_mlkem_add(&sum, &zero);
        for (i = 0; i < MLKEM_N; i++) {
            assert_int_equal(sum.c[i], (x + i) % MLKEM_Q);
        }
    }
}

/* Compress as section 4.2.1 defines it, with the division that the engine must not use. */
static uint32_t compress(uint32_t x, unsigned bits)
{
    return ((x << bits) + MLKEM_Q / 2) / MLKEM_Q & ((1u << bits) - 1);
}

static uint32_t unpack(const uint8_t *bytes, size_t index, unsigned bits)
{
    uint32_t value = 0;
    unsigned i;

    for (i = 0; i < bits; i++) {
        size_t at = index * bits + i;

        value |= (uint32_t)(bytes[at / 8] >> at % 8 & 1) << i;
    }
    return value;
}

static void compression_is_exact_for_every_coefficient(void **unused)
{
    uint8_t   u[MLKEM_U_SIZE], v[MLKEM_V_SIZE], message[MLKEM_MESSAGE_SIZE];
    uint8_t   whole[MLKEM_POLY_SIZE];
    MlkemPoly p, back;
    uint32_t  x, i;

    (void)unused;
    for (x = 0; x < MLKEM_Q; x += MLKEM_N) {
        for (i = 0; i < MLKEM_N; i++) {
            p.c[i] = (uint16_t)((x + i) % MLKEM_Q);
        }
        sslr_mlkem_encode(whole, &p);
        sslr_mlkem_encode_u(u, &p);
        sslr_mlkem_encode_v(v, &p);
        sslr_mlkem_encode_message(message, &p);
        for (i = 0; i < MLKEM_N; i++) {
            assert_int_equal(unpack(whole, i, 12), p.c[i]);
            assert_int_equal(unpack(u, i, 10), compress(p.c[i], 10));
            assert_int_equal(unpack(v, i, 4), compress(p.c[i], 4));
            assert_int_equal(unpack(message, i, 1), compress(p.c[i], 1));
        }
        assert_true(sslr_mlkem_decode(&back, whole));
        assert_memory_equal(&back, &p, sizeof p);
    }
}

/* Section 4.2.1: compressing what was decompressed changes nothing. */
static void decompression_is_the_inverse_of_compression(void **unused)
{
    uint8_t   u[MLKEM_U_SIZE], v[MLKEM_V_SIZE], message[MLKEM_MESSAGE_SIZE], back[MLKEM_U_SIZE];
    MlkemPoly p;
    uint32_t  state = 7, i, round;

    (void)unused;
    for (round = 0; round < 20; round++) {
        fill(u, sizeof u, &state);
        sslr_mlkem_decode_u(&p, u);
        for (i = 0; i < MLKEM_N; i++) {
            assert_int_equal(p.c[i], (unpack(u, i, 10) * MLKEM_Q + 512) / 1024);
        }
        sslr_mlkem_encode_u(back, &p);
        assert_memory_equal(back, u, sizeof u);

        fill(v, sizeof v, &state);
        sslr_mlkem_decode_v(&p, v);
        for (i = 0; i < MLKEM_N; i++) {
            assert_int_equal(p.c[i], (unpack(v, i, 4) * MLKEM_Q + 8) / 16);
        }
        sslr_mlkem_encode_v(back, &p);
        assert_memory_equal(back, v, sizeof v);

        fill(message, sizeof message, &state);
        sslr_mlkem_decode_message(&p, message);
        for (i = 0; i < MLKEM_N; i++) {
            assert_int_equal(p.c[i], unpack(message, i, 1) * 1665);
        }
        sslr_mlkem_encode_message(back, &p);
        assert_memory_equal(back, message, sizeof message);
    }
}

/* Multiplication modulo X^256 + 1, by the book. */
static void multiply_slowly(MlkemPoly *product, const MlkemPoly *a, const MlkemPoly *b)
{
    uint32_t sums[MLKEM_N] = {0}, i, j;

    for (i = 0; i < MLKEM_N; i++) {
        for (j = 0; j < MLKEM_N; j++) {
            uint32_t term = (uint32_t)a->c[i] * b->c[j] % MLKEM_Q;

            if (i + j >= MLKEM_N) {
                term = (MLKEM_Q - term) % MLKEM_Q;
            }
            sums[(i + j) % MLKEM_N] += term;
        }
    }
    for (i = 0; i < MLKEM_N; i++) {
        product->c[i] = (uint16_t)(sums[i] % MLKEM_Q);
    }
}

static void transformed_products_are_products(void **unused)
{
    MlkemPoly a, b, product, expected;
    uint32_t  state = 11, i, round;

    (void)unused;
    for (round = 0; round < 50; round++) {
        for (i = 0; i < MLKEM_N; i++) { /* the first round has the largest numbers there are */
            a.c[i] = (uint16_t)(round == 0 ? MLKEM_Q - 1 : next_number(&state) % MLKEM_Q);
            b.c[i] = (uint16_t)(round == 0 ? MLKEM_Q - 1 : next_number(&state) % MLKEM_Q);
        }
        multiply_slowly(&expected, &a, &b);
        memset(&product, 0, sizeof product);
        sslr_mlkem_ntt(&a);
        sslr_mlkem_ntt(&b);
        sslr_mlkem_multiply_add(&product, &a, &b);
        sslr_mlkem_inverse_ntt(&product);
        assert_memory_equal(&product, &expected, sizeof product);
    }
}

static void noise_counts_bits(void **unused)
{
    uint8_t   bytes[MLKEM_NOISE_SIZE];
    MlkemPoly p;
    uint32_t  state = 13, i;

    (void)unused;
    fill(bytes, sizeof bytes, &state);
    sslr_mlkem_sample_noise(&p, bytes);
    for (i = 0; i < MLKEM_N; i++) {
        uint32_t bits = unpack(bytes, i, 4);
        uint32_t plus = (bits & 1) + (bits >> 1 & 1), minus = (bits >> 2 & 1) + (bits >> 3);

        assert_int_equal(p.c[i], (MLKEM_Q + plus - minus) % MLKEM_Q);
    }
}

/* ---- known answers ---- */

static void the_first_published_key_is_reproduced_whole(void **unused)
{
    Key     known, got;
    uint8_t secret[MLKEM768_SECRET_SIZE];

    (void)unused;
    from_hex(known.seed, sizeof known.seed, known_seed);
    from_hex(known.message, sizeof known.message, known_message);
    from_hex(known.public_key, sizeof known.public_key, known_public_key);
    from_hex(known.ciphertext, sizeof known.ciphertext, known_ciphertext);
    from_hex(known.secret, sizeof known.secret, known_secret);

    assert_int_equal(sslr_mlkem768_public(known.seed, got.public_key), SSLNoErr);
    assert_memory_equal(got.public_key, known.public_key, sizeof got.public_key);
    assert_int_equal(
        sslr_mlkem768_encapsulate(known.public_key, known.message, got.ciphertext, got.secret),
        SSLNoErr);
    assert_memory_equal(got.ciphertext, known.ciphertext, sizeof got.ciphertext);
    assert_memory_equal(got.secret, known.secret, sizeof got.secret);
    assert_int_equal(sslr_mlkem768_decapsulate(known.seed, known.ciphertext, secret), SSLNoErr);
    assert_memory_equal(secret, known.secret, sizeof secret);
}

static void published_keys_are_reproduced(void **unused)
{
    size_t i;

    (void)unused;
    for (i = 0; i < sizeof known_answers / sizeof known_answers[0]; i++) {
        const KnownAnswer *known = &known_answers[i];
        Key                key;
        uint8_t            expected[32], secret[32];

        from_hex(key.seed, sizeof key.seed, known->seed);
        from_hex(key.message, sizeof key.message, known->message);
        from_hex(expected, sizeof expected, known->secret);
        assert_int_equal(sslr_mlkem768_public(key.seed, key.public_key), SSLNoErr);
        assert_digest(key.public_key, sizeof key.public_key, known->public_digest);
        assert_int_equal(
            sslr_mlkem768_encapsulate(key.public_key, key.message, key.ciphertext, key.secret),
            SSLNoErr);
        assert_digest(key.ciphertext, sizeof key.ciphertext, known->ciphertext_digest);
        assert_memory_equal(key.secret, expected, sizeof expected);
        assert_int_equal(sslr_mlkem768_decapsulate(key.seed, key.ciphertext, secret), SSLNoErr);
        assert_memory_equal(secret, expected, sizeof expected);
    }
}

/* CCTV, ML-KEM "accumulated": keys, messages and random ciphertexts are drawn from one stream;
 * everything that comes out is hashed into one value. Half of the decapsulations reject. */
static void accumulated_answers_match(void **unused)
{
    hash_state stream, sum;
    Key        key;
    uint8_t    secret[32], total[32], expected[32];
    int        i;

    (void)unused;
    sha3_shake_init(&stream, 128);
    sha3_shake_init(&sum, 128);
    for (i = 0; i < 100; i++) {
        sha3_shake_done(&stream, key.seed, sizeof key.seed);
        assert_int_equal(sslr_mlkem768_public(key.seed, key.public_key), SSLNoErr);
        sha3_shake_process(&sum, key.public_key, sizeof key.public_key);

        sha3_shake_done(&stream, key.message, sizeof key.message);
        assert_int_equal(
            sslr_mlkem768_encapsulate(key.public_key, key.message, key.ciphertext, key.secret),
            SSLNoErr);
        sha3_shake_process(&sum, key.ciphertext, sizeof key.ciphertext);
        sha3_shake_process(&sum, key.secret, sizeof key.secret);
        assert_int_equal(sslr_mlkem768_decapsulate(key.seed, key.ciphertext, secret), SSLNoErr);
        assert_memory_equal(secret, key.secret, sizeof secret);

        sha3_shake_done(&stream, key.ciphertext, sizeof key.ciphertext);
        assert_int_equal(sslr_mlkem768_decapsulate(key.seed, key.ciphertext, secret), SSLNoErr);
        sha3_shake_process(&sum, secret, sizeof secret);
    }
    sha3_shake_done(&sum, total, sizeof total);
    from_hex(expected, sizeof expected,
             "1114b1b6699ed191734fa339376afa7e285c9e6acf6ff0177d346696ce564415");
    assert_memory_equal(total, expected, sizeof total);
}

/* ---- properties ---- */

static void both_sides_agree(void **unused)
{
    uint32_t round;

    (void)unused;
    for (round = 1; round <= 100; round++) {
        Key     key;
        uint8_t secret[32], expanded[MLKEM768_EXPANDED_SIZE];

        make_key(&key, round);
        assert_int_equal(sslr_mlkem768_decapsulate(key.seed, key.ciphertext, secret), SSLNoErr);
        assert_memory_equal(secret, key.secret, sizeof secret);

        memset(secret, 0, sizeof secret);
        assert_int_equal(sslr_mlkem768_expand(key.seed, expanded), SSLNoErr);
        assert_memory_equal(expanded + 1152, key.public_key, sizeof key.public_key);
        assert_int_equal(sslr_mlkem768_decapsulate_expanded(expanded, key.ciphertext, secret),
                         SSLNoErr);
        assert_memory_equal(secret, key.secret, sizeof secret);
    }
}

static void a_flipped_bit_is_rejected_without_an_error(void **unused)
{
    Key     key;
    uint8_t secret[32], expected[32], expanded[MLKEM768_EXPANDED_SIZE];
    size_t  bit;

    (void)unused;
    make_key(&key, 20);
    assert_int_equal(sslr_mlkem768_expand(key.seed, expanded), SSLNoErr);
    for (bit = 0; bit < 8 * sizeof key.ciphertext; bit += bit < 8 * 1080 ? 37 : 1) {
        key.ciphertext[bit / 8] ^= (uint8_t)(1u << bit % 8);
        rejection_secret(expected, key.seed, key.ciphertext);
        assert_int_equal(sslr_mlkem768_decapsulate(key.seed, key.ciphertext, secret), SSLNoErr);
        assert_memory_equal(secret, expected, sizeof secret);
        assert_memory_not_equal(secret, key.secret, sizeof secret);
        assert_int_equal(sslr_mlkem768_decapsulate_expanded(expanded, key.ciphertext, secret),
                         SSLNoErr);
        assert_memory_equal(secret, expected, sizeof secret);
        key.ciphertext[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_int_equal(sslr_mlkem768_decapsulate(key.seed, key.ciphertext, secret), SSLNoErr);
    assert_memory_equal(secret, key.secret, sizeof secret);
}

/* Put a 12-bit number in the place of one coefficient of t. */
static void set_coefficient(uint8_t *public_key, size_t index, uint32_t value)
{
    uint8_t *at = public_key + index / 2 * 3;

    if (index % 2 == 0) {
        at[0] = (uint8_t)value;
        at[1] = (uint8_t)((at[1] & 0xf0) | value >> 8);
    } else {
        at[1] = (uint8_t)((at[1] & 0x0f) | (value & 0xf) << 4);
        at[2] = (uint8_t)(value >> 4);
    }
}

static void assert_key_is_refused(const uint8_t public_key[MLKEM768_PUBLIC_SIZE])
{
    uint8_t message[32] = {1}, ciphertext[MLKEM768_CIPHERTEXT_SIZE], secret[32];

    memset(ciphertext, 0xaa, sizeof ciphertext);
    memset(secret, 0xaa, sizeof secret);
    assert_int_equal(sslr_mlkem768_encapsulate(public_key, message, ciphertext, secret),
                     SSLProtocolErr);
    assert_true(is_zero(ciphertext, sizeof ciphertext));
    assert_true(is_zero(secret, sizeof secret));
}

static void a_key_with_a_coefficient_that_is_not_reduced_is_refused(void **unused)
{
    Key     key;
    uint8_t changed[MLKEM768_PUBLIC_SIZE], ciphertext[MLKEM768_CIPHERTEXT_SIZE], secret[32];
    size_t  i;

    (void)unused;
    make_key(&key, 30);
    for (i = 0; i < 768; i++) {
        memcpy(changed, key.public_key, sizeof changed);
        set_coefficient(changed, i, MLKEM_Q);
        assert_key_is_refused(changed);
        set_coefficient(changed, i, 4095);
        assert_key_is_refused(changed);
        if (i % 51 == 0) {
            set_coefficient(changed, i, MLKEM_Q - 1);
            assert_int_equal(sslr_mlkem768_encapsulate(changed, key.message, ciphertext, secret),
                             SSLNoErr);
        }
    }
}

static void an_expanded_key_with_a_wrong_hash_is_refused(void **unused)
{
    static const size_t places[] = {1152, 2335, 2336, 2367}; /* first, last of key and hash */
    Key                 key;
    uint8_t             expanded[MLKEM768_EXPANDED_SIZE], secret[32];
    size_t              i;

    (void)unused;
    make_key(&key, 40);
    assert_int_equal(sslr_mlkem768_expand(key.seed, expanded), SSLNoErr);
    for (i = 0; i < sizeof places / sizeof places[0]; i++) {
        memset(secret, 0xaa, sizeof secret);
        expanded[places[i]] ^= 1;
        assert_int_equal(sslr_mlkem768_decapsulate_expanded(expanded, key.ciphertext, secret),
                         SSLBadKeyErr);
        assert_true(is_zero(secret, sizeof secret));
        expanded[places[i]] ^= 1;
    }
}

/* ---- Wycheproof ---- */

/* The calls take arrays of fixed size: a field of another length is what their caller refuses. */
static int has_size(const WycheproofTest *test, const char *key, size_t size, const uint8_t **bytes)
{
    size_t length;

    *bytes = wycheproof_bytes(test, key, &length);
    return length == size;
}

static void finish(WycheproofTest *test, size_t refused_by_size, size_t expected_by_size)
{
    assert_int_equal(wycheproof_count(test), wycheproof_expected(test));
    assert_int_equal(refused_by_size, expected_by_size);
    wycheproof_close(test);
}

static WycheproofTest *open_or_skip(const char *name)
{
    WycheproofTest *test = wycheproof_open(name);

    if (test == NULL) {
        skip();
    }
    return test;
}

static void wycheproof_keygen_seed(void **unused)
{
    WycheproofTest *test = open_or_skip("mlkem_768_keygen_seed_test");
    uint8_t         public_key[MLKEM768_PUBLIC_SIZE], expanded[MLKEM768_EXPANDED_SIZE];
    const uint8_t  *seed, *ek, *dk;

    (void)unused;
    while (wycheproof_next(test)) {
        assert_int_equal(wycheproof_result(test), WYCHEPROOF_VALID);
        assert_true(has_size(test, "seed", MLKEM768_SEED_SIZE, &seed));
        assert_true(has_size(test, "ek", sizeof public_key, &ek));
        assert_true(has_size(test, "dk", sizeof expanded, &dk));
        assert_int_equal(sslr_mlkem768_public(seed, public_key), SSLNoErr);
        assert_memory_equal(public_key, ek, sizeof public_key);
        assert_int_equal(sslr_mlkem768_expand(seed, expanded), SSLNoErr);
        assert_memory_equal(expanded, dk, sizeof expanded);
    }
    finish(test, 0, 0);
}

static void wycheproof_encaps(void **unused)
{
    WycheproofTest *test = open_or_skip("mlkem_768_encaps_test");
    uint8_t         ciphertext[MLKEM768_CIPHERTEXT_SIZE], secret[MLKEM768_SECRET_SIZE];
    const uint8_t  *ek, *message, *expected_ciphertext, *expected_secret;
    size_t          refused_by_size = 0;

    (void)unused;
    while (wycheproof_next(test)) {
        assert_true(has_size(test, "m", 32, &message));
        if (!has_size(test, "ek", MLKEM768_PUBLIC_SIZE, &ek)) {
            assert_int_equal(wycheproof_result(test), WYCHEPROOF_INVALID);
            refused_by_size++;
            continue;
        }
        if (wycheproof_result(test) == WYCHEPROOF_INVALID) {
            assert_key_is_refused(ek);
            continue;
        }
        assert_true(has_size(test, "c", sizeof ciphertext, &expected_ciphertext));
        assert_true(has_size(test, "K", sizeof secret, &expected_secret));
        assert_int_equal(sslr_mlkem768_encapsulate(ek, message, ciphertext, secret), SSLNoErr);
        assert_memory_equal(ciphertext, expected_ciphertext, sizeof ciphertext);
        assert_memory_equal(secret, expected_secret, sizeof secret);
    }
    finish(test, refused_by_size, 20);
}

static void wycheproof_decapsulation_with_seeds(void **unused)
{
    WycheproofTest *test = open_or_skip("mlkem_768_test");
    uint8_t         public_key[MLKEM768_PUBLIC_SIZE], secret[MLKEM768_SECRET_SIZE];
    const uint8_t  *seed, *ek, *ciphertext, *expected_secret;
    size_t          refused_by_size = 0;

    (void)unused;
    while (wycheproof_next(test)) {
        if (!has_size(test, "seed", MLKEM768_SEED_SIZE, &seed) ||
            !has_size(test, "c", MLKEM768_CIPHERTEXT_SIZE, &ciphertext)) {
            assert_int_equal(wycheproof_result(test), WYCHEPROOF_INVALID);
            refused_by_size++;
            continue;
        }
        assert_int_equal(wycheproof_result(test), WYCHEPROOF_VALID);
        assert_true(has_size(test, "ek", sizeof public_key, &ek));
        assert_true(has_size(test, "K", sizeof secret, &expected_secret));
        assert_int_equal(sslr_mlkem768_public(seed, public_key), SSLNoErr);
        assert_memory_equal(public_key, ek, sizeof public_key);
        assert_int_equal(sslr_mlkem768_decapsulate(seed, ciphertext, secret), SSLNoErr);
        assert_memory_equal(secret, expected_secret, sizeof secret);
    }
    finish(test, refused_by_size, 40);
}

static void wycheproof_decapsulation_with_expanded_keys(void **unused)
{
    WycheproofTest *test = open_or_skip("mlkem_768_semi_expanded_decaps_test");
    uint8_t         secret[MLKEM768_SECRET_SIZE];
    const uint8_t  *dk, *ciphertext, *expected_secret;
    size_t          refused_by_size = 0;

    (void)unused;
    while (wycheproof_next(test)) {
        if (!has_size(test, "dk", MLKEM768_EXPANDED_SIZE, &dk) ||
            !has_size(test, "c", MLKEM768_CIPHERTEXT_SIZE, &ciphertext)) {
            assert_int_equal(wycheproof_result(test), WYCHEPROOF_INVALID);
            refused_by_size++;
            continue;
        }
        if (wycheproof_result(test) == WYCHEPROOF_INVALID) {
            assert_int_equal(sslr_mlkem768_decapsulate_expanded(dk, ciphertext, secret),
                             SSLBadKeyErr);
            continue;
        }
        assert_true(has_size(test, "K", sizeof secret, &expected_secret));
        assert_int_equal(sslr_mlkem768_decapsulate_expanded(dk, ciphertext, secret), SSLNoErr);
        assert_memory_equal(secret, expected_secret, sizeof secret);
    }
    finish(test, refused_by_size, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_reduced_for_every_16_bit_number),
        cmocka_unit_test(compression_is_exact_for_every_coefficient),
        cmocka_unit_test(decompression_is_the_inverse_of_compression),
        cmocka_unit_test(transformed_products_are_products),
        cmocka_unit_test(noise_counts_bits),
        cmocka_unit_test(the_first_published_key_is_reproduced_whole),
        cmocka_unit_test(published_keys_are_reproduced),
        cmocka_unit_test(accumulated_answers_match),
        cmocka_unit_test(both_sides_agree),
        cmocka_unit_test(a_flipped_bit_is_rejected_without_an_error),
        cmocka_unit_test(a_key_with_a_coefficient_that_is_not_reduced_is_refused),
        cmocka_unit_test(an_expanded_key_with_a_wrong_hash_is_refused),
        cmocka_unit_test(wycheproof_keygen_seed),
        cmocka_unit_test(wycheproof_encaps),
        cmocka_unit_test(wycheproof_decapsulation_with_seeds),
        cmocka_unit_test(wycheproof_decapsulation_with_expanded_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
