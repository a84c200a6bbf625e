/* The three ways out: see send.h. */
#include "mail/send.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/address.h"
#include "base/buffer.h"
#include "base/child.h"
#include "base/limits.h"
#include "base/memory.h"
#include "mta-hooks/maildir.h"

enum {
    REPLY_BYTES_MAXIMUM = 4096,
    HELPER_SECONDS = 330,   /* more than the helper grants the server, so that the helper's own sentence arrives */
    SENDMAIL_SECONDS = 120, /* it only queues; postdrop without its rights would try for ever */
};

enum transport { TRANSPORT_SMTP, TRANSPORT_SENDMAIL, TRANSPORT_MAILDIR };

struct sender {
    enum transport transport;
    char *target; /* URL, path of the program or of the Maildir */
    char *helper;
    char *hostname;
    struct child *child; /* the SMTP helper with its connection, once there was a mail */
};

static bool parse_transport(struct sender *sender, const char *transport, struct error **error)
{
    static const char sendmail[] = "sendmail:";
    static const char maildir[] = "maildir:";
    static const char smtp[] = "smtp://";
    const char *target = transport;
    if (strncmp(transport, sendmail, sizeof sendmail - 1) == 0) {
        sender->transport = TRANSPORT_SENDMAIL;
        target += sizeof sendmail - 1;
    } else if (strncmp(transport, maildir, sizeof maildir - 1) == 0) {
        sender->transport = TRANSPORT_MAILDIR;
        target += sizeof maildir - 1;
    } else if (strncmp(transport, smtp, sizeof smtp - 1) == 0) {
        sender->transport = TRANSPORT_SMTP;
        const char *host = transport + sizeof smtp - 1;
        if (!*host || strpbrk(host, "/ @?#"))
            return error_set(error, ERROR_REFUSED, "the transport \"%s\" is not smtp://HOST:PORT", transport);
    } else {
        return error_set(error, ERROR_REFUSED,
                         "the transport \"%s\" is none of smtp://HOST:PORT, sendmail:PROGRAM and maildir:FOLDER",
                         transport);
    }
    if (sender->transport != TRANSPORT_SMTP && *target != '/')
        return error_set(error, ERROR_REFUSED, "the transport \"%s\" needs a path from the root", transport);
    sender->target = memory_copy_text(sender, target);
    return true;
}

struct sender *sender_open(const void *context, const char *transport, const char *helper, const char *hostname,
                           struct error **error)
{
    struct sender *sender = memory_new(context, struct sender);
    sender->helper = memory_copy_text(sender, helper);
    sender->hostname = memory_copy_text(sender, hostname);
    if (parse_transport(sender, transport, error))
        return sender;
    talloc_free(sender);
    return NULL;
}

static struct send_result *make_result(const void *context, enum send_outcome outcome, const char *reply)
{
    struct send_result *result = memory_new(context, struct send_result);
    result->outcome = outcome;
    result->reply = memory_copy_text(result, reply);
    return result;
}

/* SMTP, through the helper */

/* Without an envelope nothing is sent. */
static bool send_request(const struct sender *sender, const struct envelope *envelope, const char *bytes, size_t length,
                         struct error **error)
{
    json_t *request = json_pack("{s:s, s:s, s:s*, s:s*}", "url", sender->target, "hostname", sender->hostname, "from",
                                envelope ? envelope->sender : NULL, "to", envelope ? envelope->recipient : NULL);
    char *text = request ? json_dumps(request, JSON_COMPACT) : NULL;
    json_decref(request);
    if (!text)
        return error_set(error, ERROR_REFUSED, "the host name \"%s\" is not UTF-8", sender->hostname);
    bool sent = child_send(sender->child, text, strlen(text), error) && child_send(sender->child, bytes, length, error);
    free(text);
    return sent;
}

/* NULL when the helper's frame holds no verdict. */
static struct send_result *read_verdict(const void *context, const char *text, size_t length)
{
    json_t *verdict = json_loadb(text, length, 0, NULL);
    const char *outcome = json_string_value(json_object_get(verdict, "outcome"));
    const char *reply = json_string_value(json_object_get(verdict, "reply"));
    struct send_result *result = NULL;
    if (outcome && reply && strcmp(outcome, "accepted") == 0)
        result = make_result(context, SEND_ACCEPTED, reply);
    else if (outcome && reply && strcmp(outcome, "refused") == 0)
        result = make_result(context, SEND_REFUSED, reply);
    else if (outcome && reply && strcmp(outcome, "later") == 0)
        result = make_result(context, SEND_LATER, reply);
    json_decref(verdict);
    return result;
}

/* A helper that failed is thrown away with its connection; the next mail starts another. */
static struct send_result *give_up_helper(const void *context, struct sender *sender, struct error **problem)
{
    char *reply = error_text(NULL, *problem);
    struct send_result *result = make_result(context, SEND_LATER, reply);
    talloc_free(reply);
    error_free(problem);
    talloc_free(sender->child);
    sender->child = NULL;
    return result;
}

static struct send_result *send_by_smtp(const void *context, struct sender *sender, const struct envelope *envelope,
                                        const struct buffer *mail, struct error **error)
{
    if (!sender->child)
        sender->child = child_start(sender, (const char *const[]){sender->helper, NULL}, error);
    if (!sender->child)
        return NULL;
    struct error *problem = NULL;
    size_t length;
    child_begin(sender->child, HELPER_SECONDS);
    if (!send_request(sender, envelope, mail ? mail->bytes : "", mail ? mail->length : 0, &problem))
        return give_up_helper(context, sender, &problem);
    char *text = child_receive(sender->child, NULL, REPLY_BYTES_MAXIMUM, &length, &problem);
    if (!text)
        return give_up_helper(context, sender, &problem);
    struct send_result *result = read_verdict(context, text, length);
    talloc_free(text);
    if (result)
        return result;
    error_set(&problem, ERROR_TEMPORARY, "%s gave no verdict", sender->helper);
    return give_up_helper(context, sender, &problem);
}

/* The sendmail program. Its input and output are files in memory: no pipe can fill up, no signal can come of it. */

static bool fill_input(int descriptor, const struct buffer *mail)
{
    for (size_t done = 0; done < mail->length;) {
        ssize_t written = write(descriptor, mail->bytes + done, mail->length - done);
        if (written < 0 && errno != EINTR)
            return false;
        done += written > 0 ? (size_t)written : 0;
    }
    return lseek(descriptor, 0, SEEK_SET) == 0;
}

/* The recipient comes behind "--" and the sender behind "-f": neither can be taken for an option. */
static int spawn_sendmail(const char *program, const struct envelope *envelope, const int files[2], pid_t *process)
{
    const char *sender = *envelope->sender ? envelope->sender : "<>";
    const char *const arguments[] = {program, "-i", "-f", sender, "--", envelope->recipient, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed)
        return failed;
    failed = posix_spawnattr_init(&attributes);
    if (failed) {
        posix_spawn_file_actions_destroy(&actions);
        return failed;
    }
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    failed = posix_spawn_file_actions_adddup2(&actions, files[0], STDIN_FILENO);
    if (!failed)
        failed = posix_spawn_file_actions_adddup2(&actions, files[1], STDOUT_FILENO);
    if (!failed)
        failed = posix_spawn_file_actions_adddup2(&actions, files[1], STDERR_FILENO);
    if (!failed)
        failed = posix_spawnattr_setsigdefault(&attributes, &defaults);
    if (!failed)
        failed = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    if (!failed)
        failed = posix_spawn(process, program, &actions, &attributes, child_arguments(arguments), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

/* Waits for the program; one that takes too long is killed and shows up as ended by a signal. */
static int wait_for_end(pid_t process)
{
    int handle = pidfd_open(process, 0);
    struct pollfd ending = {.fd = handle, .events = POLLIN};
    int ready;
    do
        ready = handle < 0 ? 1 : poll(&ending, 1, SENDMAIL_SECONDS * 1000);
    while (ready < 0 && errno == EINTR);
    if (ready <= 0)
        kill(process, SIGKILL);
    if (handle >= 0)
        close(handle);
    int status = 0;
    while (waitpid(process, &status, 0) < 0 && errno == EINTR)
        continue;
    return status;
}

/*
 * Refused are only the statuses that speak of this mail or its recipient. The others (usage, configuration, rights, a
 * crash) speak of the installation: the mail waits until somebody has repaired it.
 */
static enum send_outcome judge_status(int status)
{
    if (!WIFEXITED(status))
        return SEND_LATER;
    switch (WEXITSTATUS(status)) {
    case EX_OK:
        return SEND_ACCEPTED;
    case EX_DATAERR:
    case EX_NOUSER:
    case EX_NOHOST:
    case EX_UNAVAILABLE:
        return SEND_REFUSED;
    default:
        return SEND_LATER;
    }
}

/* What the program said last, or how it ended when it said nothing. */
static char *last_words(const void *context, int descriptor, int status)
{
    char output[REPLY_BYTES_MAXIMUM];
    off_t end = lseek(descriptor, 0, SEEK_END);
    off_t start = end > (off_t)sizeof output ? end - (off_t)sizeof output : 0;
    ssize_t length = pread(descriptor, output, sizeof output, start);
    while (length > 0 && (unsigned char)output[length - 1] <= ' ')
        length--;
    if (length <= 0 && WIFEXITED(status))
        return memory_format(context, "sendmail ended with status %d", WEXITSTATUS(status));
    if (length <= 0)
        return memory_format(context, "sendmail was ended by signal %d", WTERMSIG(status));
    const char *line = memrchr(output, '\n', (size_t)length);
    line = line ? line + 1 : output;
    return memory_copy_bytes(context, line, (size_t)(output + length - line));
}

static struct send_result *run_sendmail(const void *context, const struct sender *sender,
                                        const struct envelope *envelope, const int files[2], struct error **error)
{
    pid_t process;
    int failed = spawn_sendmail(sender->target, envelope, files, &process);
    if (failed) {
        errno = failed;
        error_set_errno(error, "cannot start %s", sender->target);
        return NULL;
    }
    int status = wait_for_end(process);
    char *reply = last_words(NULL, files[1], status);
    struct send_result *result = make_result(context, judge_status(status), reply);
    talloc_free(reply);
    return result;
}

static struct send_result *send_by_sendmail(const void *context, const struct sender *sender,
                                            const struct envelope *envelope, const struct buffer *mail,
                                            struct error **error)
{
    const int files[2] = {memfd_create("mail", MFD_CLOEXEC), memfd_create("output", MFD_CLOEXEC)};
    struct send_result *result = NULL;
    if (files[0] < 0 || files[1] < 0 || !fill_input(files[0], mail))
        error_set_errno(error, "cannot hold the mail for %s", sender->target);
    else
        result = run_sendmail(context, sender, envelope, files, error);
    for (int i = 0; i < 2; i++)
        if (files[i] >= 0)
            close(files[i]);
    return result;
}

/* The Maildir */

static struct send_result *send_by_maildir(const void *context, const struct sender *sender,
                                           const struct envelope *envelope, const struct buffer *mail)
{
    struct maildir maildir = {.path = sender->target};
    if (maildir_create(&maildir) && maildir_deliver(&maildir, envelope->name, mail->bytes, mail->length))
        return make_result(context, SEND_ACCEPTED, "delivered to maildir");
    return make_result(context, SEND_LATER, maildir.why);
}

/* A carriage return before a line feed is the wire's; programs and files of this system end lines without it. */
static void add_with_plain_line_ends(struct buffer *out, const char *bytes, size_t length)
{
    const char *end = bytes + length;
    while (bytes < end) {
        const char *feed = memchr(bytes, '\n', (size_t)(end - bytes));
        const char *stop = feed ? feed : end;
        bool has_return = feed && stop > bytes && stop[-1] == '\r';
        buffer_add(out, bytes, (size_t)(stop - bytes) - has_return);
        if (!feed)
            break;
        buffer_add_byte(out, '\n');
        bytes = feed + 1;
    }
}

/* The bytes as the transport wants them. */
static struct buffer *prepare(const struct sender *sender, const struct envelope *envelope, const char *bytes,
                              size_t length)
{
    enum { ROOM_FOR_HEADERS = 512 * 1024 };
    struct buffer *mail = buffer_new(NULL, LIMIT_MAIL_OUT_BYTES + ROOM_FOR_HEADERS);
    if (sender->transport == TRANSPORT_MAILDIR)
        buffer_format(mail, "Return-Path: <%s>\nDelivered-To: %s\n", envelope->sender, envelope->recipient);
    if (sender->transport == TRANSPORT_SMTP)
        buffer_add(mail, bytes, length);
    else
        add_with_plain_line_ends(mail, bytes, length);
    return mail;
}

static bool check_envelope(const struct envelope *envelope, struct error **error)
{
    if (*envelope->sender && !address_is_valid(envelope->sender))
        return error_set(error, ERROR_REFUSED, "\"%s\" is no envelope sender", envelope->sender);
    return address_is_valid(envelope->recipient) ||
           error_set(error, ERROR_REFUSED, "\"%s\" is no envelope recipient", envelope->recipient);
}

struct send_result *sender_send(const void *context, struct sender *sender, const struct envelope *envelope,
                                const char *bytes, size_t length, struct error **error)
{
    if (!check_envelope(envelope, error))
        return NULL;
    struct buffer *mail = prepare(sender, envelope, bytes, length);
    struct send_result *result = NULL;
    if (mail->overflowed)
        error_set(error, ERROR_REFUSED, "a mail of %zu bytes is larger than any that Kairan makes", length);
    else if (sender->transport == TRANSPORT_SMTP)
        result = send_by_smtp(context, sender, envelope, mail, error);
    else if (sender->transport == TRANSPORT_SENDMAIL)
        result = send_by_sendmail(context, sender, envelope, mail, error);
    else
        result = send_by_maildir(context, sender, envelope, mail);
    talloc_free(mail);
    return result;
}

bool sender_check(struct sender *sender, struct error **error)
{
    struct maildir maildir = {.path = sender->target};
    struct send_result *result;
    bool is_open = false;
    switch (sender->transport) {
    case TRANSPORT_SENDMAIL:
        return access(sender->target, X_OK) == 0 || error_set_errno(error, "cannot run %s", sender->target);
    case TRANSPORT_MAILDIR:
        return maildir_create(&maildir) || error_set(error, ERROR_INSTALLATION, "%s", maildir.why);
    case TRANSPORT_SMTP:
        result = send_by_smtp(sender, sender, NULL, NULL, error);
        is_open = result && (result->outcome == SEND_ACCEPTED ||
                             error_set(error, ERROR_TEMPORARY, "%s does not take mail: %s", sender->target, result->reply));
        talloc_free(result);
    }
    return is_open;
}
