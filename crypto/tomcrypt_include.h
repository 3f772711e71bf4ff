/*
 * tomcrypt_include.h - the one place that includes libtomcrypt, with libtommath's descriptor and
 * as a system header, so that its warnings stay its own. For crypto/ alone; never from crypto.h.
 */
#ifndef SSLREF_TOMCRYPT_INCLUDE_H
#define SSLREF_TOMCRYPT_INCLUDE_H

#if defined(__GNUC__) || defined(__clang__)
#pragma GCC system_header
#endif

#ifndef LTM_DESC
#define LTM_DESC
#endif
#include <tomcrypt.h>

#endif
