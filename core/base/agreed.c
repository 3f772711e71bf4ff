/*
 * agreed.c - see agreed.h.
 */
#include "agreed.h"

void sslr_release_peer(const SSLAllocator *allocator, Agreed *agreed)
{
    agreed->peer_chain    = bytes_of(NULL, 0);
    agreed->ocsp_response = bytes_of(NULL, 0);
    sslr_release(allocator, &agreed->peer_chain_block, agreed->peer_chain_block_length);
    sslr_release(allocator, &agreed->ocsp_block, agreed->ocsp_block_length);
}

void sslr_release_agreed(const SSLAllocator *allocator, Agreed *agreed)
{
    sslr_release_peer(allocator, agreed);
    sslr_release_bytes(allocator, &agreed->alpn);
    sslr_release_bytes(allocator, &agreed->server_name);
    sslr_release_bytes(allocator, &agreed->psk_identity);
    sslr_release_bytes(allocator, &agreed->psk_hint);
}
