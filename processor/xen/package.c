/* Downloaded updates: see package.h. libarchive takes them apart. */
#include "xen/package.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

enum { PIECE = 64 * 1024, MOST_MEMBERS = 1000, DISC_MARK = 0x8001 /* where "CD001" stands (ECMA-119) */ };

static const int64_t most_bytes = (int64_t)8 << 30; /* taken out together; against archives that swell */

bool package_begins_well(const char *bytes, size_t length)
{
    static const char magic[PACKAGE_MAGIC] = {'P', 'K', 3, 4};
    return length < PACKAGE_MAGIC || memcmp(bytes, magic, PACKAGE_MAGIC) == 0;
}

static bool ends_with(const char *name, const char *end)
{
    size_t length = strlen(name);
    return length > strlen(end) && strcmp(name + length - strlen(end), end) == 0;
}

/* One member on its way by. */
struct member {
    bool is_update;
    bool is_disc;
    int64_t read;
    char mark[5];
};

static void take_piece(struct member *member, const char *bytes, size_t length)
{
    for (size_t i = 0; i < sizeof member->mark; i++) {
        int64_t at = DISC_MARK + (int64_t)i - member->read;
        if (at >= 0 && at < (int64_t)length)
            member->mark[i] = bytes[at];
    }
    member->read += (int64_t)length;
}

/* To its end, where libarchive compares its checksum. */
static bool read_member(struct archive *archive, struct member *member, int64_t *total, struct error **error)
{
    char piece[PIECE];
    for (;;) {
        la_ssize_t length = archive_read_data(archive, piece, sizeof piece);
        if (length == 0)
            return true;
        if (length < 0)
            return error_set(error, ERROR_REFUSED, "the archive is damaged: %s", archive_error_string(archive));
        *total += length;
        if (*total > most_bytes)
            return error_set(error, ERROR_REFUSED, "the archive holds more than an update can");
        take_piece(member, piece, (size_t)length);
    }
}

static bool read_members(struct archive *archive, bool *has_update, struct error **error)
{
    struct archive_entry *entry;
    int64_t total = 0;
    for (int count = 0;; count++) {
        int status = archive_read_next_header(archive, &entry);
        if (status == ARCHIVE_EOF)
            return true;
        if (status != ARCHIVE_OK || count == MOST_MEMBERS)
            return error_set(error, ERROR_REFUSED, "the archive is damaged: %s",
                             count == MOST_MEMBERS ? "too many members" : archive_error_string(archive));
        const char *name = archive_entry_pathname(entry);
        struct member member = {.is_update = name && ends_with(name, ".xsupdate"), .is_disc = name && ends_with(name, ".iso")};
        if (!read_member(archive, &member, &total, error))
            return false;
        if (member.is_disc && memcmp(member.mark, "CD001", sizeof member.mark) != 0)
            return error_set(error, ERROR_REFUSED, "%s in the archive is no image of a disc", name);
        *has_update = *has_update || ((member.is_update || member.is_disc) && member.read > 0);
    }
}

bool package_check(const char *path, struct error **error)
{
    struct archive *archive = archive_read_new();
    bool has_update = false;
    bool opened = archive && archive_read_support_format_zip_seekable(archive) == ARCHIVE_OK &&
                  archive_read_open_filename(archive, path, PIECE) == ARCHIVE_OK;
    bool done = opened ? read_members(archive, &has_update, error)
                       : error_set(error, ERROR_REFUSED, "it is no ZIP archive, or not all of one");
    archive_read_free(archive);
    return done && (has_update || error_set(error, ERROR_REFUSED, "the archive holds no update (*.xsupdate or *.iso)"));
}

static bool digest_all(EVP_MD_CTX *digest, int descriptor)
{
    char piece[PIECE];
    ssize_t length;
    while ((length = read(descriptor, piece, sizeof piece)) > 0)
        if (EVP_DigestUpdate(digest, piece, (size_t)length) != 1)
            return false;
    return length == 0;
}

char *package_digest(const void *context, const char *path, struct error **error)
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    bool done = descriptor >= 0 && digest && EVP_DigestInit_ex(digest, EVP_sha256(), NULL) == 1 && digest_all(digest, descriptor) &&
                EVP_DigestFinal_ex(digest, bytes, &length) == 1;
    EVP_MD_CTX_free(digest);
    if (descriptor >= 0)
        close(descriptor);
    if (!done) {
        error_set_errno(error, "cannot read %s", path);
        return NULL;
    }
    char *text = memory_copy_text(context, "");
    for (unsigned i = 0; i < length; i++)
        text = memory_format(context, "%s%02x", text, bytes[i]);
    return text;
}
