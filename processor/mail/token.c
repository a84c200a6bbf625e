/* Tokens: see token.h. */
#include "mail/token.h"

#include <fcntl.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"

enum { KEY_BYTES = 32, KEY_BYTES_MAXIMUM = 4096, TOKEN_BYTES = 10, RANDOM_BYTES = 8 };

struct token_key {
    struct hmac_sha256_ctx keyed; /* each token starts from a copy of it */
};

static int forget_key(struct token_key *key)
{
    explicit_bzero(&key->keyed, sizeof key->keyed);
    return 0;
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
    struct token_key *key = NULL;
    if (length >= KEY_BYTES) {
        key = memory_new(context, struct token_key);
        talloc_set_destructor(key, forget_key);
        hmac_sha256_set_key(&key->keyed, length, (const uint8_t *)bytes);
    } else {
        error_set(error, ERROR_INSTALLATION, "the key file %s is shorter than %d bytes", path, (int)KEY_BYTES);
    }
    explicit_bzero(bytes, length);
    talloc_free(bytes);
    return key;
}

static bool fill_random(unsigned char *bytes, size_t length, struct error **error)
{
    return getrandom(bytes, length, 0) == (ssize_t)length ||
           error_set_errno(error, "the system gives no random numbers");
}

bool token_create_key(const char *path, struct error **error)
{
    unsigned char bytes[KEY_BYTES];
    bool done = fill_random(bytes, sizeof bytes, error) &&
                file_create(path, (const char *)bytes, sizeof bytes, 0600, error);
    explicit_bzero(bytes, sizeof bytes);
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

static void add_to_mac(struct hmac_sha256_ctx *mac, const char *bytes, size_t length)
{
    hmac_sha256_update(mac, length, (const uint8_t *)bytes);
}

/* The NULs keep ("a", "bc") and ("ab", "c") apart; the version lets a later scheme use the same key. */
static void write_token(const struct token_key *key, const char *subject, const char *purpose,
                        char letters[TOKEN_LETTERS + 1])
{
    static const char version[] = "kairan token 1";
    unsigned char digest[SHA256_DIGEST_SIZE];
    struct hmac_sha256_ctx mac = key->keyed;
    add_to_mac(&mac, version, sizeof version);
    add_to_mac(&mac, subject, strlen(subject) + 1);
    add_to_mac(&mac, purpose, strlen(purpose) + 1);
    hmac_sha256_digest(&mac, sizeof digest, digest);
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
    return memeql_sec(given, expected, TOKEN_LETTERS) == 1;
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
