/*
 * ssldebug.h - for programs of 1996, whose ssl.h brought debug macros along: here they do nothing
 * but what their names need. ERR(x) is the value x, ASSERT(x) the assert of the C library.
 */
#ifndef SSLREF_CLASSIC_SSLDEBUG_H
#define SSLREF_CLASSIC_SSLDEBUG_H

#include <assert.h>

#ifndef ERR
#define ERR(value) (value)
#endif
#ifndef ASSERT
#define ASSERT(condition) assert(condition)
#endif
#ifndef DEBUGMSG
#define DEBUGMSG(message) ((void)0)
#endif

#endif
