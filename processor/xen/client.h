/*
 * A client of one pool's XAPI: finds the master among the configured addresses, logs in, calls, runs tasks to their end, logs
 * out when it is freed. Bytes and passwords are the business of the helper (kairan-xen); here are sessions and meaning.
 * A password that was refused is never tried again: XAPI sleeps five seconds over each, and accounts get locked.
 */
#ifndef KAIRAN_XEN_CLIENT_H
#define KAIRAN_XEN_CLIENT_H

#include <jansson.h>
#include <stdbool.h>
#include <time.h>

#include "base/error.h"
#include "xen/settings.h"

/*
 * Why something did not work, for people and for decisions: XAPI's own code ("SR_BACKEND_FAILURE_44"), or one of ours in
 * small letters: unreachable, stranger, nonsense, password, no_master, wrong_pool, timeout, task_lost, ….
 */
struct reason {
    char *code; /* NULL: nothing went wrong */
    char *raw;  /* the code with its parameters, as XAPI gave it, or our sentence */
};

struct client;

/* A client that is not connected yet, below `context`; `settings` must outlive it. */
struct client *client_new(const void *context, const struct xen_settings *settings);

/* Finds the master and logs in. */
bool client_login(struct client *client, struct error **error);

/*
 * One call; the session is put before `params` (an array, whose reference is taken; NULL: none). The value (a new reference), or NULL
 * with the reason kept. A session that the pool has forgotten is renewed once; a read that broke off is tried again.
 */
json_t *client_call(struct client *client, const char *method, json_t *params, struct error **error);

/* The same for what has no value of interest. */
bool client_do(struct client *client, const char *method, json_t *params, struct error **error);

/*
 * Starts "Async.<method>" and waits for the end of its task, at most `seconds`; then the task is cancelled. The result of the
 * task (a ref, as a rule; "" for none) below `context`.
 */
char *client_run(const void *context, struct client *client, const char *method, json_t *params, int seconds,
                 struct error **error);

/* A task to be watched by others: creates one, tells how it stands ("pending", "success", …), removes it. */
char *client_create_task(const void *context, struct client *client, const char *label, struct error **error);
char *client_task_status(const void *context, struct client *client, const char *task, struct error **error);
void client_destroy_task(struct client *client, const char *task);

/* Why the last call failed; codes are NULL when it did not. Valid until the next call. */
const struct reason *client_reason(const struct client *client);
bool client_failed_with(const struct client *client, const char *code);

/* Where the session is, and how many calls were made. */
const char *client_address(const struct client *client);
long client_calls(const struct client *client);

/* What the host at an address shows of itself (https_certificate()); with the pins unless `any`. A new reference. */
json_t *client_certificate(struct client *client, const char *address, bool any, struct error **error);

/*
 * A request to a helper (a further one, for transfers that run side by side): {"do": word} completed with address, port, pins and
 * session. Takes the reference.
 */
struct child *client_start_helper(const void *context, struct error **error);
json_t *client_complete_request(const struct client *client, json_t *request);

/* Takes the helper's answer apart: its value (a new reference), or NULL with *reason below `context`. */
json_t *client_take_answer(const void *context, const json_t *answer, struct reason *reason);

/* A reason in one piece, below `context`. */
struct reason client_make_reason(const void *context, const char *code, const char *raw);

/* Waits without holding anything up but the caller. */
void client_sleep(int milliseconds);

#endif
