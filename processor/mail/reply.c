/* Answering a letter: see reply.h. */
#include "mail/reply.h"

#include <string.h>
#include <strings.h>

#include "base/address.h"
#include "base/log.h"
#include "base/memory.h"
#include "store/circle.h"
#include "store/person.h"
#include "text/fold.h"

bool reply_find_language(const void *context, struct office *office, const struct incoming *incoming, char **language,
                         struct error **error)
{
    const char *address = incoming_sender(incoming)->address;
    struct person *person;
    if (!store_find_person(context, office->store, address, &person, error))
        return false;
    *language = person ? person->language : NULL;
    if (!*language) {
        struct member *member = circle_find_member(context, office->config->circles, address);
        *language = member ? member->language : NULL;
    }
    return true;
}

const char *reply_subject(const struct incoming *incoming)
{
    const char *subject = incoming->letter->subject;
    while (strncasecmp(subject, "re:", strlen("re:")) == 0) {
        subject += strlen("re:");
        subject += strspn(subject, " \t");
    }
    return subject;
}

bool reply_queue(struct office *office, const struct incoming *incoming, const struct outgoing *outgoing,
                 struct error **error)
{
    if (!incoming->letter->may_answer)
        return true;
    struct outgoing answer = *outgoing;
    answer.in_reply_to = incoming->letter;
    return office_queue(office, &answer, error);
}

static bool is_stranger(const void *context, struct office *office, const struct incoming *incoming, bool *strange,
                        struct error **error)
{
    const char *address = incoming_sender(incoming)->address;
    struct person *person = NULL;
    *strange = !incoming->has_genuine_token && strcasecmp(address_domain(address), office->config->domain) != 0 &&
               !circle_find_member(context, office->config->circles, address);
    if (*strange && !store_find_person(context, office->store, address, &person, error))
        return false;
    *strange = *strange && !person;
    return true;
}

bool reply_refuse_by(struct office *office, struct incoming *incoming, const char *reason,
                     bool (*queue)(const void *context, struct office *office, const struct incoming *incoming,
                                   const char *reason, struct error **error),
                     struct error **error)
{
    void *context = talloc_new(NULL);
    bool strange;
    bool done = is_stranger(context, office, incoming, &strange, error);
    if (done && !strange)
        done = queue(context, office, incoming, reason, error);
    else if (done)
        log_info("%s is a stranger and gets no answer (%s)", incoming_sender(incoming)->address, reason);
    talloc_free(context);
    return done && incoming_settle(incoming, "refused", reason);
}

/* Courtesies that may stand beside the one word; after folding. */
static const char *const courtesies[] = {
    "をお願いいたします",       "をお願いします",       "よろしくお願いいたします", "よろしくお願いします", "宜しくお願いします", "宜しくお願いいたします",
    "お願いいたします",         "お願いします",         "ありがとうございます", "お疲れ様です",
    "お疲れさまです",           "お世話になっております", "thank you", "thanks", "please",
};
static const char *const yes_words[] = {"はい",         "はいokです", "はいok",         "ok",
                                        "okです",       "yes",        "この内容で",     "この内容でok",
                                        "この内容でokです", "これでokです", "問題ありません", "はい問題ありません"};
static const char *const cancel_words[] = {"中止", "中止します", "中止してください", "取り消し", "取り消します", "キャンセル", "cancel"};

static void remove_all(char *text, const char *word)
{
    size_t length = strlen(word);
    for (char *found = strstr(text, word); found; found = strstr(found, word))
        memmove(found, found + length, strlen(found + length) + 1);
}

static bool is_one_of(const char *text, const char *const words[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(text, words[i]) == 0)
            return true;
    return false;
}

char *reply_read_bare(const void *context, const char *new_text)
{
    static const char *const punctuation[] = {"。", "、", "!", ".", ",", "「", "」", "\n", " "};
    char *key = text_fold_key(context, new_text);
    for (size_t i = 0; i < sizeof courtesies / sizeof *courtesies; i++)
        remove_all(key, courtesies[i]);
    for (size_t i = 0; i < sizeof punctuation / sizeof *punctuation; i++)
        remove_all(key, punctuation[i]);
    return key;
}

enum reply_word reply_read_word(const char *new_text)
{
    char *key = reply_read_bare(NULL, new_text);
    enum reply_word word = REPLY_WORD_NONE;
    if (is_one_of(key, yes_words, sizeof yes_words / sizeof *yes_words))
        word = REPLY_WORD_YES;
    else if (is_one_of(key, cancel_words, sizeof cancel_words / sizeof *cancel_words))
        word = REPLY_WORD_CANCEL;
    talloc_free(key);
    return word;
}
