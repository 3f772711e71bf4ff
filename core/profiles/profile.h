/*
 * profile.h - the profile that was built in. Read by core/api when a context is initialised.
 */
#ifndef SSLREF_PROFILE_H
#define SSLREF_PROFILE_H

#include "../base/context.h"

extern const Profile sslr_profile;
extern const Classic sslr_classic; /* named by profiles alone */

#endif
