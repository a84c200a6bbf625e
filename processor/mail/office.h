/*
 * The office: everything that answering mail needs, opened once a run — configuration, store, key, templates — and the
 * one way a mail of ours comes into being: a view rendered by a template, composed, queued in the running transaction.
 */
#ifndef KAIRAN_MAIL_OFFICE_H
#define KAIRAN_MAIL_OFFICE_H

#include <jansson.h>
#include <stdbool.h>
#include <time.h>

#include "base/config.h"
#include "base/error.h"
#include "mail/letter.h"
#include "mail/token.h"
#include "store/store.h"
#include "text/template.h"

struct attachment;
struct question_cache;

struct office {
    const struct config *config;
    struct store *store;
    struct token_key *key;
    char *loop_token; /* office_loop_token() */
    struct template_folder *templates;
    struct almanac *almanac; /* text/almanac.h */
    time_t now;       /* one present for the whole run */
    void *pool;       /* memory for one mail of ours after the other */
    struct question_cache *questions; /* what poll/question keeps for the run; NULL: nothing yet */
};

/* Opens what the configuration names below `context`. */
struct office *office_open(const void *context, const struct config *config, struct error **error);

/* A mail to be. Texts need to live only for the call. */
struct outgoing {
    const char *template; /* "ballot": LANGUAGE/ballot.txt, and ballot.html when there is one */
    const char *language; /* "ja", "en"; NULL: the center's */
    const char *name;     /* of the recipient, may be "" */
    const char *address;
    const char *desk;      /* the address of ours that it comes from and that is replied to; NULL: the poll address */
    const char *reference; /* "k7q2-13-…": where replies belong; NULL: none */
    const char *message_id; /* office_message_id(), when it must be known beforehand; NULL: one is made */
    const char *dedupe;    /* what this mail is; the same one is never queued twice */
    const struct letter *in_reply_to; /* the letter that it answers, or NULL */
    const struct attachment *attachments; /* files that go with it (mail/compose.h) */
    size_t attachment_count;
    char **mails;                     /* whole mails that go with it as a digest (mail/compose.h), or NULL */
    const char *follows;              /* Message-ID of a mail of ours that it belongs below, without < >; NULL: none */
    const char *unsubscribe;          /* reference for a mail that ends such mails: the List- fields; NULL: none */
    bool is_capped;                   /* counts against the daily cap of its address, as every answer does */
    bool is_broadcast;                /* to many: Precedence, List-Id */
    bool bounces_count;               /* VERP envelope sender, so that a bounce finds the invitation; else null */
    bool takes_absences;              /* absence replies are welcome (a ballot) */
    bool *was_queued;                 /* set to whether it was: not when one with its dedupe key is there; NULL: who cares */
    const char *calendar;             /* mail/calendar.h, or NULL: an invitation that calendars show … */
    const char *calendar_method;      /* … and its method */
    json_t *view;                     /* borrowed; "reference" is set in it */
};

/*
 * Renders, composes and queues one mail. An answer beyond the daily cap of its address is not queued (and logged):
 * that is no error. Must run inside a transaction.
 */
bool office_queue(struct office *office, const struct outgoing *outgoing, struct error **error);

/* Only the text of a mail, as its reader would see it, below `context`: for previews and for telling quotes apart. */
char *office_render_text(const void *context, struct office *office, const struct outgoing *outgoing,
                         struct error **error);

/*
 * The same text to many: rendered, composed and stored once, one head each. Begins inside a transaction and is freed
 * before its end; `template`, `language` and `view` of the outgoing mails are not looked at again.
 */
struct broadcast;
struct broadcast *office_begin_broadcast(const void *context, struct office *office, const char *template,
                                         const char *language, json_t *view, struct error **error);
bool office_queue_broadcast(struct broadcast *broadcast, const struct outgoing *outgoing, struct error **error);

/* What marks every mail of ours (X-Kairan-Loop), so that we know it when it comes back; it belongs to the office. */
const char *office_loop_token(const struct office *office);

/* Whether a letter carries that mark: a token that only we can make, so that nobody can feign or trip it. */
bool office_is_own(const struct office *office, const struct letter *letter);

/*
 * "k7q2-13-<token>" for an invitation of a poll (number 0: the organiser), or "k7q2-13-2-<token>": `edition` of its choices
 * is what the mail shows, and what marks in a reply to it are about.
 */
char *office_reference(const void *context, const struct office *office, const char *code, int number, int edition);

/* Whether a token belongs to an invitation; constant time. */
bool office_reference_is_genuine(const struct office *office, const char *code, int number, const char *token);

/* A fresh Message-ID (without < >) that carries the reference (NULL: none) below `context`. */
char *office_message_id(const void *context, const struct office *office, const char *reference, struct error **error);

/* An address of ours with an extension: "note+search@domain", or plain without delimiters; below `context`. */
char *office_extend_address(const void *context, const struct office *office, const char *address,
                            const char *extension);

/* The address that replies with this reference go to: "poll+k7q2-13-…@domain", or plain without delimiters. */
char *office_reply_address(const void *context, const struct office *office, const char *reference);

/* The language to use for somebody: their own, else the center's. */
const char *office_language(const struct office *office, const char *language);

#endif
