/*
 * test_identity.h - two certificates with their private keys, for samples, demonstrations and tests
 * only: everybody who has this file can pretend to be their owner. Nothing trusts them by itself;
 * the samples do so by their pins, the SHA-256 of the public key.
 *
 * Both are signed by themselves and valid until 2120. The first has an ECDSA key on P-256 and the
 * names sslref.test, localhost, 127.0.0.1 and ::1; the second an RSA key of 2048 bits and the name
 * rsa.sslref.test.
 */
#ifndef SSLREF_SAMPLES_TEST_IDENTITY_H
#define SSLREF_SAMPLES_TEST_IDENTITY_H

#include "ssl.h"

/* clang-format off */
static const char test_only_certificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIICADCCAaegAwIBAgIUMycRNehNUtPb0MYDVnXETqTCrCAwCgYIKoZIzj0EAwIw\n"
    "MTEZMBcGA1UECgwQc3NscmVmIHRlc3Qgb25seTEUMBIGA1UEAwwLc3NscmVmLnRl\n"
    "c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMDExGTAXBgNVBAoM\n"
    "EHNzbHJlZiB0ZXN0IG9ubHkxFDASBgNVBAMMC3NzbHJlZi50ZXN0MFkwEwYHKoZI\n"
    "zj0CAQYIKoZIzj0DAQcDQgAEXBVowOCgQyVKbImVGspmak7KS+19NqCe00kemijN\n"
    "7dyl6qerG/olIjFxkmPefEmwT3iI4KDgjp6ENec9DfZESKOBmjCBlzA5BgNVHREE\n"
    "MjAwggtzc2xyZWYudGVzdIIJbG9jYWxob3N0hwR/AAABhxAAAAAAAAAAAAAAAAAA\n"
    "AAABMA4GA1UdDwEB/wQEAwIHgDAMBgNVHRMBAf8EAjAAMB0GA1UdJQQWMBQGCCsG\n"
    "AQUFBwMBBggrBgEFBQcDAjAdBgNVHQ4EFgQUM2ZI/0QCF7NFGyTFvzdbENoxe9cw\n"
    "CgYIKoZIzj0EAwIDRwAwRAIgWvpucXqkTvvv5TdhU2exhcoC+WKdYoqCWTG7NvmV\n"
    "FOYCIHKNh6X3noW1bkrFM0ILqY7i1LqblPzoRgX1nqvkAfgI\n"
    "-----END CERTIFICATE-----\n";

static const char test_only_private_key[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgtf3YiRm5rpCWAy9G\n"
    "w8jZuoYVi1NRuHCevuZJsi0cL3ShRANCAARcFWjA4KBDJUpsiZUaymZqTspL7X02\n"
    "oJ7TSR6aKM3t3KXqp6sb+iUiMXGSY958SbBPeIjgoOCOnoQ15z0N9kRI\n"
    "-----END PRIVATE KEY-----\n";

static const uint8 test_only_pin[32] = {
    0x6D, 0x17, 0xE1, 0xFB, 0xDB, 0x32, 0x2E, 0x2D, 0xB1, 0x35, 0x0C, 0x0E,
    0xFD, 0x81, 0xB9, 0x93, 0xF5, 0xD0, 0x22, 0x0D, 0x9F, 0x00, 0xBC, 0xFF,
    0xDA, 0x01, 0x83, 0x9B, 0x09, 0xCE, 0xA4, 0x07,
};

static const char test_only_rsa_certificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIDdDCCAlygAwIBAgIUPd6R7vFLcgSqBS+HV3DOODrifG8wDQYJKoZIhvcNAQEL\n"
    "BQAwNTEZMBcGA1UECgwQc3NscmVmIHRlc3Qgb25seTEYMBYGA1UEAwwPcnNhLnNz\n"
    "bHJlZi50ZXN0MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjA1MRkw\n"
    "FwYDVQQKDBBzc2xyZWYgdGVzdCBvbmx5MRgwFgYDVQQDDA9yc2Euc3NscmVmLnRl\n"
    "c3QwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQCqNqxH0zwC1BOymS50\n"
    "MKf1WdPZ1OvpmQY9kLj9MFUtE2HatZ6JdDNAvg5fWtCRJQs1oVVQiEPp0z0vZj2X\n"
    "Bcl+yNNyP1oU3sMMhXQv9QHuv4tkVyNuhQAEFxivdD4TQBP9nTzbhwAjWNUNppzi\n"
    "gKCQ4mZ6SfdhXubZ2PjkexPsTqMDfii7V7PyhBdoZow/225tfOTc9BWxbswAa1Np\n"
    "JOyDGBP0Z0w5dfWMSwoWZWwJ/NMsB9vY8lxUqIZnQzvSvUgodsfJQ7f/NizMStex\n"
    "6GnDQYp9bcEWqa/qDKcPaICilwKisEvRQekSoaNrb7OGeFZYEHZbqeLi0Y1CCDfJ\n"
    "ZF4nAgMBAAGjejB4MBoGA1UdEQQTMBGCD3JzYS5zc2xyZWYudGVzdDAOBgNVHQ8B\n"
    "Af8EBAMCBaAwDAYDVR0TAQH/BAIwADAdBgNVHSUEFjAUBggrBgEFBQcDAQYIKwYB\n"
    "BQUHAwIwHQYDVR0OBBYEFHk8gU2/CMftvSEwsHtC7ku75LudMA0GCSqGSIb3DQEB\n"
    "CwUAA4IBAQAX3d3JMeAa55Ez7hSd+Sy5Ba6K+Zc7+nyJwJ5DXS0BliFpI7wrpRxS\n"
    "9qUJTeIqKtEdVdxNpVgHZuTPRZEKzoFugeTzRkyP5fVQ4MLYffUXAGRxlxbtSHw8\n"
    "M0TN8pU5wah84RIFodq6epE83UHOO/8K51ed5+VxNIZXbC+DCYQMdKuA29D+G2+G\n"
    "jtVdws6J2Bv2xtirWqLQyKV56/vEWaORcnUn9wh/7llR19K9apk0ws3yEWLxRPAf\n"
    "IeSiP/XHJA4/kuvO9WHXdfSmsJAsIQDaSs+n2KoZ7jAk5AgTkQHakcyJMqtEPbr5\n"
    "xvx1z3vmPhoDs278dtNhO+CUQBDwWIUH\n"
    "-----END CERTIFICATE-----\n";

static const char test_only_rsa_private_key[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQCqNqxH0zwC1BOy\n"
    "mS50MKf1WdPZ1OvpmQY9kLj9MFUtE2HatZ6JdDNAvg5fWtCRJQs1oVVQiEPp0z0v\n"
    "Zj2XBcl+yNNyP1oU3sMMhXQv9QHuv4tkVyNuhQAEFxivdD4TQBP9nTzbhwAjWNUN\n"
    "ppzigKCQ4mZ6SfdhXubZ2PjkexPsTqMDfii7V7PyhBdoZow/225tfOTc9BWxbswA\n"
    "a1NpJOyDGBP0Z0w5dfWMSwoWZWwJ/NMsB9vY8lxUqIZnQzvSvUgodsfJQ7f/NizM\n"
    "Stex6GnDQYp9bcEWqa/qDKcPaICilwKisEvRQekSoaNrb7OGeFZYEHZbqeLi0Y1C\n"
    "CDfJZF4nAgMBAAECggEAEw5F4VCjskld3yvJCJb95rjkv8lXk/JewXu3ShkkIATA\n"
    "esTEd+z7Y+8jGsfG+8ji5WEndPmcaMwOWIUgtgyez0PacDrpcdayjW9PX6MVUU4+\n"
    "Y8BhphjbtJmFWPcxj+QnmMgGrSkC+fITABE8FRuDXlUKVfx75nnCbHce/i1NQLIq\n"
    "Fpce01ApCBnAyYmJDJrUlPd8TBXMYK8kJURZN5leXQnL8aqKkASr9tnCQhQoA77g\n"
    "hxhB1AEf1gW42CSsk6p5VaPxNKcn/DvvHuycF8nlIUYdBTmnu7gQeDFXAF8L8owi\n"
    "L/ZxtmjzaQ6uLABSWYLmc846TPLkPiV4LWREuv7ZcQKBgQDl61jpZ0HPDQAj7Mlo\n"
    "szjuMnf1NVwS+W9qZ2pkvfiola8UKF22sO05Vqepfl4u03+EbYcq9rBnO8IJJWRA\n"
    "vU1Wm7zuTpIKbusuKuoLDr9Hp55T4zGNPra9leuoQXHstY6RLnH4XbbpqQTg15M4\n"
    "sX/Sx9dDJ+jDAcaA5NOWASkYbwKBgQC9hYYFtQzGfy+NWErPG0+XgqZEEpF4QHnA\n"
    "jvj1ydJ9jd8Jy3ZVWRuzDLhO+q/4yzOSb1dP6Sr4KaD9YlZI/COZwiKrXdxl4fE0\n"
    "wJSl0u2Bmbo7RCJHi1WCSFeYDwjQpssT+ds+uxUj1tHtS8rzs9CiUCxtC93Va0JO\n"
    "LLDOm9RByQKBgE+xb7QXMlxOKUpKfNVpqcYGgEXiJPP+uXusNNiOcG4e0/yssS7t\n"
    "zIwfWSYKwyJ/9Kc2P6/IqgReVjdNWp6F/xSSDr6bRUuQfrwV6+HBTtPLabmx+i73\n"
    "GehE2tYLOS3PEIeKDb8E3K3JBAPbNRBlleS9mAOTBb7yEpgCuMQ5ysDJAoGBAISp\n"
    "maYXFOlBkFS9kCgnMvCYmLAf20o0v8Ulj2nlq30NuSmPDbcyl+wepElMu69I9kGz\n"
    "xIeAbP6njTSxCDswm+7+cOxJ2IRMw14szCDDZFOK+0yPJfu0sddvsjkTlRURHChQ\n"
    "hsMDjAm5TttvaZJrtUhZHK/8VX0WBqTYLa+CbvLZAoGBAJOJr9a6dRV/T+xjU3ZZ\n"
    "OF+1ppsJIn/NVK2L1vnGy94H+NbK/5dE8UTCBTb112KiUVAZ5Cu/s7vlsjPKUHSK\n"
    "QTXxmY9Wc5jJ9iOeSNPG5rCMeQ8qEUia+W3krQ+5PPx8u7Jiq8I4zGQ3KfvaOk98\n"
    "fwdJg/JAnI+KM8qq3oeK7P1B\n"
    "-----END PRIVATE KEY-----\n";

static const uint8 test_only_rsa_pin[32] = {
    0x63, 0x34, 0x81, 0x76, 0x3F, 0x44, 0x2F, 0x7E, 0x9A, 0x5A, 0x2A, 0x28,
    0x4B, 0x4C, 0x19, 0x7A, 0x6A, 0x8D, 0xF6, 0xBD, 0x67, 0x64, 0xD7, 0xD6,
    0xB1, 0x74, 0x53, 0x7F, 0xE0, 0x5D, 0x93, 0x49,
};

/* clang-format on */

#endif
