/*
 * setup.c - what must run once before the library behind crypto/ is used, and the wiping of
 * secrets. No algorithm lives here. Called by itself before main where the compiler has
 * constructors, else by the port through SSLSetupCrypto.
 */
#include "crypto.h"
#include "tomcrypt_include.h"

static int register_hashes(void)
{
    return register_hash(&md5_desc) >= 0 && register_hash(&sha1_desc) >= 0 &&
           register_hash(&sha224_desc) >= 0 && register_hash(&sha256_desc) >= 0 &&
           register_hash(&sha384_desc) >= 0 && register_hash(&sha512_desc) >= 0;
}

static int register_ciphers(void)
{
    return register_cipher(&aes_desc) >= 0 && register_cipher(&des3_desc) >= 0;
}

/* The library keeps one entry per descriptor however often it is registered, so a second call
 * changes nothing. */
SSLErr sslr_crypto_setup(void)
{
    ltc_mp = ltm_desc;
    return register_hashes() && register_ciphers() ? SSLNoErr : SSLCryptoErr;
}

#if defined(__GNUC__) || defined(__clang__)

/* A failure here is found again by whoever calls sslr_crypto_setup for its result. */
__attribute__((constructor)) static void set_up_before_main(void)
{
    (void)sslr_crypto_setup();
}

void sslr_wipe(void *data, size_t length)
{
    if (length != 0) {
        memset(data, 0, length);
        /* Tells the compiler that the zeros are read. */
        __asm__ __volatile__("" : : "r"(data) : "memory");
    }
}

#else

void sslr_wipe(void *data, size_t length)
{
    volatile uint8_t *byte = (volatile uint8_t *)data;

    while (length-- != 0) {
        *byte++ = 0;
    }
}

#endif
