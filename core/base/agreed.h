/*
 * agreed.h - what a handshake agrees on, in one struct: a renegotiation puts it aside whole.
 * Written by the rooms that agree, read by the getters.
 */
#ifndef SSLREF_BASE_AGREED_H
#define SSLREF_BASE_AGREED_H

#include "../tables/tables.h"
#include "memory.h"

typedef struct Agreed {
    const CipherSuite *suite;
    const Group       *group;
    Bytes              alpn;         /* own block: the list may be replaced meanwhile */
    Bytes              server_name;  /* server: the client's, own block */
    Bytes              psk_identity; /* of the pre-shared key that authenticates, own block */
    Bytes              psk_hint;     /* client: the server's, own block */

    Bytes  peer_chain; /* {length[3] certificate [length[2] extensions]}*, leaf first */
    void  *peer_chain_block;
    size_t peer_chain_block_length;
    int    peer_chain_extensions; /* the entries have extensions, as in TLS 1.3 */
    Bytes  ocsp_response;         /* view into peer_chain_block, or own block: */
    void  *ocsp_block;
    size_t ocsp_block_length;

    uint16_t peer_scheme, own_scheme;
    uint8_t  resumed, extended_master_secret, encrypt_then_mac;
    uint8_t  session_id[32], session_id_length;
    uint8_t  session_stored;     /* the session callbacks hold it */
    uint32_t authenticated;      /* when the peer was, in seconds since 1970 */
    uint32_t session_lifetime;   /* client, up to TLS 1.2: as the server said; 0: it did not */
    uint8_t  shown_identity[32]; /* SHA-256 of the certificate that we showed */
    uint8_t  has_shown_identity;
} Agreed;

/* Free the peer's certificates. As below, views go before what they point into: the free callback
 * may call a getter. */
void sslr_release_peer(const SSLAllocator *allocator, Agreed *agreed);

/* Free all that it owns. */
void sslr_release_agreed(const SSLAllocator *allocator, Agreed *agreed);

#endif
