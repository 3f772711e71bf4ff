/*
 * credentials.h - certificates and private keys for the tests of this folder only: everybody who
 * has this file can pretend to be their owner. root signs middle and client, middle signs leaf;
 * short, long, dsa and ec are signed by themselves; old is short's key in a certificate of
 * version 1. RSA keys have 1024 bits, those of short and export 512, that of long 2048; dsa has
 * 1024 bits, ec is on P-256. Valid from 2020 to 2120. Included by credentials.c alone.
 */
#ifndef SSLREF_TEST_CLASSIC_CREDENTIALS_H
#define SSLREF_TEST_CLASSIC_CREDENTIALS_H

/* clang-format off */

static const char root_certificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIICITCCAYqgAwIBAgIUZOPLfVLv8q9uprKZV7yUan++AqAwDQYJKoZIhvcNAQEL\n"
    "BQAwMjEZMBcGA1UECgwQc3NscmVmIHRlc3Qgb25seTEVMBMGA1UEAwwMY2xhc3Np\n"
    "YyByb290MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAyMRkwFwYD\n"
    "VQQKDBBzc2xyZWYgdGVzdCBvbmx5MRUwEwYDVQQDDAxjbGFzc2ljIHJvb3QwgZ8w\n"
    "DQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBANKjnLi9P/G/4nh+SxyYcTe9AeMlShyR\n"
    "9oWZ4S56cDLN+TOtwaB3c7ewjk19uOK4FrT3oMwH/ET636DnuG53DDOMs+1JTgFd\n"
    "sxEdIOFC56JNKXs0feLstFDAJESCSdmL+hrpbFfSapwBBN/SFNTxD6Lt2zLvl/As\n"
    "Sr2C4tK5zKaHAgMBAAGjMjAwMA8GA1UdEwEB/wQFMAMBAf8wHQYDVR0OBBYEFA+S\n"
    "yWisMiwhNIOIS5u8Q1sOOrxJMA0GCSqGSIb3DQEBCwUAA4GBALycLcgjXi3K1xKG\n"
    "QnAtSbZcge4pTuOR5clp5d0614kwJ8V8Ptz2eIhRf/X3YGLRpdzs2Ugx0xsZEp8x\n"
    "+2ugLuev9U+tn2UVpuX19atKAPxYpV7GBcOu/H5/gBY02FQ0k4jDAOQ4mibnVQD4\n"
    "nYUu8R6LJy1wJkLLnCUF1jo4rtFr\n"
    "-----END CERTIFICATE-----\n";

static const char middle_certificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIICRDCCAa2gAwIBAgIUVQ4gYXxLboGr7rdB+hLZJ/DJwYMwDQYJKoZIhvcNAQEL\n"
    "BQAwMjEZMBcGA1UECgwQc3NscmVmIHRlc3Qgb25seTEVMBMGA1UEAwwMY2xhc3Np\n"
    "YyByb290MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjA0MRkwFwYD\n"
    "VQQKDBBzc2xyZWYgdGVzdCBvbmx5MRcwFQYDVQQDDA5jbGFzc2ljIG1pZGRsZTCB\n"
    "nzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEAs9f/7HLPxrGzheYoUumb9nSJaKDo\n"
    "pxcZhVzU0Fzbx/p920PuCY/WC4RgAuiAQL1lVtynYnCsHepGxA89wt4xiRFnrOUL\n"
    "VYafEIWqQAsu2yqT7ODV3UlUlnvT63QH0lhHyX3UjRofUtWYrTo4Ujw9VhWRfLcu\n"
    "ZFYUYV63/K0mGosCAwEAAaNTMFEwDwYDVR0TAQH/BAUwAwEB/zAdBgNVHQ4EFgQU\n"
    "NWknfs3CfESp93mxvYzUjwu6eAkwHwYDVR0jBBgwFoAUD5LJaKwyLCE0g4hLm7xD\n"
    "Ww46vEkwDQYJKoZIhvcNAQELBQADgYEAXUtnzifZmTepojJhtxig9j85s11Gpnel\n"
    "YR6JnHjrmSWbsyGdPQjpWjFuhd06rC732FmrF6SVuWy+vYF2qT7xbXmYFsgG+Se4\n"
    "2OPOy8Y0xhYR/FnaEc5bfBUhat9SVqU3Y46sl5YcNUT6tIJAeFH8MBT8Q66mx3rM\n"
    "UOb5B8/fJo8=\n"
    "-----END CERTIFICATE-----\n";

static const char leaf_certificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIICPjCCAaegAwIBAgIUGOOltuCD0WxREGLbv6NIIEdpongwDQYJKoZIhvcNAQEL\n"
    "BQAwNDEZMBcGA1UECgwQc3NscmVmIHRlc3Qgb25seTEXMBUGA1UEAwwOY2xhc3Np\n"
    "YyBtaWRkbGUwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMDIxGTAX\n"
    "BgNVBAoMEHNzbHJlZiB0ZXN0IG9ubHkxFTATBgNVBAMMDGNsYXNzaWMgbGVhZjCB\n"
    "nzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEAwjp5YwqpodIeZCSk2pb61nmQqJCC\n"
    "7FMSkRSTMngLXF1HvADp+jNDyG+R//ZXeu3KsVckY31+l+Uh0MbT1V1VYEvZWILd\n"
    "Ex42HH5iCh2qHb8T38f5XR2hHjG0/bnDtpuXr5mPPDoKoLyivgU3MrjAEmE+YxEp\n"
    "yojB8ZcLJMp2I2cCAwEAAaNNMEswCQYDVR0TBAIwADAdBgNVHQ4EFgQUT9b/WYh2\n"
    "Un61KmMW15oiPF0XxS0wHwYDVR0jBBgwFoAUNWknfs3CfESp93mxvYzUjwu6eAkw\n"
    "DQYJKoZIhvcNAQELBQADgYEAqyhN23UUTYhTYwCMAhqWoKOGvy9CQtTswQyLx+dK\n"
    "yukXmeGOlcGFDuJLxB6s6oHlZEboOzMa58mU6TQNZyjadZHH6KZKeZjUtMjrCacD\n"
    "s0qmCPWTu8RO5tnuFLc8f1mVgoZkGbIBJXyAGzNnG51WPtFq9Lq1WukxOxcLqCp2\n"
    "WW0=\n"
    "-----END CERTIFICATE-----\n";

static const char leaf_key[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBAMI6eWMKqaHSHmQk\n"
    "pNqW+tZ5kKiQguxTEpEUkzJ4C1xdR7wA6fozQ8hvkf/2V3rtyrFXJGN9fpflIdDG\n"
    "09VdVWBL2ViC3RMeNhx+Ygodqh2/E9/H+V0doR4xtP25w7abl6+Zjzw6CqC8or4F\n"
    "NzK4wBJhPmMRKcqIwfGXCyTKdiNnAgMBAAECgYEAsGSon1Ess6D/JtW8viSGFEh9\n"
    "Hwl3Tac4Yng8IoaxUqYIou51kFwEgEELaFnSIvtYrOxGSPDNCqf2qQQZmFnWUTQO\n"
    "GYCr5v02wAfw72UmeIM5/wq7YnpWKrv4rVRSlvVCtcVYOWSjSLLbZcDxsc3tacZI\n"
    "mgjDCAaRmT/qDPdGiDkCQQDkTqE3d+i21ITE2bn8x0I2EStfeYYOlGzeCwGvHlbG\n"
    "1cBsrnCC4d0/i2cSttNRLeDGS4dr5h1oaWsxXp+O23+VAkEA2cmilMeU52+kunqX\n"
    "ROIPGltn+CkA2HuB1CIZ9MDla8s1GUyfUuwg/9DG1OCldppG436XoUSwHgvaf+WO\n"
    "+B8ICwJAMeyLznBXIBvKyKz/wank7aPFg0Q0r11/jPKFNMECoso9IMbobYZsdifK\n"
    "q0n1XawVmecMPuj8B0f+G7agV4HiHQJAf+JBwKFtU3UgQowH1V/0xGJWK8dQAs6L\n"
    "Tthza1/1l5VsaZ2vlI6pVe3vQ0NihcFTzPQh74WY8Ru+wwk2KYZ3PwJBAMUSWJap\n"
    "J+m/sxl7UTDiMGInLhUNnoPccHI9storqj5QTZwHaB7DeHSjLFojfMyBlrPSGUGd\n"
    "nrfTkc6HAkiCr/k=\n"
    "-----END PRIVATE KEY-----\n";

static const char client_certificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIICPjCCAaegAwIBAgIUMRoJxR9hrAYZX5HgZZSF1diI6fEwDQYJKoZIhvcNAQEL\n"
    "BQAwMjEZMBcGA1UECgwQc3NscmVmIHRlc3Qgb25seTEVMBMGA1UEAwwMY2xhc3Np\n"
    "YyByb290MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjA0MRkwFwYD\n"
    "VQQKDBBzc2xyZWYgdGVzdCBvbmx5MRcwFQYDVQQDDA5jbGFzc2ljIGNsaWVudDCB\n"
    "nzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEAxkf9Jsklce6HJMCLhCULmbHaBI3b\n"
    "6fCk+VXUm2wo8FCj7lTXV50dAzzZKivLObzHWTw/Nn0OaRluDzX09gWftH0LSLEr\n"
    "3WXivtkDzvhzvsbqD/W7Bz2E5A/vqPuuTQvL6FBXcwpXrvnyGiZuFmVN6F84RKjt\n"
    "qaS5YNtjJWMtTLECAwEAAaNNMEswCQYDVR0TBAIwADAdBgNVHQ4EFgQUdfGrFuow\n"
    "X6ZQ/aTyhcpIxu4rXPcwHwYDVR0jBBgwFoAUD5LJaKwyLCE0g4hLm7xDWw46vEkw\n"
    "DQYJKoZIhvcNAQELBQADgYEAOgCK4zTVzV83rwKK9/irDigaDIHDYI+pYMLOVxjy\n"
    "9uhqhBN0BK3G2DQZIMnP+CawYe7eEoq8L3q0/PD42Foc0NfAkSLYktQUryldWXbX\n"
    "/4EonpSAkE1G4v9D1M6TDf9nbpKY5+78u2RWwLNfORgODFE8LHJXN6A3XN9WaPLI\n"
    "Ioc=\n"
    "-----END CERTIFICATE-----\n";

static const char client_key[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIICeAIBADANBgkqhkiG9w0BAQEFAASCAmIwggJeAgEAAoGBAMZH/SbJJXHuhyTA\n"
    "i4QlC5mx2gSN2+nwpPlV1JtsKPBQo+5U11edHQM82Soryzm8x1k8PzZ9DmkZbg81\n"
    "9PYFn7R9C0ixK91l4r7ZA874c77G6g/1uwc9hOQP76j7rk0Ly+hQV3MKV6758hom\n"
    "bhZlTehfOESo7amkuWDbYyVjLUyxAgMBAAECgYEApn4QTZ8c+BvoEq4y+FT69qVm\n"
    "geh0Pm24uTye95rMjW3JGPjYkVL156ASYdzAGs0vPvjdw20iypF13wPZmzOBs1vW\n"
    "usizv9WJhhTZTJI5joAP51sM++XqOAu+xDvvn0KWgHt3+cp9ZmC9wo5IOXaZyJhE\n"
    "bZBm8fbgNYDoqfW+OhkCQQDldV0wiMjGmjxml72Ndtpnu/uZTLH9/5A+8cP8ROy4\n"
    "oXvRD/iTRwP0ggkkIyjdQTupotX5jpHbjvM4/pLBIK4fAkEA3TdqiGmnVy4bReL+\n"
    "oqTV4yCvONKsIlfGbsZZgjVJbTyW7tUNPjsLNv2Ex1RaoGINUm0Sg/5nZEzSzQ9v\n"
    "3w4LLwJBAJhYK98lcegqTx/ubzOVTbzB2nIVsbdqDmM8MVs0h9atoH9Vkzx1UfLs\n"
    "wxTzIxaDURF3w4lFVyHm7yVQIC+JexECQEyxhrSudH6sFHaBQSigHys0TKtVlqn9\n"
    "ZmVHTQbwdHlztRwuLv4xOC0jbaIxo43REK9P80hhrfS/EaJYRL+/Pa8CQQCrznSA\n"
    "OGS8YUMnN1bPkkhqCrKVtXKeyksEdvL7InebspPVtZfadioX01q+QtPEivObeOfl\n"
    "mEuGShutHWf8+Zvn\n"
    "-----END PRIVATE KEY-----\n";

static const char short_certificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBmDCCAUKgAwIBAgIUGqyTmScZkXCFmWTkF12QsQ++2dEwDQYJKoZIhvcNAQEL\n"
    "BQAwMzEZMBcGA1UECgwQc3NscmVmIHRlc3Qgb25seTEWMBQGA1UEAwwNY2xhc3Np\n"
    "YyBzaG9ydDAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowMzEZMBcG\n"
    "A1UECgwQc3NscmVmIHRlc3Qgb25seTEWMBQGA1UEAwwNY2xhc3NpYyBzaG9ydDBc\n"
    "MA0GCSqGSIb3DQEBAQUAA0sAMEgCQQCngywzl5h27vo5YO/87QqOsm90U+ESi+8g\n"
    "qPFQpIJDj/yiJMGgO4EB11nmRN9/D90bA92iCT823QpeZmE6UMZxAgMBAAGjLDAq\n"
    "MAkGA1UdEwQCMAAwHQYDVR0OBBYEFEIgXW81ufAcCXPS9NRt3mI/Z/vQMA0GCSqG\n"
    "SIb3DQEBCwUAA0EAkUirHfZvQM2aCKrwappHfCqezc58pLXLhJyWcC6gBARpcKoU\n"
    "tdV0IRdcP+VS2UiV3nXFmCGiLnbAuV+WoWhviQ==\n"
    "-----END CERTIFICATE-----\n";

static const char short_key[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIBVQIBADANBgkqhkiG9w0BAQEFAASCAT8wggE7AgEAAkEAp4MsM5eYdu76OWDv\n"
    "/O0KjrJvdFPhEovvIKjxUKSCQ4/8oiTBoDuBAddZ5kTffw/dGwPdogk/Nt0KXmZh\n"
    "OlDGcQIDAQABAkBd55/o0CvtSGzHq7r9W9jWQ9tNKBR9dCq6cVrOLVrFClMOtFLd\n"
    "9VXHObbPCzh0zWq1Drkh+2YuG/7iOhQ4KL3RAiEA3Xppahew/qCiZLe0rfgOQ6Oz\n"
    "3Wfj2BvpoKnaSxEHyAUCIQDBn2C+/IJfVyCqnkSpvYoNOvWDHhFqzUFvOPDbEDps\n"
    "fQIhAMFIlTp7VoHA2jgfglTYyEoLUWsFwXfWVDtcQB+Gy02pAiEAioRfrSJujpCB\n"
    "YS5qxtg/PCnS3GOVaEfBKTWeMcoRUe0CIDsPGoNY50980x9o1RhYL7M5A/uPUQbv\n"
    "KtG8L0bC0+Vb\n"
    "-----END PRIVATE KEY-----\n";

static const char long_certificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIDIDCCAgigAwIBAgIUT/URy7hNnC2H4frvWXLOLXpJFccwDQYJKoZIhvcNAQEL\n"
    "BQAwMjEZMBcGA1UECgwQc3NscmVmIHRlc3Qgb25seTEVMBMGA1UEAwwMY2xhc3Np\n"
    "YyBsb25nMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAyMRkwFwYD\n"
    "VQQKDBBzc2xyZWYgdGVzdCBvbmx5MRUwEwYDVQQDDAxjbGFzc2ljIGxvbmcwggEi\n"
    "MA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQDMJFUUuCiTTvp5mxOP2K7J+XHA\n"
    "EnTtcUMCMFepMRJxslcLFEDAT3sjn95qXxp9xhbQwXbm2sewJDb78AaaY/f/Wyf8\n"
    "yx0i2K1V75z+ZqyVtzUg5jTYUpXEps35k3kwQsrP3D8o0zm7XAa9p+G5c174MmQp\n"
    "HBco+49m7J1Gz6mFcXJkfsswl//hkJjHlRBL2GqvT5JAiGtMepnD7JYDo5t+Sdyl\n"
    "HTfUqxS5nhjprWXqP2RGQNWiRJoo3T45yKmQSVKx5Ragr77iTkL7R9V7yHgDDiY1\n"
    "ije8sbpDQELyNV+2a9kohPdptM26aU9+uHU6N+8uGLxTiPHOmpiPKwe+/4phAgMB\n"
    "AAGjLDAqMAkGA1UdEwQCMAAwHQYDVR0OBBYEFG2JBfXz1nId5q4QG1+wysNgk0S6\n"
    "MA0GCSqGSIb3DQEBCwUAA4IBAQCgBZnF1BTxANlaPP84F+77if9heSHLnASXRyG8\n"
    "QCOC5tqawg3N9U7qx7C70IQdftvNG2yynEY73oPjs69CZx1oeO3GmkzjntMh670a\n"
    "QzwYLU5GsDwwnAfEhozkbwLxH627+aGCPu2w+kV9Bp6xAFWRIQOtZCWmQLDTSkn1\n"
    "H6bzBF/o5j84BSZhTXA5Y49M0FTpYxPN7QA331fXx1Pg7azMHKGKNAN22vTVMWvH\n"
    "2+PVndCD5JZnhEPU1+lRj7gPxh5FUr8KxuhrytHBKaouPReohcJOsfOOe6YgHyEm\n"
    "vcM1xYuZ5lhfIxIwg7la8zRJpaJRyNyxYgMiHfMXF8YMFIj9\n"
    "-----END CERTIFICATE-----\n";

static const char long_key[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQDMJFUUuCiTTvp5\n"
    "mxOP2K7J+XHAEnTtcUMCMFepMRJxslcLFEDAT3sjn95qXxp9xhbQwXbm2sewJDb7\n"
    "8AaaY/f/Wyf8yx0i2K1V75z+ZqyVtzUg5jTYUpXEps35k3kwQsrP3D8o0zm7XAa9\n"
    "p+G5c174MmQpHBco+49m7J1Gz6mFcXJkfsswl//hkJjHlRBL2GqvT5JAiGtMepnD\n"
    "7JYDo5t+SdylHTfUqxS5nhjprWXqP2RGQNWiRJoo3T45yKmQSVKx5Ragr77iTkL7\n"
    "R9V7yHgDDiY1ije8sbpDQELyNV+2a9kohPdptM26aU9+uHU6N+8uGLxTiPHOmpiP\n"
    "Kwe+/4phAgMBAAECggEAA3dmmNMwmHGC6SCnFyo/a9FiHzArC08BA6EINIivYNYN\n"
    "woPOzoss9sWtt1P/h1EnQRbHaO+wLE1tn/cfOBT8bJoG0JT+/PD1psniijr6aVGI\n"
    "z9Lr5NxYY+Qul0NL54v7TVa2vXfifRwQttzKZVmcREH4C58JFUR6Bq4L9MRVAz2i\n"
    "XQzOJSh4RHpPaOQtw7TgGqHbGqg/JlaJXCICN2P9wnRHopz8KWGjhAFCcKITQLXR\n"
    "PLR9Inw7/KUtMjW2Hr3IEI0JvAWedsPxEuLz+1ekjBEYSK5e+ZZLrktKSh1cci/Q\n"
    "NYudlTrrSeuhxYjoeFRf4KHPb8yfKqeQYbEV8gDFAQKBgQDwJ7kGKky+6dEpq81S\n"
    "hBpflO2ceLYbg5oj9yaI50ycUuHLrr1b9y6/5gc5HoQ6wcAxSEUGNhozMydAe9ZK\n"
    "zzRA7ekBM1IRJopMQ4kbDl2F0jQzvMXoQQUZ6m+iTRKU64b9BsZnot4r2FpmaXic\n"
    "R94o7t/Cm3dbh0Z5cIbT/kmdAQKBgQDZnFZifwvfem++T7aYnnfUtf5E4gtrsZIt\n"
    "1HPnVdEXsiTlK9wyl7xSJeNVHE/DQB4TjOb+D+nLtavn5lrKXe2rTJWDWgEY87zP\n"
    "29VyQ1lb48Ts8AWgu7bqpN1YyUZ2nXzIcDM0x9KjYu+AaWy7rxeY2v08NFl0Ofnu\n"
    "DDWtziINYQKBgDpmXn8aUDlo4J1SkwaK62Ls829Gh3pfYV93nZ5TKPUmzpPadV/k\n"
    "1zCBPqZsPlmPfi491dMx2uMygEwVEUJ16s4TTMMm+MEE70KmdbPnpWSCfoFKWZIm\n"
    "JZhswyLjvS4LrHLhb+QJ3h8paKpY4aSXcXXgyPcpGThfyAqGC7OHtd0BAoGAcVRV\n"
    "PNizg0CNf4yeKN+mwrXBZXhfwEdrPMj/T8RGr9OMGXn9JLAXWKT4vvOOqr3yq/Xe\n"
    "uwPom7nSfGRgdjHyvBqXZx/xoGAXvhzcDbT7jbqSbV8XXz1DpvITgNDaDJ46RV0B\n"
    "ngRPM94rozHEef5XCLlL1xXgXIJxIkNjlU/cNiECgYAL4EjMwMagW+HSy2ozv/qy\n"
    "8fyD7Y4mfncyYbHHGpXAI5DolIZWUTxtrpjJICYTSxwGyN9u07u2Sws3hDpyvbKp\n"
    "eFI/8D5cQNy5I67iTIizPhD2AiB3SiZ1o6I4amdmySyfoWWAbmSv01I7xTXvgBWq\n"
    "sQmHTUEScxPJ3u++KttT3w==\n"
    "-----END PRIVATE KEY-----\n";

static const char old_certificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBbTCCARcCFFdWSIeRSDfIfKdhDFMRnaWYyWPqMA0GCSqGSIb3DQEBBQUAMDcx\n"
    "GTAXBgNVBAoMEHNzbHJlZiB0ZXN0IG9ubHkxGjAYBgNVBAMMEWNsYXNzaWMgdmVy\n"
    "c2lvbiAxMCAXDTI2MTEyMTAwNTAwOFoYDzIxMjYxMDI4MDA1MDA4WjA3MRkwFwYD\n"
    "VQQKDBBzc2xyZWYgdGVzdCBvbmx5MRowGAYDVQQDDBFjbGFzc2ljIHZlcnNpb24g\n"
    "MTBcMA0GCSqGSIb3DQEBAQUAA0sAMEgCQQCngywzl5h27vo5YO/87QqOsm90U+ES\n"
    "i+8gqPFQpIJDj/yiJMGgO4EB11nmRN9/D90bA92iCT823QpeZmE6UMZxAgMBAAEw\n"
    "DQYJKoZIhvcNAQEFBQADQQB5seiKY69g1F/WYtvzu+m7kfSUHDgFqEDJ6Gv2fEXW\n"
    "lK4nNib7G0AP8Uv14Cuj+dEWAksPj9Q5mdBI7gnXhSqD\n"
    "-----END CERTIFICATE-----\n";

static const char dsa_certificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIC3jCCApqgAwIBAgIUEWemKfoSPOQIXLltWxhJjFzhkw0wCwYJYIZIAWUDBAMC\n"
    "MDExGTAXBgNVBAoMEHNzbHJlZiB0ZXN0IG9ubHkxFDASBgNVBAMMC2NsYXNzaWMg\n"
    "ZHNhMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAxMRkwFwYDVQQK\n"
    "DBBzc2xyZWYgdGVzdCBvbmx5MRQwEgYDVQQDDAtjbGFzc2ljIGRzYTCCAbgwggEs\n"
    "BgcqhkjOOAQBMIIBHwKBgQDJM2Y8HOdMrjzoHsb+sExkRUJDBvxc3y1q2mJgLcFF\n"
    "8u/niAqKRd69gS3VAD7vUi9amb1PeCWh/JcOmLMgx3nq6NeH3LL6C9AxMWkaiOSm\n"
    "9l3L8Fb3VdUvdx+E+WiWRxpLRKtRlMb677qQOL91jh/8AJw184oJcB7r9Nsh80Jw\n"
    "pQIVANohOWIkky8xiIglyvAv2twWQa0FAoGBAIYQ5+mhrTSgTxYOEVOsr9dgEmun\n"
    "6GNcK0zqZ3klOgB3pDiqmitFc9JufO+g9VecEKtUEkt9sf2Eys1wLsPs3knhlK9T\n"
    "MANrjF5mQS2qj21NiPiCK8hTkI4K0Vp5UMdrSrKPJ084xUgb6D86fa9zf6NLFa6C\n"
    "ebtnSu0YeQaGQ4GjA4GFAAKBgQCtwk6sNV/FZi3/lQ4AsbklCVD8YgX59KVpY2VF\n"
    "+CEEcCAtskYnE84kJVIJfw9cdmq+NLOi9aywYqM3Th8wfoB0QXLPOs9jyMQL8emf\n"
    "u6nEIkW8ejopsA9g0ny00/7/QFvGXiz5ALg8nlDUODSC1cru72lgV75oCeVhbPhZ\n"
    "2Z4zfaMsMCowCQYDVR0TBAIwADAdBgNVHQ4EFgQUgKwkb4S5KAjNNAsYmU6D+LhF\n"
    "2+wwCwYJYIZIAWUDBAMCAzEAMC4CFQCJaosFCIHIQA7CL9Os70dR5Brr+gIVANTO\n"
    "5ZVSS+CGsUPTdaJKjYoutl11\n"
    "-----END CERTIFICATE-----\n";

static const char dsa_key[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIBTAIBADCCASwGByqGSM44BAEwggEfAoGBAMkzZjwc50yuPOgexv6wTGRFQkMG\n"
    "/FzfLWraYmAtwUXy7+eICopF3r2BLdUAPu9SL1qZvU94JaH8lw6YsyDHeero14fc\n"
    "svoL0DExaRqI5Kb2XcvwVvdV1S93H4T5aJZHGktEq1GUxvrvupA4v3WOH/wAnDXz\n"
    "iglwHuv02yHzQnClAhUA2iE5YiSTLzGIiCXK8C/a3BZBrQUCgYEAhhDn6aGtNKBP\n"
    "Fg4RU6yv12ASa6foY1wrTOpneSU6AHekOKqaK0Vz0m5876D1V5wQq1QSS32x/YTK\n"
    "zXAuw+zeSeGUr1MwA2uMXmZBLaqPbU2I+IIryFOQjgrRWnlQx2tKso8nTzjFSBvo\n"
    "Pzp9r3N/o0sVroJ5u2dK7Rh5BoZDgaMEFwIVALjmJCREq8Yns7QZgA3TWsooKhFv\n"
    "-----END PRIVATE KEY-----\n";

static const char ec_certificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBkTCCATagAwIBAgIUNJdAhTKAymS4lxWUi03xm+ij1yEwCgYIKoZIzj0EAwIw\n"
    "MDEZMBcGA1UECgwQc3NscmVmIHRlc3Qgb25seTETMBEGA1UEAwwKY2xhc3NpYyBl\n"
    "YzAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowMDEZMBcGA1UECgwQ\n"
    "c3NscmVmIHRlc3Qgb25seTETMBEGA1UEAwwKY2xhc3NpYyBlYzBZMBMGByqGSM49\n"
    "AgEGCCqGSM49AwEHA0IABFcXC51I4baRY4GH8IcaOjK8h51jG/WnUepXHO4mCAni\n"
    "YsJJ3gU0tnMJnyDSq4jbNu/U2gqFx3DVy2qtzAwIk06jLDAqMAkGA1UdEwQCMAAw\n"
    "HQYDVR0OBBYEFPgedem6P2wLmefkl8xoP8EXFZQ8MAoGCCqGSM49BAMCA0kAMEYC\n"
    "IQDms5bC1CaZgVXtXRTn5ES+vivO80AQNbV2mxmWjFLDHwIhAMnzHkYnPIkNt8nx\n"
    "E/HrsRmoqlecB5SuBQmLNK2fa7Om\n"
    "-----END CERTIFICATE-----\n";

static const char ec_key[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgxqcU57J9/kl2DcL+\n"
    "occK55x3739Y13InPisa0RPKED2hRANCAARXFwudSOG2kWOBh/CHGjoyvIedYxv1\n"
    "p1HqVxzuJggJ4mLCSd4FNLZzCZ8g0quI2zbv1NoKhcdw1ctqrcwMCJNO\n"
    "-----END PRIVATE KEY-----\n";

static const char export_key[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIBUwIBADANBgkqhkiG9w0BAQEFAASCAT0wggE5AgEAAkEAuh0PL4UchwUftaxr\n"
    "mFeY+VRJqEUWtcc6CZlLvqYSSigWEpor34bGwXt9fypGvyTk84jto36lNirJyXYa\n"
    "C/WefQIDAQABAkBaU4YuOv1Ybl0wcAkcO89rmsPQ3g8ilBmP1Q2U7sbLpAqRgTD+\n"
    "oOrvVGbObjgodoHlw3YTctlft47J8jet03NFAiEA6VRsKKQKG0krGFuDV0CsJuVj\n"
    "WcosQcLBjfjf344sfTMCIQDMMjvNxoCLb04VhDG0KainCMR5IOPb+SNeRDx9gM+V\n"
    "jwIgJ+g5i4Xq+Jm+Fi9oul6kUw6+vFe41BKEWkzrtWeyskMCIDAs8dscqBs9iWie\n"
    "JbPh2D6AXQpO7jNp1iRZaQQbLd6VAiBd3UdV6JJjDswNR/vYpTRBoXVartEuLPqr\n"
    "wRucp7SViQ==\n"
    "-----END PRIVATE KEY-----\n";

/* clang-format on */

#endif
