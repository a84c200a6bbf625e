/* Tokens: see token.h. */
#include "mail/token.h"

#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"

enum { KEY_BYTES = 32, KEY_BYTES_MAXIMUM = 4096, DIGEST_BYTES = 32, TOKEN_BYTES = 10, RANDOM_BYTES = 8 };

/*
 * Waking libcrypto takes longer than all else that an idle run does, so the schedule is made when the first token is
 * asked for; until then the raw key waits.
 */
struct schedule {
    EVP_MAC_CTX *keyed; /* done once; each token starts from it again. NULL: not yet */
    char *bytes;        /* the raw key, wiped when it is used up */
    size_t length;
};

struct token_key {
    struct schedule *schedule;
};

static void wipe_bytes(struct schedule *schedule)
{
    if (schedule->bytes)
        OPENSSL_cleanse(schedule->bytes, schedule->length);
    talloc_free(schedule->bytes);
    schedule->bytes = NULL;
}

static int forget_schedule(struct schedule *schedule)
{
    EVP_MAC_CTX_free(schedule->keyed);
    wipe_bytes(schedule);
    return 0;
}

static bool make_schedule(struct schedule *schedule)
{
    EVP_MAC *algorithm = EVP_MAC_fetch(NULL, "HMAC", NULL);
    if (!algorithm)
        return false;
    schedule->keyed = memory_check(EVP_MAC_CTX_new(algorithm));
    EVP_MAC_free(algorithm);
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                     OSSL_PARAM_construct_end()};
    bool made = EVP_MAC_init(schedule->keyed, (const unsigned char *)schedule->bytes, schedule->length, parameters) == 1;
    wipe_bytes(schedule);
    return made;
}

static char *read_key_file(const void *context, const char *path, size_t *length, struct error **error)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0) {
        error_set_errno(error, "cannot open the key file %s", path);
        return NULL;
    }
    struct stat status;
    char *bytes = NULL;
    if (fstat(descriptor, &status) != 0)
        error_set_errno(error, "cannot look at the key file %s", path);
    else if (!S_ISREG(status.st_mode))
        error_set(error, ERROR_INSTALLATION, "the key file %s is not a regular file", path);
    else if (status.st_mode & (S_IRWXG | S_IRWXO))
        error_set(error, ERROR_INSTALLATION, "others than its owner may use the key file %s; run chmod 600 %s", path, path);
    else
        bytes = file_read_descriptor(context, descriptor, path, KEY_BYTES_MAXIMUM, length, error);
    close(descriptor); /* it was only read: nothing can be lost here */
    return bytes;
}

struct token_key *token_load_key(const void *context, const char *path, struct error **error)
{
    size_t length = 0;
    char *bytes = read_key_file(NULL, path, &length, error);
    if (!bytes)
        return NULL;
    bool enough = length >= KEY_BYTES ||
                  error_set(error, ERROR_INSTALLATION, "the key file %s is shorter than %d bytes", path, (int)KEY_BYTES);
    if (!enough) {
        OPENSSL_cleanse(bytes, length);
        talloc_free(bytes);
        return NULL;
    }
    struct token_key *key = memory_new(context, struct token_key);
    key->schedule = memory_new(key, struct schedule);
    key->schedule->bytes = talloc_steal(key->schedule, bytes);
    key->schedule->length = length;
    talloc_set_destructor(key->schedule, forget_schedule);
    return key;
}

static bool fill_random(unsigned char *bytes, int length, struct error **error)
{
    return RAND_bytes(bytes, length) == 1 || error_set(error, ERROR_TEMPORARY, "the system gives no random numbers");
}

bool token_create_key(const char *path, struct error **error)
{
    unsigned char bytes[KEY_BYTES];
    bool done = fill_random(bytes, sizeof bytes, error) &&
                file_create(path, (const char *)bytes, sizeof bytes, 0600, error);
    OPENSSL_cleanse(bytes, sizeof bytes);
    return done;
}

/* RFC 4648 section 6 in lower case and without padding; `letters` has room for a NUL behind them. */
static void write_base32(char *letters, const unsigned char *bytes, size_t length)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
    unsigned pending = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < length; i++) {
        pending = (pending << 8 | bytes[i]) & 0xFFF;
        for (bits += 8; bits >= 5; bits -= 5)
            *letters++ = alphabet[pending >> (bits - 5) & 31];
    }
    if (bits)
        *letters++ = alphabet[pending << (5 - bits) & 31];
    *letters = '\0';
}

static bool add_to_mac(EVP_MAC_CTX *mac, const char *bytes, size_t length)
{
    return EVP_MAC_update(mac, (const unsigned char *)bytes, length) == 1;
}

/*
 * The NULs keep ("a", "bc") and ("ab", "c") apart; the version lets a later scheme use the same key. A libcrypto
 * without HMAC-SHA-256 is broken beyond what a caller could do about it.
 */
static void write_token(const struct token_key *key, const char *subject, const char *purpose,
                        char letters[TOKEN_LETTERS + 1])
{
    static const char version[] = "kairan token 1";
    unsigned char digest[DIGEST_BYTES];
    size_t length = 0;
    if (!key->schedule->keyed && !make_schedule(key->schedule))
        abort();
    EVP_MAC_CTX *keyed = key->schedule->keyed;
    bool done = EVP_MAC_init(keyed, NULL, 0, NULL) == 1 && add_to_mac(keyed, version, sizeof version) &&
                add_to_mac(keyed, subject, strlen(subject) + 1) && add_to_mac(keyed, purpose, strlen(purpose) + 1) &&
                EVP_MAC_final(keyed, digest, &length, sizeof digest) == 1 && length == sizeof digest;
    if (!done)
        abort();
    write_base32(letters, digest, TOKEN_BYTES);
}

char *token_make(const void *context, const struct token_key *key, const char *subject, const char *purpose)
{
    char letters[TOKEN_LETTERS + 1];
    write_token(key, subject, purpose, letters);
    return memory_copy_text(context, letters);
}

bool token_matches(const struct token_key *key, const char *subject, const char *purpose, const char *token)
{
    char expected[TOKEN_LETTERS + 1];
    char given[TOKEN_LETTERS];
    if (strnlen(token, TOKEN_LETTERS + 1) != TOKEN_LETTERS)
        return false;
    for (size_t i = 0; i < TOKEN_LETTERS; i++)
        given[i] = token[i] >= 'A' && token[i] <= 'Z' ? (char)(token[i] + ('a' - 'A')) : token[i];
    write_token(key, subject, purpose, expected);
    return CRYPTO_memcmp(given, expected, TOKEN_LETTERS) == 0;
}

char *token_random(const void *context, struct error **error)
{
    enum { RANDOM_LETTERS = (RANDOM_BYTES * 8 + 4) / 5 };
    unsigned char bytes[RANDOM_BYTES];
    char letters[RANDOM_LETTERS + 1];
    if (!fill_random(bytes, sizeof bytes, error))
        return NULL;
    write_base32(letters, bytes, sizeof bytes);
    return memory_copy_text(context, letters);
}
