/* Hashes: see hash.h. */
#include "base/hash.h"

#include <nettle/sha2.h>

#include "base/memory.h"

char *hash_sha256(const void *context, const char *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[SHA256_DIGEST_SIZE];
    struct sha256_ctx hash;
    sha256_init(&hash);
    sha256_update(&hash, length, (const uint8_t *)bytes);
    sha256_digest(&hash, sizeof digest, digest);
    char *hex = memory_array(context, char, 2 * sizeof digest + 1);
    for (size_t i = 0; i < sizeof digest; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    return hex;
}
