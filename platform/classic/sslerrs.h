/*
 * sslerrs.h - for programs of 1996: the errors under the name that the old header had, and the
 * spellings of the result type in the old manual. New programs include ssl.h alone.
 */
#ifndef SSLREF_CLASSIC_SSLERRS_H
#define SSLREF_CLASSIC_SSLERRS_H

#include "../../sslerrors.h"

#define SSLERR SSLErr
#define SSLerr SSLErr

#endif
