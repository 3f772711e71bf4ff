/*
 * hash.c - MD5, SHA-1 and SHA-2 over libtomcrypt's hashes, and the finish in constant time that
 * MAC-then-encrypt needs. HMAC and everything built from it stands in hmac.c. Called by hmac.c,
 * the signatures of this folder and the transcript.
 */
#include "hash.h"
#include "tomcrypt_include.h"

/* What lies in a HashState: the library's state of one hash, without the room that its union keeps
 * for all others. */
typedef struct RunningHash {
    HashId id;
    union {
        struct md5_state    md5;
        struct sha1_state   sha1;
        struct sha256_state sha256; /* and SHA-224 */
        struct sha512_state sha512; /* and SHA-384 */
    } u;
} RunningHash;

typedef char running_hash_fits[sizeof(RunningHash) <= sizeof(HashState) ? 1 : -1];

typedef struct HashFunctions {
    size_t size, block;
    int (*init)(hash_state *state);
    int (*process)(hash_state *state, const unsigned char *data, unsigned long length);
    int (*done)(hash_state *state, unsigned char *digest);
} HashFunctions;

static const HashFunctions functions[] = {
    [HASH_NONE]   = {0, 0, NULL, NULL, NULL},
    [HASH_MD5]    = {16, 64, md5_init, md5_process, md5_done},
    [HASH_SHA1]   = {20, 64, sha1_init, sha1_process, sha1_done},
    [HASH_SHA224] = {28, 64, sha224_init, sha256_process, sha224_done},
    [HASH_SHA256] = {32, 64, sha256_init, sha256_process, sha256_done},
    [HASH_SHA384] = {48, 128, sha384_init, sha512_process, sha384_done},
    [HASH_SHA512] = {64, 128, sha512_init, sha512_process, sha512_done},
};

size_t sslr_hash_size(HashId id)
{
    return functions[id].size;
}

size_t sslr_hash_block_size(HashId id)
{
    return functions[id].block;
}

HashId sslr_hash_id(const HashState *state)
{
    return ((const RunningHash *)state)->id;
}

/* init and process touch only the member of the union that belongs to the hash. */
static hash_state *library_state(RunningHash *hash)
{
    return (hash_state *)(void *)&hash->u;
}

void sslr_hash_init(HashState *state, HashId id)
{
    RunningHash *hash = (RunningHash *)state;

    hash->id = id;
    if (id != HASH_NONE) {
        functions[id].init(library_state(hash));
    }
}

/* The library aborts on a NULL pointer even if the length is 0. */
void sslr_hash_update(HashState *state, const void *data, size_t length)
{
    RunningHash *hash = (RunningHash *)state;

    if (length != 0 && hash->id != HASH_NONE) {
        functions[hash->id].process(library_state(hash), (const unsigned char *)data,
                                    (unsigned long)length);
    }
}

void sslr_hash_final(HashState *state, uint8_t *digest)
{
    RunningHash *hash = (RunningHash *)state;
    hash_state   whole; /* done may clear the library's whole union */

    if (hash->id != HASH_NONE) {
        memcpy(&whole, &hash->u, sizeof hash->u);
        functions[hash->id].done(&whole, digest);
        sslr_wipe(&whole, sizeof hash->u);
    }
    sslr_wipe(state, sizeof *state);
}

void sslr_hash(HashId id, const void *data, size_t length, uint8_t *digest)
{
    HashState state;

    sslr_hash_init(&state, id);
    sslr_hash_update(&state, data, length);
    sslr_hash_final(&state, digest);
}

/* ---- the finish in constant time ---- */

/* Bits compressed so far, bytes that wait for the rest of their block, and those bytes. */
typedef struct Pending {
    uint64_t       bits;
    size_t         length;
    const uint8_t *bytes;
} Pending;

static Pending pending_of(const RunningHash *hash)
{
    switch (hash->id) {
    case HASH_MD5:
        return (Pending){hash->u.md5.length, hash->u.md5.curlen, hash->u.md5.buf};
    case HASH_SHA1:
        return (Pending){hash->u.sha1.length, hash->u.sha1.curlen, hash->u.sha1.buf};
    case HASH_SHA224:
    case HASH_SHA256:
        return (Pending){hash->u.sha256.length, hash->u.sha256.curlen, hash->u.sha256.buf};
    default:
        return (Pending){hash->u.sha512.length, hash->u.sha512.curlen, hash->u.sha512.buf};
    }
}

static void forget_pending(RunningHash *hash)
{
    switch (hash->id) {
    case HASH_MD5:
        hash->u.md5.curlen = 0;
        break;
    case HASH_SHA1:
        hash->u.sha1.curlen = 0;
        break;
    case HASH_SHA224:
    case HASH_SHA256:
        hash->u.sha256.curlen = 0;
        break;
    default:
        hash->u.sha512.curlen = 0;
        break;
    }
}

/* Byte i of the digest, if the hash ended with the block that was compressed last. */
static uint8_t chaining_byte(const RunningHash *hash, size_t i)
{
    switch (hash->id) {
    case HASH_MD5: /* the only one that is little-endian */
        return (uint8_t)(hash->u.md5.state[i / 4] >> 8 * (i % 4));
    case HASH_SHA1:
        return (uint8_t)(hash->u.sha1.state[i / 4] >> 8 * (3 - i % 4));
    case HASH_SHA224:
    case HASH_SHA256:
        return (uint8_t)(hash->u.sha256.state[i / 4] >> 8 * (3 - i % 4));
    default:
        return (uint8_t)(hash->u.sha512.state[i / 8] >> 8 * (7 - i % 8));
    }
}

/* ct_is_less for numbers below 2^31, without its barrier: the callers below hide the secret once
 * for a whole loop, which the compiler may then turn into vectors. */
static Mask below(uint32_t a, uint32_t b)
{
    return 0u - ((a - b) >> 31);
}

/* What the hash sees after the last whole block: the pending bytes, then the tail. */
typedef struct Ending {
    Pending        pending;
    const uint8_t *tail;
    size_t         max_length;
} Ending;

/* Block number i of the ending, as if all max_length bytes of the tail counted. */
static void gather_block(const Ending *ending, size_t i, size_t block_size, uint8_t *block)
{
    size_t j, at = i * block_size;

    for (j = 0; j < block_size; j++, at++) {
        if (at < ending->pending.length) {
            block[j] = ending->pending.bytes[at];
        } else if (at - ending->pending.length < ending->max_length) {
            block[j] = ending->tail[at - ending->pending.length];
        } else {
            block[j] = 0;
        }
    }
}

/* Keep the bytes before `end`, put 80 there and zeros behind; in the last block (by its mask) the
 * length in bits as well. */
static void pad_block(uint8_t *block, size_t block_size, uint32_t start, uint32_t end, Mask is_last,
                      uint64_t bits, int little_endian)
{
    size_t j;

    for (j = 0; j < block_size; j++) {
        Mask inside = below(start + (uint32_t)j, end);
        Mask or_at  = below(start + (uint32_t)j, end + 1);
        block[j]    = (uint8_t)((block[j] & inside) | (0x80 & or_at & ~inside));
    }
    for (j = 0; j < 8; j++) {
        size_t shift = 8 * (little_endian ? j : 7 - j);

        block[block_size - 8 + j] |= (uint8_t)((uint32_t)(bits >> shift) & is_last & 0xff);
    }
}

/* Lucky Thirteen (RFC 5246 6.2.3.2 and its errata): every block that the longest tail could need is
 * compressed, padding is laid over the data by masks, and the chaining value behind the right block
 * is picked out of all. */
void sslr_hash_final_constant_time(HashState *state, const uint8_t *tail, size_t secret_length,
                                   size_t max_length, uint8_t *digest)
{
    RunningHash *hash       = (RunningHash *)state;
    size_t       block_size = functions[hash->id].block, size = functions[hash->id].size;
    size_t       length_size = block_size / 8, i, j, count;
    Ending       ending      = {pending_of(hash), tail, max_length};
    uint32_t     end         = ct_hide((uint32_t)(ending.pending.length + secret_length));
    uint64_t     bits        = ending.pending.bits + 8 * (uint64_t)end;
    RunningHash  work;
    uint8_t      block[MAX_HASH_BLOCK];

    /* Block sizes are powers of two: no division, whose time may depend on its operands. */
    uint32_t last = (end + (uint32_t)length_size) >> (block_size == 64 ? 6 : 7);

    memcpy(&work, hash, sizeof work);
    forget_pending(&work);
    memset(digest, 0, size);
    count = (ending.pending.length + max_length + length_size) / block_size + 1;
    for (i = 0; i < count; i++) {
        Mask is_last = ct_is_equal((uint32_t)i, last);

        gather_block(&ending, i, block_size, block);
        pad_block(block, block_size, (uint32_t)(i * block_size), end, is_last, bits,
                  hash->id == HASH_MD5);
        functions[hash->id].process(library_state(&work), block, (unsigned long)block_size);
        for (j = 0; j < size; j++) {
            digest[j] |= (uint8_t)(chaining_byte(&work, j) & is_last);
        }
    }
    sslr_wipe(block, sizeof block);
    sslr_wipe(&work, sizeof work);
    sslr_wipe(state, sizeof *state);
}
