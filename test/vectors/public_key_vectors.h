/*
 * public_key_vectors.h - keys and known answers for the tests of crypto/'s public-key half, in
 * hexadecimal. ECDSA: RFC 6979 A.2.5 to A.2.7, and the same with additional data (3.6), computed
 * apart from this code. DSA: RFC 6979 A.2.1. RSA: keys and signatures of "sample" made with the
 * openssl command. DH: ffdhe2048 of RFC 7919. None of these keys protects anything.
 */
#ifndef SSLREF_PUBLIC_KEY_VECTORS_H
#define SSLREF_PUBLIC_KEY_VECTORS_H

#define P256_SCALAR "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"

#define P256_POINT                                                                                 \
    "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9"     \
    "e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"

#define P256_ORDER "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"

#define P256_PRIME "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"

#define P256_PEM                                                                                   \
    "-----BEGIN PRIVATE KEY-----\n"                                                                \
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgya+p2EW6dRZrXCFX\n"                           \
    "Z7HWk05Qw9s26JsSe4piKxIPZyGhRANCAARg/tS6JVqdMclh63TGNW1owEm4kjth\n"                           \
    "+mzmaWIuYPKftnkD/hAIuLyZpBrp6VYovGTy8bIMLX6fUXejwpTURiKZ\n"                                   \
    "-----END PRIVATE KEY-----\n"

#define P384_SCALAR                                                                                \
    "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872c9ea"     \
    "60d2edf5"

#define P384_POINT                                                                                 \
    "04ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea9055866064a254"     \
    "515480bc138015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1288b231c3ae0d4"     \
    "fe7344fd2533264720"

#define P384_ORDER                                                                                 \
    "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196a"     \
    "ccc52973"

#define P384_PRIME                                                                                 \
    "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000"     \
    "ffffffff"

#define P384_PEM                                                                                   \
    "-----BEGIN PRIVATE KEY-----\n"                                                                \
    "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDBrnT2tLhuMHAWxmHW2\n"                           \
    "ZZ9N4jw7Znvyl7qapHdAeHE32JbVck5McKgl+HLJ6mDS7fWhZANiAATsOk5BW04Z\n"                           \
    "pFaGGAKfQn+l2pqLxK6S4C4GquUoazAMZN748OqQVYZgZKJUUVSAvBOAFdm3LX1X\n"                           \
    "JE6o75rAxiGJZwilk2f537n1TKhLPxydsSiLIxw64NT+c0T9JTMmRyA=\n"                                   \
    "-----END PRIVATE KEY-----\n"

#define P521_SCALAR                                                                                \
    "00fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75caa896eb32f1f47c70855836"     \
    "a6d16fcc1466f6d8fbec67db89ec0c08b0e996b83538"

#define P521_POINT                                                                                 \
    "0401894550d0785932e00eaa23b694f213f8c3121f86dc97a04e5a7167db4e5bcd371123d46e45db6b5d5370"     \
    "a7f20fb633155d38ffa16d2bd761dcac474b9a2f5023a400493101c962cd4d2fddf782285e64584139c2f91b"     \
    "47f87ff82354d6630f746a28a0db25741b5b34a828008b22acc23f924faafbd4d33f81ea66956dfeaa2bfdfc"     \
    "f5"

#define P521_ORDER                                                                                 \
    "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc"     \
    "0148f709a5d03bb5c9b8899c47aebb6fb71e91386409"

#define P521_PRIME                                                                                 \
    "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"     \
    "ffffffffffffffffffffffffffffffffffffffffffff"

#define P521_PEM                                                                                   \
    "-----BEGIN PRIVATE KEY-----\n"                                                                \
    "MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIA+tBtqmK6OyXS+0AT\n"                           \
    "PadXIF3mf1uwAY/ujIbhtox+dcqolusy8fR8cIVYNqbRb8wUZvbY++xn24nsDAiw\n"                           \
    "6Za4NTihgYkDgYYABAGJRVDQeFky4A6qI7aU8hP4wxIfhtyXoE5acWfbTlvNNxEj\n"                           \
    "1G5F22tdU3Cn8g+2MxVdOP+hbSvXYdysR0uaL1AjpABJMQHJYs1NL933giheZFhB\n"                           \
    "OcL5G0f4f/gjVNZjD3RqKKDbJXQbWzSoKACLIqzCP5JPqvvU0z+B6maVbf6qK/38\n"                           \
    "9Q==\n"                                                                                       \
    "-----END PRIVATE KEY-----\n"

#define HEDGE "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"

#define ECDSA_VECTORS                                                                              \
    {CURVE_P256,                                                                                   \
     HASH_SHA256,                                                                                  \
     "sample",                                                                                     \
     "",                                                                                           \
     P256_SCALAR,                                                                                  \
     P256_POINT,                                                                                   \
     "3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716022100f7cb"        \
     "1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"},                              \
        {CURVE_P256,                                                                               \
         HASH_SHA256,                                                                              \
         "test",                                                                                   \
         "",                                                                                       \
         P256_SCALAR,                                                                              \
         P256_POINT,                                                                               \
         "3045022100f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d383670220019f41"    \
         "13742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"},                            \
        {CURVE_P256,                                                                               \
         HASH_SHA384,                                                                              \
         "test",                                                                                   \
         "",                                                                                       \
         P256_SCALAR,                                                                              \
         P256_POINT,                                                                               \
         "304602210083910e8b48bb0c74244ebdf7f07a1c5413d61472bd941ef3920e623fbccebeb60221008ddb"    \
         "ec54cf8cd5874883841d712142a56a8d0f218f5003cb0296b6b509619f2c"},                          \
        {CURVE_P256,                                                                               \
         HASH_SHA512,                                                                              \
         "test",                                                                                   \
         "",                                                                                       \
         P256_SCALAR,                                                                              \
         P256_POINT,                                                                               \
         "30440220461d93f31b6540894788fd206c07cfa0cc35f46fa3c91816fff1040ad1581a04022039af9f15"    \
         "de0db8d97e72719c74820d304ce5226e32dedae67519e840d1194e55"},                              \
        {CURVE_P384,                                                                               \
         HASH_SHA1,                                                                                \
         "sample",                                                                                 \
         "",                                                                                       \
         P384_SCALAR,                                                                              \
         P384_POINT,                                                                               \
         "3066023100ec748d839243d6fbef4fc5c4859a7dffd7f3abddf72014540c16d73309834fa37b9ba00289"    \
         "9f6fda3a4a9386790d4eb2023100a3bcfa947beef4732bf247ac17f71676cb31a847b9ff0cbc9c9ed4c1"    \
         "a5b3facf26f49ca031d4857570ccb5ca4424a443"},                                              \
        {CURVE_P384,                                                                               \
         HASH_SHA384,                                                                              \
         "sample",                                                                                 \
         "",                                                                                       \
         P384_SCALAR,                                                                              \
         P384_POINT,                                                                               \
         "306602310094edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e"    \
         "44acf96e36dd1e80fabe4602310099ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351"    \
         "d0a3a94fa329c145786e679e7b82c71a38628ac8"},                                              \
        {CURVE_P384,                                                                               \
         HASH_SHA512,                                                                              \
         "test",                                                                                   \
         "",                                                                                       \
         P384_SCALAR,                                                                              \
         P384_POINT,                                                                               \
         "3066023100a0d5d090c9980faf3c2ce57b7ae951d31977dd11c775d314af55f76c676447d06fb6495cd2"    \
         "1b4b6e340fc236584fb277023100976984e59b4c77b0e8e4460dca3d9f20e07b9bb1f63beefaf576f6b2"    \
         "e8b224634a2092cd3792e0159ad9cee37659c736"},                                              \
        {CURVE_P521,                                                                               \
         HASH_SHA1,                                                                                \
         "sample",                                                                                 \
         "",                                                                                       \
         P521_SCALAR,                                                                              \
         P521_POINT,                                                                               \
         "3081870241343b6ec45728975ea5cba6659bbb6062a5ff89eea58be3c80b619f322c87910fe092f7d45b"    \
         "b0f8eee01ed3f20babec079d202ae677b243ab40b5431d497c55d75d024200e7b0e675a9b24413d448b8"    \
         "cc119d2bf7b2d2df032741c096634d6d65d0dbe3d5694625fb9e8104d3b842c1b0e2d0b98bea19341e86"    \
         "76aef66ae4eba3d5475d5d16"},                                                              \
        {CURVE_P521,                                                                               \
         HASH_SHA512,                                                                              \
         "sample",                                                                                 \
         "",                                                                                       \
         P521_SCALAR,                                                                              \
         P521_POINT,                                                                               \
         "308187024200c328fafcbd79dd77850370c46325d987cb525569fb63c5d3bc53950e6d4c5f174e25a1ee"    \
         "9017b5d450606add152b534931d7d4e8455cc91f9b15bf05ec36e377fa0241617cce7cf5064806c467f6"    \
         "78d3b4080d6f1cc50af26ca209417308281b68af282623eaa63e5b5c0723d8b8c37ff0777b1a20f8ccb1"    \
         "dccc43997f1ee0e44da4a67a"},                                                              \
        {CURVE_P256,                                                                               \
         HASH_SHA256,                                                                              \
         "sample",                                                                                 \
         HEDGE,                                                                                    \
         P256_SCALAR,                                                                              \
         P256_POINT,                                                                               \
         "304602210081d3292ba07cafe564b1978c58e9011ae7bcf60118e4cd6aecbc0736d765429f0221009965"    \
         "2e006c3e2218e1e241fd13ade57e58be7dd6d8cdf70feeeb10ee826c23c0"},                          \
        {CURVE_P384,                                                                               \
         HASH_SHA384,                                                                              \
         "sample",                                                                                 \
         HEDGE,                                                                                    \
         P384_SCALAR,                                                                              \
         P384_POINT,                                                                               \
         "306502307033c2aa5b56f002af2fa713397231b2b393a807f7371f84efa35c47a75ec159dc89e9147a37"    \
         "4d0494755453feb1cc20023100c0cf4eebf0304ff242d361f01a5296cedc301e68af36c234f7faeb5058"    \
         "ca138a2cd6576e66b89fbc1b458780e4b981ea"},                                                \
        {CURVE_P521,                                                                               \
         HASH_SHA512,                                                                              \
         "sample",                                                                                 \
         HEDGE,                                                                                    \
         P521_SCALAR,                                                                              \
         P521_POINT,                                                                               \
         "3081880242015583fe4cd3c7224e4caead567f55c4782d2a44c361d116020de8b7062afa1b0ec92c8040"    \
         "7ef2ea1c923fc4319e6b6c611113a7664bd2e833ab455a21f53597fea8024201946665ffef890e922743"    \
         "b73e3c8974e346e55de2d103ec4a4cd2797f8384d5c174f6e5e2a69b4184609f7e19c98ac117336c1ed5"    \
         "bf32f6fa61f047b50f640085f0"},                                                            \
        {CURVE_P521,                                                                               \
         HASH_SHA256,                                                                              \
         "sample",                                                                                 \
         HEDGE,                                                                                    \
         P521_SCALAR,                                                                              \
         P521_POINT,                                                                               \
         "308188024201982131885c724f86c53068d856e014bb4d8090ecc129f85b8b59a407abb51dfff677171b"    \
         "df4e4049487a57cbb477f0d639979ffad38587e92b9c80af5888d6af45024201cc215c089c28891cd0cb"    \
         "7e218db270e1d17bb998061a5407d8fa6edcf6db26021140145f8b9fcd7b2313643b0b8935a2b32126ec"    \
         "89072603f4da696d6cc5483bb0"},

#define ECDSA_SPECIAL                                                                              \
    {"G + G", 1, "7cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978",               \
     "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f"            \
     "9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",                                         \
     "304402207cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc4766997802207cf2"            \
     "7b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978"},                              \
        {"equal points, other representation", 1,                                                  \
         "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",                       \
         "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f"        \
         "9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",                                     \
         "304502206b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296022100d6"        \
         "2fa3e5c258848ff179cdcac74881e4ee06fb025bd66741e942728bb131852c"},                        \
        {"Q = -G", 1, "101aea3664b938c7d083dedd95a5ee8be5d704026f13e624e7d2fa33589aac1a",          \
         "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296b01cbd1c01e580"        \
         "65711814b583f061e9d431cca994cea1313449bf97c840ae0a",                                     \
         "304402207cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc476699780220366b"        \
         "c87114250b5b5ce72c92b787961bed5932f0046f1a885f1c27647765f6af"},                          \
        {"Q = -G, half", 1, "157d1c359f95ee6dc1fa6c1fc7d1c3a6bdba6e5a2a5eb227eeb5f9e8f96d46db",    \
         "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296b01cbd1c01e580"        \
         "65711814b583f061e9d431cca994cea1313449bf97c840ae0a",                                     \
         "304402202afa386b3f2bdcdb83f4d83f8fa3874d7b74dcb454bd644fdd6bf3d1f2da8db602202afa"        \
         "386b3f2bdcdb83f4d83f8fa3874d7b74dcb454bd644fdd6bf3d1f2da8db6"},                          \
        {"Q = 2G", 1, "f40b226ef3f3c278868e59021933af9fcea588f75e13af6c63ffde294b709bc7",          \
         "047cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc4766997807775510db8ed0"        \
         "40293d9ac69f7430dbba7dade63ce982299e04b79d227873d1",                                     \
         "3044022051590b7a515140d2d784c85608668fdfef8c82fd1f5be52421554a0dc3d033ed02205159"        \
         "0b7a515140d2d784c85608668fdfef8c82fd1f5be52421554a0dc3d033ed"},                          \
        {"Q = 3G", 1, "44fccf23b8be3314c85b5c45f8b6153c6c98cec25ec2bacf6ebcacdc01972615",          \
         "045ecbe4d1a6330a44c8f7ef951d4bf165e6c6b721efada985fb41661bc6e7fd6c8734640c4998ff"        \
         "7e374b06ce1a64a2ecd82ab036384fb83d9a79b127a27d5032",                                     \
         "3045022100cef66d6b2a3a993e591214d1ea223fb545ca6c471c48306e4c36069404c5723f022044"        \
         "fccf23b8be3314c85b5c45f8b6153c6c98cec25ec2bacf6ebcacdc01972615"},                        \
        {"Q = -2G", 1, "4bc9a0dec5b2a3efbf63c689e689cce4ead086491fc832cffbab1a9e3bc8d1a9",         \
         "047cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978f888aaee24712f"        \
         "c0d6c26539608bcf244582521ac3167dd661fb4862dd878c2e",                                     \
         "304402205ecbe4d1a6330a44c8f7ef951d4bf165e6c6b721efada985fb41661bc6e7fd6c02202f65"        \
         "f268d3198522647bf7ca8ea5f8b2f3635b90f7d6d4c2fda0b30de373feb6"},                          \
        {"Q = -3G", 1, "9f60b4d90721238c398b6afb8b18b1cdbcda04e895f2b187e8df976cdf7c4012",         \
         "045ecbe4d1a6330a44c8f7ef951d4bf165e6c6b721efada985fb41661bc6e7fd6c78cb9bf2b66700"        \
         "82c8b4f931e59b5d1327d54fcac7b047c265864ed85d82afcd",                                     \
         "3046022100b827a284a5579e6a736c8a855e8ef2f52fdc8af922e25f3b97aa163db68923ad022100"        \
         "d72bbc4a08cbf16fed8d0bc5e34e52f257d025471a4bc429761af89c37e32621"},                      \
        {"u1 = -1", 1, "2baf2c4cd0fee580d1e497fefe6e4c69541f3043ba61d66fc48f809791a983f3",         \
         "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f"        \
         "9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",                                     \
         "304502207cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978022100d4"        \
         "50d3b22f011a802e1b68010191b39668c7ca69ecb5c8152f2a4a2b6ab9a15e"},                        \
        {"infinity", 0, "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fb3fdfea",        \
         "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f"        \
         "9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",                                     \
         "30280204012345670220666666660000000066666666666666664b8f9778a93ca5cec7e3eab464ba"        \
         "343f"},                                                                                  \
        {"infinity", 0, "0000000000000000000000000000000000000000000000000000000001234567",        \
         "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296b01cbd1c01e580"        \
         "65711814b583f061e9d431cca994cea1313449bf97c840ae0a",                                     \
         "3029020401234567022100ec91bd9897cbbe0f3b93eb0396680f187f489f278dd28383ec47924004"        \
         "4af8af"},                                                                                \
        {"infinity", 0, "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fa1c9a83",        \
         "047cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc4766997807775510db8ed0"        \
         "40293d9ac69f7430dbba7dade63ce982299e04b79d227873d1",                                     \
         "3028020401234567022033b798909b26c9b2a052bf5a814afd69f79ddab90fa7ae3f0f9f11b0710f"        \
         "36c9"},

#define P256_SHORT_SCALAR "000000000000000000000000000000000000000000000000000000000000d3e4"

#define P256_SHORT_SECRET "00001fe0d1f330c5b5779f95966757812a1a450272438c661db76659e208fba5"

#define RSA1024_N                                                                                  \
    "bf3575ffae7210e0cc30f93f349e962a0455a57dc6735cab1785e136aa99cde8a8ac47ac3c139d2e806bd424"     \
    "3b31bbd5c947c18bb16a075e7025127be3bbfb59229309775bec44c6ec05851faf875140ad706589634851f5"     \
    "ae7673e856273445b22653b8b64365db0020645e9105ab78931218c19dc4c042c3df2c27ac961173"

#define RSA1024_E "010001"

#define RSA1024_D                                                                                  \
    "2d04a3418d8ae19a6bb8e41613877b076d79d4bae62c67170934c62f9ebf1391c194be5338d9cd5a13764fbe"     \
    "3009a795d00c0aef9ed7bde0683af23d25032f4c06099d1f221fecf7c627ff84d28619cab57f9c67ebc9dd56"     \
    "a083bcb74970e1c5680dc8bff4ffa184090735bdef859dd5414bdde5b2976c946c51eb6943bc4491"

#define RSA1024_P                                                                                  \
    "fd6513515d103db1c255633280d8b4548326ba0f554ac6d4f991f89f8ac1dfe38b66e24038d799a041fffd2e"     \
    "3e18d9adff878836005af2febfdb4a4ad4529377"

#define RSA1024_Q                                                                                  \
    "c12cb6ec91df31ecfe6c1d5570998100bff78bb232101b543da9c312cdfb3170173b65f5f4a6b87ddc6f32a4"     \
    "793983998c307d131f5e77a00c45965a8d8318e5"

#define RSA1024_DP                                                                                 \
    "a985293b518b3ffae00bc7e54d95ac6ead9f06f2a318f7941bb2b025ebea7022066cba0844fed7e402c38359"     \
    "a0697797944fd3ac6ce86b904a42269d9115fd59"

#define RSA1024_DQ                                                                                 \
    "167a6786bbaaa71a96b869e96942d37a0cdc774af2fc60d1baa32869e5c2170c9e077163df660f0dc63ac23f"     \
    "d5435606e603366aa539ceddb6cfda210b5a77e9"

#define RSA1024_QINV                                                                               \
    "83dfff616f64025bcaeeb596ef5d262e04211b18f0464281dc9ec9e32f5d09cf34224af1593206b0e46da8b2"     \
    "75c56e53c65f4c491cba75383330459de772983a"

#define RSA1024_PEM                                                                                \
    "-----BEGIN RSA PRIVATE KEY-----\n"                                                            \
    "MIICXQIBAAKBgQC/NXX/rnIQ4Mww+T80npYqBFWlfcZzXKsXheE2qpnN6KisR6w8\n"                           \
    "E50ugGvUJDsxu9XJR8GLsWoHXnAlEnvju/tZIpMJd1vsRMbsBYUfr4dRQK1wZYlj\n"                           \
    "SFH1rnZz6FYnNEWyJlO4tkNl2wAgZF6RBat4kxIYwZ3EwELD3ywnrJYRcwIDAQAB\n"                           \
    "AoGALQSjQY2K4ZpruOQWE4d7B2151LrmLGcXCTTGL56/E5HBlL5TONnNWhN2T74w\n"                           \
    "CaeV0AwK757XveBoOvI9JQMvTAYJnR8iH+z3xif/hNKGGcq1f5xn68ndVqCDvLdJ\n"                           \
    "cOHFaA3Iv/T/oYQJBzW974Wd1UFL3eWyl2yUbFHraUO8RJECQQD9ZRNRXRA9scJV\n"                           \
    "YzKA2LRUgya6D1VKxtT5kfifisHf44tm4kA415mgQf/9Lj4Y2a3/h4g2AFry/r/b\n"                           \
    "SkrUUpN3AkEAwSy27JHfMez+bB1VcJmBAL/3i7IyEBtUPanDEs37MXAXO2X19Ka4\n"                           \
    "fdxvMqR5OYOZjDB9Ex9ed6AMRZZajYMY5QJBAKmFKTtRiz/64AvH5U2VrG6tnwby\n"                           \
    "oxj3lBuysCXr6nAiBmy6CET+1+QCw4NZoGl3l5RP06xs6GuQSkImnZEV/VkCQBZ6\n"                           \
    "Z4a7qqcalrhp6WlC03oM3HdK8vxg0bqjKGnlwhcMngdxY99mDw3GOsI/1UNWBuYD\n"                           \
    "NmqlOc7dts/aIQtad+kCQQCD3/9hb2QCW8rutZbvXSYuBCEbGPBGQoHcnsnjL10J\n"                           \
    "zzQiSvFZMgaw5G2osnXFblPGX0xJHLp1ODMwRZ3ncpg6\n"                                               \
    "-----END RSA PRIVATE KEY-----\n"

#define RSA1024_PKCS1_SHA256                                                                       \
    "5f414ade4c34d4cff9570c650bb3b6effb0fa588ba92b75aea380c725e0f8c51311ee2c4c6590d0579265e63"     \
    "468a2e8a1e54541f2bb0b31d987955f4d1cb4fcaf5a5d613281ba1ead6e50dfb073fd75dc191ef6c8bbd5d66"     \
    "2b9d28891fa3d35848c43ddeba31f6622c2fbddfddc1cbd38f1d25abca62792c6af7e3a15df582eb"

#define RSA1024_PSS_SHA256                                                                         \
    "52f5f6a4a44f7e1ac941cf599547fdd61ec14601a89a82cb57f58da0ca7931f6968fd227dd07d4c5469e5b09"     \
    "7d92f035ff6fdffe5c3c025af2200fb2dad58732b9968e1f3dd307ef3af54039f3c08604761a94ba837790f6"     \
    "2ad9a987bea66fca0674877905fd6ad559e8dfc0bfd475fa700ed39679048b3ed1a1d0112cb35afb"

#define RSA2048_N                                                                                  \
    "968c91d44170c5ba19825600d67d87216487c2161a7b02ea586617a11dfdf61fd1de8499f912068112e01862"     \
    "34ee5dd80163b58e4c107bcd79896e3d14423d77e2b30184280e6c47a0a0e04770353995bd1346f9f5e4083e"     \
    "419f388865419ea2339b9653b3d2ae7c8259f4c1fa07b1912d5020a77c18254ff0280afc24848b48ee88c26b"     \
    "76861b3fd3b62bd6df93c719f066ef94b96269e39588eaf1fb8d4fd5727ecc8fe4de552b6769b41e8bdad7d3"     \
    "951353eba7221d3b546803a16eefc327cf324fef062d76bfca34a130e4063d223624f4dcc8719d7e42d30c43"     \
    "85b5eff0f557eaeb9bb20d4fe7ac90face62795cd94b8f6dcb0430cdadd392fd068ca683"

#define RSA2048_E "010001"

#define RSA2048_D                                                                                  \
    "04eb5bfa8916e3c7247d3f4d30b5125cd379a22c71ba124ad10fa8f7015162a1008d1a5d23a7e4a18419e182"     \
    "1803affa56754921f8b7532c502bdef7ccf92b24073add3251d2c2d4065a2b69fa2f2b0e0b0b1db71e4350c7"     \
    "a4024d691b91ecda95002105e42adebbbfd0abb048f8c6631d8d703bb8d0db2b450831efb24bc8775143fada"     \
    "d6a3cfee0155502479fd7bc85cc324ea37d56d2033d9595ed1fdad1001a1676839995316d259095033a1528b"     \
    "0cc33ea5e4a5694f408a3e83ba7013647f989f5af9b69ddd773fbdac8ee8f8be3f56343f6ed51239ec6904b5"     \
    "8ea7c4c31ca434c9ab25b9d6906b18546bfafebbaeb955360d4ae01bc6e096107c290b79"

#define RSA2048_P                                                                                  \
    "d2259cf2e56849719ad04ab33acbdf9d77127a536670210e43427b6ed76959ad4caf5415ff4e9aca9a5dae29"     \
    "0342240b67e92da60b00fba06c25aebd1d180078aea30f4e205b0db71aad41e932ebbcaf1d29d10e7f5ec761"     \
    "18c64f89b3af36973c24d496b5e35e28e3f634d32ccf84bd6a01dfbc9f239ee2851f3762eb109849"

#define RSA2048_Q                                                                                  \
    "b765f0f42c9f83c426361864995e8e06f55ab67b645294aae308e7a1d203eaf5331721bb95a43502d9234148"     \
    "900157457ae449a3d5792df54c9d8931e88ca5fc2c70892dd47a2dbb261712424d66cfae150abae417a46e97"     \
    "42aeb3ee32380b8cd6de292cadef14f7c3bcf7051b2898da5080fb7ee744c222bf76bd9e43b5006b"

#define RSA2048_DP                                                                                 \
    "608c83655d5ce2915d4d6164a318d3ee26acc8a2d4a7a3a847e29d8f394cdfb4ad4cc8572aeb5456cd414928"     \
    "f2a44aa72ae088e6869bb6ffe77010ae3655b6b1bb9a930793fa017d24b68157c0db69df128909d19d575047"     \
    "1df8cec63755c2c10d12e6d12f53fd08d06367b5b61ac9a3b4b693b2b772c826ce7e9f15c565e471"

#define RSA2048_DQ                                                                                 \
    "a3d7d1d5028c9b964020f1d7e5e0c077dcf866b083e6f6e458221b75c8ff31084fd5699081568af9796d72a4"     \
    "55eaacc1e8d14c2caec92cd2c9d8afb9c3aceb9907469e77302cdaf0284e5244a38ba71c39b63553130016c0"     \
    "d194ec306ff2fbf69dfb29c3bdbc2afa52875e13d4b8871dfaefd03f0673ba107b06a4ce6064b2f3"

#define RSA2048_QINV                                                                               \
    "a9baacc35eedf9959e24f482f1eb48315cfd2c1061c4cea9ad95efab61d915ea386074a477b084d265f97840"     \
    "d83459aaad89e49604b6eaa79ccfd0b748d3cb60f2ecc38d9109e4985e2a11eb54be9307c741d40ac551e6ea"     \
    "b3d571b04c5f8f7694f88c3d5fe37596e6cf085dbfa2cc0591d8922f365f7cc8a566c436f99d94a7"

#define RSA2048_PEM                                                                                \
    "-----BEGIN RSA PRIVATE KEY-----\n"                                                            \
    "MIIEpAIBAAKCAQEAloyR1EFwxboZglYA1n2HIWSHwhYaewLqWGYXoR399h/R3oSZ\n"                           \
    "+RIGgRLgGGI07l3YAWO1jkwQe815iW49FEI9d+KzAYQoDmxHoKDgR3A1OZW9E0b5\n"                           \
    "9eQIPkGfOIhlQZ6iM5uWU7PSrnyCWfTB+gexkS1QIKd8GCVP8CgK/CSEi0juiMJr\n"                           \
    "doYbP9O2K9bfk8cZ8GbvlLliaeOViOrx+41P1XJ+zI/k3lUrZ2m0Hova19OVE1Pr\n"                           \
    "pyIdO1RoA6Fu78MnzzJP7wYtdr/KNKEw5AY9IjYk9NzIcZ1+QtMMQ4W17/D1V+rr\n"                           \
    "m7INT+eskPrOYnlc2UuPbcsEMM2t05L9BoymgwIDAQABAoIBAATrW/qJFuPHJH0/\n"                           \
    "TTC1ElzTeaIscboSStEPqPcBUWKhAI0aXSOn5KGEGeGCGAOv+lZ1SSH4t1MsUCve\n"                           \
    "98z5KyQHOt0yUdLC1AZaK2n6LysOCwsdtx5DUMekAk1pG5Hs2pUAIQXkKt67v9Cr\n"                           \
    "sEj4xmMdjXA7uNDbK0UIMe+yS8h3UUP62tajz+4BVVAkef17yFzDJOo31W0gM9lZ\n"                           \
    "XtH9rRABoWdoOZlTFtJZCVAzoVKLDMM+peSlaU9Aij6DunATZH+Yn1r5tp3ddz+9\n"                           \
    "rI7o+L4/VjQ/btUSOexpBLWOp8TDHKQ0yasludaQaxhUa/r+u665VTYNSuAbxuCW\n"                           \
    "EHwpC3kCgYEA0iWc8uVoSXGa0EqzOsvfnXcSelNmcCEOQ0J7btdpWa1Mr1QV/06a\n"                           \
    "yppdrikDQiQLZ+ktpgsA+6BsJa69HRgAeK6jD04gWw23Gq1B6TLrvK8dKdEOf17H\n"                           \
    "YRjGT4mzrzaXPCTUlrXjXijj9jTTLM+EvWoB37yfI57ihR83YusQmEkCgYEAt2Xw\n"                           \
    "9Cyfg8QmNhhkmV6OBvVatntkUpSq4wjnodID6vUzFyG7laQ1AtkjQUiQAVdFeuRJ\n"                           \
    "o9V5LfVMnYkx6Iyl/CxwiS3Uei27JhcSQk1mz64VCrrkF6Rul0Kus+4yOAuM1t4p\n"                           \
    "LK3vFPfDvPcFGyiY2lCA+37nRMIiv3a9nkO1AGsCgYBgjINlXVzikV1NYWSjGNPu\n"                           \
    "JqzIotSno6hH4p2POUzftK1MyFcq61RWzUFJKPKkSqcq4Ijmhpu2/+dwEK42Vbax\n"                           \
    "u5qTB5P6AX0ktoFXwNtp3xKJCdGdV1BHHfjOxjdVwsENEubRL1P9CNBjZ7W2Gsmj\n"                           \
    "tLaTsrdyyCbOfp8VxWXkcQKBgQCj19HVAoyblkAg8dfl4MB33PhmsIPm9uRYIht1\n"                           \
    "yP8xCE/VaZCBVor5eW1ypFXqrMHo0Uwsrsks0snYr7nDrOuZB0aedzAs2vAoTlJE\n"                           \
    "o4unHDm2NVMTABbA0ZTsMG/y+/ad+ynDvbwq+lKHXhPUuIcd+u/QPwZzuhB7BqTO\n"                           \
    "YGSy8wKBgQCpuqzDXu35lZ4k9ILx60gxXP0sEGHEzqmtle+rYdkV6jhgdKR3sITS\n"                           \
    "Zfl4QNg0WaqtieSWBLbqp5zP0LdI08tg8uzDjZEJ5JheKhHrVL6TB8dB1ArFUebq\n"                           \
    "s9VxsExfj3aU+Iw9X+N1lubPCF2/oswFkdiSLzZffMilZsQ2+Z2Upw==\n"                                   \
    "-----END RSA PRIVATE KEY-----\n"

#define RSA2048_PKCS1_SHA256                                                                       \
    "0e558eb3c36dc01ef304aa80a9a3016c826999164df9fdd459011f09809cf13b8efd6e04b0569c09f4676915"     \
    "2beecc1ad0fb299ca74c46f0c4f8bdeb89478e5891f2f956abc8035f4e63c34002eb1f5dea9fc8bedc94ef50"     \
    "4d469ce8d58ac78f96b489a2ece3651efc417dab8ffc20741a205ec0923cb5ecb6012e3b286c025c7216369f"     \
    "4b8d8411e49786e5c0ab21be90a286fd6a3e952524cfd2518ccdf40a0a288ced81e0e0eab71f24e533b89d6c"     \
    "096eb5232f36368c07a39110f508b018563393f27af9880a5283bd9cd863563c9f8d18391cd2972b246844ca"     \
    "aa79e9cd23f6c5e2b9f6b46327d8d79807465c859d7905729a2786cafaeb36350d7415bb"

#define RSA2048_PSS_SHA256                                                                         \
    "4502ff82ebf6edae55ed61a566244adfdffaa0dedafc640ce0267e610442b5301dbd682bc89d993474d52efe"     \
    "9f5c85998bae3e721788065113e8bbd4e40d2118085922d5c27b831f0790f0f93caa118fc014b060ca61b181"     \
    "f374ab35a12f1c998542a63c543b5d6a3bdd53cc50b9cc3f0c88c35d9fac654632462cb0d36530b8b7adcd3e"     \
    "69a4bde9d061821d6df10eedfcbe9de14911233dd7a46f6e54e5cc4f93778489651a1b6d43a1a700af1eaf76"     \
    "f9b147cf4e81f769f9579be8cf519ab1397a90f5fad8bad859ce17672d4203d5cf9afc7c1ecbc143d028365b"     \
    "864841446963112008e32451bf104375e0b7fb4112b164e97b03b5a3b4a66a526ff3392a"

#define RSA2048_PSS_SALT0                                                                          \
    "7085adbb26764ce2ab586471535195f80d449aaa596b0065ed5fd22a6d4b282e3b6db2a42bd50fef512ba8b0"     \
    "0711aa2979ac647587ce0a999975d3db8d2929941293e825e55044f30d4bc8071000ff507242e2f97846744b"     \
    "9b3815674ec362a676368d1d3b88b833b8308787f73f303c13d02939e57f8115c1cdd98a4ab6af27adb8fe19"     \
    "5cdf35d1d938b2c3d999b9b28d7667d4d97785e3927c75faa72ad04f5415d0625d9708957f92600d738eb127"     \
    "35d5e5e77ee801886253995577308c7a9e778dc09c8ad0bd55ff3ba11ce8b0d756d239382d3f640e881a6399"     \
    "b0a8cdde97c75f558d6262f7dd1f3282ac2f6c9b056ddcb32c4bf1c19e84fd69d7f10b2b"

#define RSA2048_PSS_SALT20                                                                         \
    "43258a373e6bfa69f783ede957b85170a800219aeac0896c0af1ffcdb3f607607bda09b697c999a5ff237f73"     \
    "59570846765a21cb746593d4d4b0017fc822e50d91016a656525b45a97547570837674a17e63ff2d4e11f1ab"     \
    "17fce8e651bcb29561577cb2734a877c7cfc57bf80331e81cd975ba2f9a3fd69f39f425580f787e3aa3d16e3"     \
    "7529d0e2c79e31a981e2b0385a001e05c51e529153e440adf40f61de9315573a14eee89193a6a747e8ba04ed"     \
    "cb971b41984a686ef0e276ac9447de425b6fcc68e5b1e3b19e58b6ea9b1f0464d39efd64f5e3e80ec2478a1d"     \
    "d94843ab906a06b26083314609d11aaa8a6ea95511c1a72a87138ae8a35bf9ee0415cff1"

#define RSA2049_N                                                                                  \
    "01cbc8befab65f80868b19ba24c96586cd6bb1150bb9ba4bc48055eb572dcc72cbaf90b8347c891e4d819bbf"     \
    "5f99d93b3479cc1dfad10fb3ff1794c695384a904027fa3adac3660a5218a1bbf89eed36fc9b7ce467ade26d"     \
    "c373281107bf705a41a94bdf8be320006ba18ce551d273d4d94336df25ace792d9ef828844ca4c176daea86b"     \
    "5f5cda1abc7b6851b5434c9db5fa5c18351913ddcf5dbbdb32eaf90eb2c727d78d00c5cf0bac0933d6c9f074"     \
    "038704137c23594fb8338870047862eddffa87c2644dcebff6fd065db3ccedaf65015695a4483079657eb4ca"     \
    "809787f1bd514b97be860c9ad34f8def8e133c118b848575f2a2a97da5ba7407701016cab1"

#define RSA2049_E "010001"

#define RSA2049_D                                                                                  \
    "0162bf90c580264f7ed4f46a0582c92d7e715e400ebbf906b1fbbda471af347f9e0892708de3f327c8effcc0"     \
    "bb7d1e23eabe796ee83145c715f0412a0c6d52452f90537bf583adc768c5a32eea5f8a4752bfe557956739bd"     \
    "2c2ae84f10db49a4af3a2055c0138dd81a889b07e9b451b5785713e48da7ca9a28eca89a30a3fa9c56c65e59"     \
    "54cfd0e14379d2d6cf404a4d8bd8c6c53ca144e5b4b6796d170afc2e2488df4fa87369a64ae8a054618b515f"     \
    "c0b831d6c6675884393c1c62db20aec57532774b0fa47e3905a3457be6d8052af12d6f383c04c64af8e08a47"     \
    "b5652750797fb14e0f72f6e83248ab327f832ff6c890f3f410463c8fe5e2924ae25dc821"

#define RSA2049_P                                                                                  \
    "01f69dd17e825b34774b872e41f89e311674d7c927e10c89ffb4ba392e790a91557a645e2fb4b739052416fb"     \
    "edb7ae3e8e8e6b3e082eb2335ffed6e1b8c65fa4e456c25ac8886d0164a28cf65c50a9515fd31a9c12d5ccbe"     \
    "2e9fee84cc5ebffe91ebb079f74b3cf3537ed5986bbf9d3839bf0b91be19bbf6e2ee7b63c39f6e2bd1"

#define RSA2049_Q                                                                                  \
    "ea2f1bc413e617e0715a5142d7a256b1a26c0b6c48e5913ea0ceb0b427f56202296638df74857a5a60327f2f"     \
    "3fd9632fc7c3fcb9a7ddc8af78fa84cea2543440b91eb5f5563a5cac13d61a83b19d6e06e4ae374a57222c5a"     \
    "b25e46763043e9641269fc36333eded522a0c400dec2df4c2b8143b00a7f1634f230d792da57c8e1"

#define RSA2049_DP                                                                                 \
    "01bcd82956a2e13e2a677a9982621d00ad3374d8e0a6da8638ff27e2fc32bd1bac5fcafd6193bca686da4e4d"     \
    "633432cfc33461ce61479308cd69ab9dd4001f1ebdc9dbf2a591b988861d284dd39ec07cf926ca62607941e1"     \
    "013b23cbfd65cedfed1e80ef31e43169daf862eba851cb40bc3b4e6e0ba6932a0be7aee5b97a1df441"

#define RSA2049_DQ                                                                                 \
    "de680905aa244f2ed058876e64de7f594ab9340c0e1b405aeb5c0103c8234a86650cf91c774c410c4dea0752"     \
    "37605ccbc6fc022bcc1a5cfb117952e1efd6ea9d4172c23a933ef03e58c470fffb92592960cb78253925725c"     \
    "5ca41e6526a788a38abd6f53864dc2514706c9bf4dd06343b2d99c103797c4de59d93b12f41c84e1"

#define RSA2049_QINV                                                                               \
    "012809a739a505b390037d2ff88b12a20e669c854d6fd3e124171dc32b20368ed6739655b5a8185a7fc923c6"     \
    "2cf07d8f471e4e9fc42943b0885750b591ed788b15c1b7139d1d4a17a574ca9306036749baf4afca724042bb"     \
    "6515a2fdca0c7d81cf02263d8662f4b084b87b6f8d7eeb257b7114e1854840395b45f7b54ea1f85f92"

#define RSA2049_PEM                                                                                \
    "-----BEGIN RSA PRIVATE KEY-----\n"                                                            \
    "MIIEpQIBAAKCAQEBy8i++rZfgIaLGbokyWWGzWuxFQu5ukvEgFXrVy3McsuvkLg0\n"                           \
    "fIkeTYGbv1+Z2Ts0ecwd+tEPs/8XlMaVOEqQQCf6OtrDZgpSGKG7+J7tNvybfORn\n"                           \
    "reJtw3MoEQe/cFpBqUvfi+MgAGuhjOVR0nPU2UM23yWs55LZ74KIRMpMF22uqGtf\n"                           \
    "XNoavHtoUbVDTJ21+lwYNRkT3c9du9sy6vkOsscn140Axc8LrAkz1snwdAOHBBN8\n"                           \
    "I1lPuDOIcAR4Yu3f+ofCZE3Ov/b9Bl2zzO2vZQFWlaRIMHllfrTKgJeH8b1RS5e+\n"                           \
    "hgya00+N744TPBGLhIV18qKpfaW6dAdwEBbKsQIDAQABAoIBAAFiv5DFgCZPftT0\n"                           \
    "agWCyS1+cV5ADrv5BrH7vaRxrzR/ngiScI3j8yfI7/zAu30eI+q+eW7oMUXHFfBB\n"                           \
    "KgxtUkUvkFN79YOtx2jFoy7qX4pHUr/lV5VnOb0sKuhPENtJpK86IFXAE43YGoib\n"                           \
    "B+m0UbV4VxPkjafKmijsqJowo/qcVsZeWVTP0OFDedLWz0BKTYvYxsU8oUTltLZ5\n"                           \
    "bRcK/C4kiN9PqHNppkrooFRhi1FfwLgx1sZnWIQ5PBxi2yCuxXUyd0sPpH45BaNF\n"                           \
    "e+bYBSrxLW84PATGSvjgike1ZSdQeX+xTg9y9ugySKsyf4Mv9siQ8/QQRjyP5eKS\n"                           \
    "SuJdyCECgYEB9p3RfoJbNHdLhy5B+J4xFnTXySfhDIn/tLo5LnkKkVV6ZF4vtLc5\n"                           \
    "BSQW++23rj6Ojms+CC6yM1/+1uG4xl+k5FbCWsiIbQFkooz2XFCpUV/TGpwS1cy+\n"                           \
    "Lp/uhMxev/6R67B590s881N+1Zhrv504Ob8Lkb4Zu/bi7ntjw59uK9ECgYEA6i8b\n"                           \
    "xBPmF+BxWlFC16JWsaJsC2xI5ZE+oM6wtCf1YgIpZjjfdIV6WmAyfy8/2WMvx8P8\n"                           \
    "uafdyK94+oTOolQ0QLketfVWOlysE9Yag7GdbgbkrjdKVyIsWrJeRnYwQ+lkEmn8\n"                           \
    "NjM+3tUioMQA3sLfTCuBQ7AKfxY08jDXktpXyOECgYEBvNgpVqLhPipnepmCYh0A\n"                           \
    "rTN02OCm2oY4/yfi/DK9G6xfyv1hk7ymhtpOTWM0Ms/DNGHOYUeTCM1pq53UAB8e\n"                           \
    "vcnb8qWRuYiGHShN057AfPkmymJgeUHhATsjy/1lzt/tHoDvMeQxadr4YuuoUctA\n"                           \
    "vDtObgumkyoL567luXod9EECgYEA3mgJBaokTy7QWIduZN5/WUq5NAwOG0Ba61wB\n"                           \
    "A8gjSoZlDPkcd0xBDE3qB1I3YFzLxvwCK8waXPsReVLh79bqnUFywjqTPvA+WMRw\n"                           \
    "//uSWSlgy3glOSVyXFykHmUmp4ijir1vU4ZNwlFHBsm/TdBjQ7LZnBA3l8TeWdk7\n"                           \
    "EvQchOECgYEBKAmnOaUFs5ADfS/4ixKiDmachU1v0+EkFx3DKyA2jtZzllW1qBha\n"                           \
    "f8kjxizwfY9HHk6fxClDsIhXULWR7XiLFcG3E50dSheldMqTBgNnSbr0r8pyQEK7\n"                           \
    "ZRWi/coMfYHPAiY9hmL0sIS4e2+Nfusle3EU4YVIQDlbRfe1TqH4X5I=\n"                                   \
    "-----END RSA PRIVATE KEY-----\n"

#define RSA2049_PKCS1_SHA256                                                                       \
    "011abcbecfbd3be2e664a02629daa7b73e3035fec746e97f377a656a1f1cabca16937d8d3224e740615f2d47"     \
    "42a48dec3516a54cd8da1304a2f8da43727825a9e28f48dec104fb8ba99934a21b93392cff8bb5c6c5ebd205"     \
    "2b5a096e7f5e99c3cf9bfefeea378f03ff9817619e672a790f250766776cdaf5952bda00e1486c5a223c012c"     \
    "072e5e3a5655c2cbdf87ef64ea4955638916a8ba3cab2549f26b3eb5deac1b4ab30e443c3cfb7159d1dcedc9"     \
    "3bae8d0f5e10f6795cac29b6da546ade953155db9f388e9664f71e1fde32876dcfaccffb732a79979a0e51de"     \
    "3cc5353a18146d745d139cb8db2b3c38ab952a3547e23d8c2e8d883343908e2b80fd5528a2"

#define RSA2049_PSS_SHA256                                                                         \
    "01bec6fd95254578ae8b585db4410824079dd7896a946849da61262bef10ed4e70f8f2532263bc51325cfea1"     \
    "2e75c687221198a7b0a51487541b6a881ea6d526b2f05c1ccd9d1ee8c60d6a138302fcec32edc68ab28cfa33"     \
    "04e71d9dd84826a846b6883b78c66b8808d77a12722d64ce300c4052f1bf3dfa2a48c2f18a9caef2304e8bf5"     \
    "2a3fece6c4a5bb2426cbf9b2d839ec2d056434618de7de314f34f8be55cb0ea31760d8908dd8dbbe8a536736"     \
    "3a3454bad87ad8a87ef9d5074facc6102e3099a3e3e2c06ff80a71c0545ebf518fc006e0eb945ba848ffe3d2"     \
    "57ae208318c45b0eaf85e6fab76d56d242f6c315250e73a1902dbd4d560d862577859bc2ba"

#define FFDHE2048_P                                                                                \
    "ffffffffffffffffadf85458a2bb4a9aafdc5620273d3cf1d8b9c583ce2d3695a9e13641146433fbcc939dce"     \
    "249b3ef97d2fe363630c75d8f681b202aec4617ad3df1ed5d5fd65612433f51f5f066ed0856365553ded1af3"     \
    "b557135e7f57c935984f0c70e0e68b77e2a689daf3efe8721df158a136ade73530acca4f483a797abc0ab182"     \
    "b324fb61d108a94bb2c8e3fbb96adab760d7f4681d4f42a3de394df4ae56ede76372bb190b07a7c8ee0a6d70"     \
    "9e02fce1cdf7e2ecc03404cd28342f619172fe9ce98583ff8e4f1232eef28183c3fe3b1b4c6fad733bb5fcbc"     \
    "2ec22005c58ef1837d1683b2c6f34a26c1b2effa886b423861285c97ffffffffffffffff"

#define DH_PRIVATE "1380d3a32546a6e29f0ba13664f5fb2aff8e142abdbc4bdc787e0d6d3f"

#define DH_PUBLIC                                                                                  \
    "6f755c931aab02df1a27d6efc3a3a57059409b3c3a9f6b82a389b83ffcf311ba81b2e4c5492c47edc0c7558e"     \
    "c8b8c0cddb8fed368a3caabe9f46e45d8e8465872bb733a89ed85407156fa286eb9824e2771652f6d2c023cf"     \
    "241a966a72ae4d513329265116f5e98a6a45a883508aeacd439d6ad858d1782ce6575455d2b4202d214e544b"     \
    "df7e0d728c3ad5df9d28bfdcbf4c86a493619d58e60936f5dadd88bdc1cf7f2a2701de6f2168d36de4892e77"     \
    "18aaae15a373a5f75e7f26c4a5e7e61b1e7485aa01f66313edd3917a04e9ca6055d991d77c37a1bb5dd6063b"     \
    "95db72cde73c841108de56ae95bddce9e8e82f30c2d2c01913cf46d5897f9d1bc5db446a"

#define DH_PEER                                                                                    \
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"     \
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"     \
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"     \
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"     \
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000400000"     \
    "000000000000000000000000000000000000000000000000000000000000000000000000"

#define DH_SECRET                                                                                  \
    "0082b3f5b968a3ff451819a1c469394625c9fa2c2ac6817054ee1bd74380be16400858300f8bd05d65dc698c"     \
    "503fe49387c5dfb4b26b3d0af16ba924016878f710e7019f9ca3d8cbd8dfa82b71c6c1c43db1dc695e2dcf55"     \
    "c96ba614c98ccb06908e1248633887f848d3cdd088a81dad3190fe0a725c8cd55fa5ecaf3271eb46610cf7d3"     \
    "ee59b7e573677f1c07d748f19ee8b7a3a01125cb195541ea0b5b9963c49d48f247ace36f78a3b8b4f96b3a7a"     \
    "76852cea53b61aeb36be462b465bac1b857c464b0541bf05fad72c5a3b43360c09afb3a30074de58d5812e88"     \
    "cbf546a48297bd362692c0c324900dc117a076f7367a58d5db857e0bee2722b2e441d3e8"

#define DSA_P                                                                                      \
    "86f5ca03dcfeb225063ff830a0c769b9dd9d6153ad91d7ce27f787c43278b447e6533b86b18bed6e8a48b784"     \
    "a14c252c5be0dbf60b86d6385bd2f12fb763ed8873abfd3f5ba2e0a8c0a59082eac056935e529daf7c610467"     \
    "899c77adedfc846c881870b7b19b2b58f9be0521a17002e3bdd6b86685ee90b3d9a1b02b782b1779"

#define DSA_Q "996f967f6c8e388d9e28d01e205fba957a5698b1"

#define DSA_G                                                                                      \
    "07b0f92546150b62514bb771e2a0c0ce387f03bda6c56b505209ff25fd3c133d89bbcd97e904e09114d9a7de"     \
    "fdeadfc9078ea544d2e401aeecc40bb9fbbf78fd87995a10a1c27cb7789b594ba7efb5c4326a9fe59a070e13"     \
    "6db77175464adca417be5dce2f40d10a46a3a3943f26ab7fd9c0398ff8c76ee0a56826a8a88f1dbd"

#define DSA_Y                                                                                      \
    "5df5e01ded31d0297e274e1691c192fe5868fef9e19a84776454b100cf16f65392195a38b90523e2542ee618"     \
    "71c0440cb87c322fc4b4d2ec5e1e7ec766e1be8d4ce935437dc11c3c8fd426338933ebfe739cb3465f4d3668"     \
    "c5e473508253b1e682f65cbdc4fae93c2ea212390e54905a86e2223170b44eaa7da5dd9ffcfb7f3b"

#define DSA_SIGNATURE_SHA1                                                                         \
    "302c02142e1a0c2562b2912caaf89186fb0f42001585da55021429efb6b0aff2d7a68eb70ca313022253b9a8"     \
    "8df5"

#define DSA_SIGNATURE_SHA256                                                                       \
    "302d02150081f2f5850be5bc123c43f71a3033e9384611c54502144cdd914b65eb6c66a8aaad27299bee6b03"     \
    "5f5e89"

#endif
