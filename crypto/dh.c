/*
 * dh.c - finite-field Diffie-Hellman. The groups of RFC 7919 and their names live in core/tables/;
 * here every group is a stranger's. Called by core/.
 */
#include "crypto.h"

#include <string.h>

#include "number.h"

/* Sizes before numbers: both may come from a peer. */
static void load_group(Workspace *work, const DhGroup *group, size_t min_bits, Big *p, Big *g)
{
    sslr_work_require(work,
                      group->p.length <= MAX_DH_SIZE && group->g.length <= group->p.length &&
                          group->exponent_size <= group->p.length,
                      SSLProtocolErr);
    if (work->err != SSLNoErr) {
        return;
    }
    *p = sslr_big_read(work, group->p.data, group->p.length);
    *g = sslr_big_read(work, group->g.data, group->g.length);
    sslr_work_require(work, (size_t)sslr_big_bits(work, *p) >= min_bits, SSLProtocolErr);
    sslr_work_require(work, sslr_big_bits(work, *p) > 2 && sslr_big_is_odd(work, *p),
                      SSLProtocolErr);
    sslr_work_require(work, sslr_big_is_inside(work, 1, *g, *p), SSLProtocolErr);
}

SSLErr sslr_dh_check_group(const DhGroup *group, size_t min_bits)
{
    Workspace work;
    Big       p, g;

    sslr_work_begin(&work);
    load_group(&work, group, min_bits, &p, &g);
    return sslr_work_end(&work);
}

size_t sslr_dh_private_size(const DhGroup *group)
{
    return group->exponent_size != 0 ? group->exponent_size : group->p.length;
}

/* At least 2, and below q = (p - 1) / 2 of a safe prime: two bits shorter than p. A shorter
 * exponent, where the group names its size, is random in all its bits. */
static Big draw_exponent(Workspace *work, const DhGroup *group, const CryptoRandom *random, Big p)
{
    size_t bits   = 8 * sslr_dh_private_size(group);
    size_t p_bits = (size_t)sslr_big_bits(work, p);
    size_t mark;
    Big    limit, x, two;

    if (bits > p_bits - 2) {
        bits = p_bits - 2;
    }
    limit = sslr_big_power_of_two(work, bits);
    x     = sslr_big_random(work, random, limit);
    mark  = work->count;
    two   = sslr_big_new(work);
    sslr_big_set(work, two, 2);
    if (sslr_big_less(work, x, two)) {
        sslr_big_copy(work, two, x);
    }
    sslr_work_release(work, mark);
    return x;
}

SSLErr sslr_dh_generate(const DhGroup *group, const CryptoRandom *random, uint8_t *private_value,
                        uint8_t *public_value)
{
    size_t    private_size = sslr_dh_private_size(group);
    Workspace work;
    Big       p, g, x;
    SSLErr    err;

    sslr_work_begin(&work);
    load_group(&work, group, 0, &p, &g);
    if (work.err == SSLNoErr) {
        x = draw_exponent(&work, group, random, p);
        sslr_big_write(&work, x, private_value, private_size);
        sslr_big_power(&work, g, x, 8 * private_size, p, g);
        /* A generator of a tiny subgroup shows here. */
        sslr_work_require(&work, sslr_big_is_inside(&work, 1, g, p), SSLProtocolErr);
        sslr_big_write(&work, g, public_value, group->p.length);
    }
    err = sslr_work_end(&work);
    if (err != SSLNoErr) {
        sslr_wipe(private_value, private_size);
        sslr_wipe(public_value, group->p.length);
    }
    return err;
}

SSLErr sslr_dh_derive(const DhGroup *group, const uint8_t *private_value, const uint8_t *peer_value,
                      size_t peer_length, uint8_t *secret)
{
    size_t    private_size = sslr_dh_private_size(group);
    Workspace work;
    Big       p, g, x, y;
    SSLErr    err;

    sslr_work_begin(&work);
    load_group(&work, group, 0, &p, &g);
    sslr_work_require(&work, peer_length <= group->p.length, SSLProtocolErr);
    if (work.err == SSLNoErr) {
        y = sslr_big_read(&work, peer_value, peer_length);
        x = sslr_big_read(&work, private_value, private_size);
        sslr_work_require(&work, sslr_big_is_inside(&work, 1, y, p), SSLProtocolErr);
        sslr_big_power(&work, y, x, 8 * private_size, p, y);
        /* SP 800-56A 5.7.1.1: a result of 1 or p - 1 means a value from a tiny subgroup. */
        sslr_work_require(&work, sslr_big_is_inside(&work, 1, y, p), SSLProtocolErr);
        sslr_big_write(&work, y, secret, group->p.length);
    }
    err = sslr_work_end(&work);
    if (err != SSLNoErr) {
        sslr_wipe(secret, group->p.length);
    }
    return err;
}
