/* The office: see office.h. */
#include "mail/office.h"

#include <ctype.h>
#include <string.h>

#include "base/address.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/memory.h"
#include "mail/compose.h"
#include "store/letter.h"
#include "store/outbox.h"
#include "text/almanac.h"

static const char answer_purpose[] = "answer";
static const char loop_purpose[] = "loop";

struct office *office_open(const void *context, const struct config *config, struct error **error)
{
    struct office *office = memory_new(context, struct office);
    office->config = config;
    office->now = clock_now();
    office->pool = memory_new_pool(office);
    office->templates = template_open_folder(office, config->templates);
    office->key = token_load_key(office, config->key_file, error);
    if (office->key)
        office->loop_token = token_make(office, office->key, config->domain, loop_purpose);
    office->almanac = office->key ? almanac_load(office, config, error) : NULL;
    if (office->almanac)
        office->store = store_open(office, config->database, error);
    if (!office->store) {
        talloc_free(office);
        return NULL;
    }
    return office;
}

const char *office_loop_token(const struct office *office)
{
    return office->loop_token;
}

bool office_is_own(const struct office *office, const struct letter *letter)
{
    return letter->loop_token && token_matches(office->key, office->config->domain, loop_purpose, letter->loop_token);
}

const char *office_language(const struct office *office, const char *language)
{
    return language ? language : office->config->language;
}

static char *token_subject(const void *context, const char *code, int number)
{
    return memory_format(context, "%s/%d", code, number);
}

char *office_reference(const void *context, const struct office *office, const char *code, int number, int edition)
{
    char *subject = token_subject(context, code, number);
    char *token = token_make(subject, office->key, subject, answer_purpose);
    char *reference = edition > 1 ? memory_format(context, "%s-%d-%d-%s", code, number, edition, token)
                                  : memory_format(context, "%s-%d-%s", code, number, token);
    talloc_free(subject);
    return reference;
}

bool office_reference_is_genuine(const struct office *office, const char *code, int number, const char *token)
{
    char *subject = token_subject(NULL, code, number);
    bool genuine = token && token_matches(office->key, subject, answer_purpose, token);
    talloc_free(subject);
    return genuine;
}

char *office_extend_address(const void *context, const struct office *office, const char *address, const char *extension)
{
    const char *at = strchr(address, '@');
    char delimiter = office->config->delimiters[0];
    if (!delimiter || !extension)
        return memory_copy_text(context, address);
    return memory_format(context, "%.*s%c%s%s", (int)(at - address), address, delimiter, extension, at);
}

char *office_reply_address(const void *context, const struct office *office, const char *reference)
{
    return office_extend_address(context, office, office->config->poll_address, reference);
}

/* What a rendered template says: header lines "Subject:" and "From:", an empty line, the text. */
struct rendered {
    char *subject;
    char *from_name;
    char *text;
};

static bool take_field(const char **line, const char *name, char **value, const void *context)
{
    size_t length = strlen(name);
    if (strncmp(*line, name, length) != 0)
        return false;
    const char *start = *line + length;
    size_t width = strcspn(start, "\n");
    *value = memory_copy_bytes(context, start, width);
    *line = start + width + (start[width] == '\n');
    return true;
}

/* Every mail that belongs to somebody's invitation prints its reference, for MTAs that drop address extensions. */
static void print_reference(const struct outgoing *outgoing)
{
    if (!outgoing->reference)
        return;
    char *printed = memory_copy_text(NULL, outgoing->reference);
    for (char *c = printed; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    json_object_set_new(outgoing->view, "reference", json_string(printed));
    talloc_free(printed);
}

static bool render_text(const void *context, struct office *office, const struct outgoing *outgoing,
                        struct rendered *rendered, struct error **error)
{
    print_reference(outgoing);
    char *name = memory_format(context, "%s.txt", outgoing->template);
    char *whole = template_render(context, office->templates, office_language(office, outgoing->language), name,
                                  outgoing->view, error);
    if (!whole)
        return false;
    const char *line = whole;
    if (!take_field(&line, "Subject: ", &rendered->subject, context) ||
        !take_field(&line, "From: ", &rendered->from_name, context) || *line != '\n')
        return error_set(error, ERROR_INSTALLATION,
                         "the template %s does not begin with \"Subject: \", \"From: \" and an empty line", name);
    rendered->text = memory_copy_text(context, line + 1);
    return true;
}

char *office_render_text(const void *context, struct office *office, const struct outgoing *outgoing,
                         struct error **error)
{
    void *work = talloc_new(NULL);
    struct rendered rendered = {0};
    char *text = NULL;
    if (render_text(work, office, outgoing, &rendered, error))
        text = talloc_steal(context, rendered.text);
    talloc_free(work);
    return text;
}

/* NULL without an error when the mail has no HTML alternative. */
static bool render_html(const void *context, struct office *office, const struct outgoing *outgoing, const char **html,
                        struct error **error)
{
    const char *language = office_language(office, outgoing->language);
    char *name = memory_format(context, "%s.html", outgoing->template);
    *html = NULL;
    if (!template_exists(office->templates, language, name))
        return true;
    *html = template_render(context, office->templates, language, name, outgoing->view, error);
    return *html != NULL;
}

/* The ancestors of the letter and the letter itself (RFC 5322 section 3.6.4). */
static char *references_to(const void *context, const struct letter *letter)
{
    if (!letter->message_id)
        return NULL;
    char *references = memory_copy_text(context, "");
    for (size_t i = 0; i < memory_count(letter->references); i++)
        references = memory_format(context, "%s<%s> ", references, letter->references[i]);
    return memory_format(context, "%s<%s>", references, letter->message_id);
}

char *office_message_id(const void *context, const struct office *office, const char *reference, struct error **error)
{
    const char *domain = address_domain(office->config->poll_address);
    char *random = token_random(context, error);
    if (!random)
        return NULL;
    if (!reference)
        return memory_format(context, "%s@%s", random, domain);
    return memory_format(context, "%s.%s@%s", reference, random, domain);
}

/*
 * What lets people leave and others join (RFC 2369, RFC 2919), on all that is sent to whoever asked for it. One-click
 * (RFC 8058) wants a web server; a mail to an address that holds the token does the same.
 */
static void add_list_fields(const void *context, const struct office *office, const char *desk,
                            const struct outgoing *outgoing, struct message *message)
{
    const char *help = office_extend_address(context, office, desk, "help");
    const char *join = office_extend_address(context, office, desk, "join");
    const char *leave = office_extend_address(context, office, desk, outgoing->unsubscribe);
    struct message_field fields[] = {
        {"List-Help", memory_format(context, "<mailto:%s?subject=help>", help)},
        {"List-Post", memory_format(context, "<mailto:%s>", desk)},
        {"List-Subscribe", memory_format(context, "<mailto:%s?subject=join>", join)},
        {"List-Unsubscribe", memory_format(context, "<mailto:%s?subject=leave>", leave)},
        {"List-Owner", memory_format(context, "<mailto:%s>", office->config->administrator)},
    };
    struct message_field *kept = memory_array(context, struct message_field, sizeof fields / sizeof *fields);
    memcpy(kept, fields, sizeof fields);
    message->list_fields = kept;
    message->list_id = memory_format(context, "<%s>", office->config->list_id);
}

/* Fills in all that does not depend on the text. */
static bool address_message(const void *context, struct office *office, const struct outgoing *outgoing,
                            struct message *message, struct error **error)
{
    const struct config *config = office->config;
    message->message_id = outgoing->message_id ? outgoing->message_id
                                               : office_message_id(context, office, outgoing->reference, error);
    if (!message->message_id)
        return false;
    const char *desk = outgoing->desk ? outgoing->desk : config->poll_address;
    message->from.address = memory_copy_text(context, desk);
    message->to = (struct mailbox){memory_copy_text(context, outgoing->name ? outgoing->name : ""),
                                   memory_copy_text(context, outgoing->address)};
    if (outgoing->reference)
        message->reply_to.address = office_extend_address(context, office, desk, outgoing->reference);
    message->date = office->now;
    message->auto_submitted = outgoing->in_reply_to ? "auto-replied" : "auto-generated";
    message->suppress = outgoing->takes_absences ? "DR, RN, NRN" : "All";
    message->loop_token = office_loop_token(office);
    if (outgoing->is_broadcast) {
        message->precedence = "bulk";
        message->list_id = memory_format(context, "<%s>", config->list_id);
    }
    if (outgoing->unsubscribe)
        add_list_fields(context, office, desk, outgoing, message);
    if (outgoing->follows) {
        message->in_reply_to = outgoing->follows;
        message->references = memory_format(context, "<%s>", outgoing->follows);
    }
    if (outgoing->in_reply_to && outgoing->in_reply_to->message_id) {
        message->in_reply_to = outgoing->in_reply_to->message_id;
        message->references = references_to(context, outgoing->in_reply_to);
    }
    return true;
}

static bool queue_composed(const void *context, struct office *office, const struct outgoing *outgoing,
                           const struct message *message, struct outbox_mail *mail, struct error **error)
{
    char *bounce = outgoing->reference ? memory_format(context, "bounce-%s", outgoing->reference) : NULL;
    bool queued;
    mail->envelope_sender = outgoing->bounces_count && bounce
                                ? office_extend_address(context, office, office->config->kairan_address, bounce)
                                : "";
    mail->envelope_recipient = outgoing->address;
    mail->message_id = message->message_id;
    mail->dedupe = outgoing->dedupe;
    if (!store_queue_mail(office->store, mail, office->now, &queued, error))
        return false;
    if (outgoing->was_queued)
        *outgoing->was_queued = queued;
    return true;
}

/* Robots that slip through every sign are stopped by arithmetic. */
static bool check_daily_cap(const void *context, struct office *office, const struct outgoing *outgoing, bool *allowed,
                            struct error **error)
{
    *allowed = true;
    if (!outgoing->in_reply_to && !outgoing->is_capped)
        return true;
    char *key = address_lower(context, outgoing->address);
    char *day = clock_format_utc(context, office->now);
    day[sizeof "2026-01-15" - 1] = '\0';
    if (!store_allow_answer(office->store, key, day, office->config->answers_a_day, allowed, error))
        return false;
    if (!*allowed)
        log_warning("%s has had %ld automatic answers today: %s is not sent", outgoing->address,
                    office->config->answers_a_day, outgoing->dedupe);
    return true;
}

static struct composed *compose(const void *context, struct office *office, const struct outgoing *outgoing,
                                struct message *message, struct error **error)
{
    struct rendered rendered = {0};
    if (!render_text(context, office, outgoing, &rendered, error) ||
        !render_html(context, office, outgoing, &message->html, error) ||
        !address_message(context, office, outgoing, message, error))
        return NULL;
    message->subject = rendered.subject;
    message->from.name = rendered.from_name;
    message->text = rendered.text;
    message->calendar = outgoing->calendar;
    message->calendar_method = outgoing->calendar_method;
    message->attachments = outgoing->attachments;
    message->attachment_count = outgoing->attachment_count;
    message->mails = outgoing->mails;
    message->boundary = token_random(context, error);
    return message->boundary ? message_compose(context, message, error) : NULL;
}

bool office_queue(struct office *office, const struct outgoing *outgoing, struct error **error)
{
    void *context = talloc_new(office->pool);
    struct message message = {0};
    bool allowed;
    bool done = check_daily_cap(context, office, outgoing, &allowed, error);
    if (done && allowed) {
        struct composed *composed = compose(context, office, outgoing, &message, error);
        struct buffer *bytes = buffer_new(context, LIMIT_MAIL_OUT_BYTES);
        if (composed) {
            buffer_add(bytes, composed->head, composed->head_length);
            buffer_add_text(bytes, "\r\n");
            buffer_add(bytes, composed->body, composed->body_length);
        }
        struct outbox_mail mail = {.bytes = bytes->bytes, .length = bytes->length};
        if (bytes->overflowed)
            done = error_set(error, ERROR_REFUSED, "it would be larger than %d bytes", (int)LIMIT_MAIL_OUT_BYTES);
        else
            done = composed && queue_composed(context, office, outgoing, &message, &mail, error);
    }
    talloc_free(context);
    return done || error_add(error, "the mail %s to %s cannot be made", outgoing->dedupe, outgoing->address);
}

struct broadcast {
    struct office *office;
    struct outgoing common; /* template, language and view of every mail of it */
    struct rendered rendered;
    struct message message;
    struct composed_body *body;
    int64_t body_id;
};

static bool keep_body(struct broadcast *broadcast, struct error **error)
{
    struct composed_body *body = message_compose_body(broadcast, &broadcast->message, error);
    if (!body)
        return false;
    broadcast->body = body;
    size_t length;
    const char *bytes = message_body_bytes(body, &length);
    return store_add_body(broadcast->office->store, bytes, length, &broadcast->body_id, error);
}

struct broadcast *office_begin_broadcast(const void *context, struct office *office, const char *template,
                                         const char *language, json_t *view, struct error **error)
{
    struct broadcast *broadcast = memory_new(context, struct broadcast);
    struct message *message = &broadcast->message;
    broadcast->office = office;
    broadcast->common = (struct outgoing){
        .template = memory_copy_text(broadcast, template), .language = language, .view = view};
    message->boundary = token_random(broadcast, error);
    bool done = message->boundary &&
                render_text(broadcast, office, &broadcast->common, &broadcast->rendered, error) &&
                render_html(broadcast, office, &broadcast->common, &message->html, error);
    if (done) {
        message->subject = broadcast->rendered.subject;
        message->from.name = broadcast->rendered.from_name;
        message->text = broadcast->rendered.text;
        done = keep_body(broadcast, error);
    }
    if (done)
        return broadcast;
    error_add(error, "the mail %s cannot be made", template);
    talloc_free(broadcast);
    return NULL;
}

bool office_queue_broadcast(struct broadcast *broadcast, const struct outgoing *outgoing, struct error **error)
{
    void *context = talloc_new(NULL);
    struct message message = broadcast->message;
    struct composed *composed = NULL;
    if (address_message(context, broadcast->office, outgoing, &message, error))
        composed = message_compose_with_body(context, &message, broadcast->body, error);
    bool done = false;
    if (composed) {
        char *head = memory_format(context, "%s\r\n", composed->head);
        struct outbox_mail mail = {.bytes = head, .length = composed->head_length + 2, .body_id = broadcast->body_id};
        done = queue_composed(context, broadcast->office, outgoing, &message, &mail, error);
    }
    talloc_free(context);
    return done || error_add(error, "the mail %s to %s cannot be made", outgoing->dedupe, outgoing->address);
}
