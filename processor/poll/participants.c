/* Who is asked: see participants.h. */
#include "poll/participants.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/address.h"
#include "base/memory.h"
#include "mail/route.h"
#include "store/circle.h"
#include "text/fold.h"

/* Where an address is in the table of places, or would be. The table is never full. */
static size_t *find_place(const struct draft *draft, const char *address)
{
    size_t mask = memory_count(draft->places) - 1;
    uint32_t hash = 2166136261U; /* FNV-1a */
    for (const char *c = address; *c; c++)
        hash = (hash ^ (uint32_t)tolower((unsigned char)*c)) * 16777619U;
    size_t i = hash & mask;
    while (draft->places[i] && strcasecmp(draft->participants[draft->places[i] - 1].address, address) != 0)
        i = (i + 1) & mask;
    return &draft->places[i];
}

/* Room for one more: the table is kept at most half full. */
static void make_room(struct draft *draft)
{
    size_t capacity = memory_count(draft->participants);
    if (draft->participant_count < capacity)
        return;
    capacity = capacity ? 2 * capacity : 16;
    draft->participants = memory_resize(draft, draft->participants, struct participant, capacity);
    talloc_free(draft->places);
    draft->places = memory_array(draft, size_t, 2 * capacity);
    for (size_t i = 0; i < draft->participant_count; i++)
        *find_place(draft, draft->participants[i].address) = i + 1;
}

static void add(struct draft *draft, const struct member *member)
{
    make_room(draft);
    size_t *place = find_place(draft, member->address);
    if (*place) {
        struct participant *known = &draft->participants[*place - 1];
        known->required = known->required || member->required;
        if (!*known->name)
            known->name = memory_copy_text(draft, member->name);
        return;
    }
    struct participant *participant = &draft->participants[draft->participant_count++];
    *place = draft->participant_count;
    *participant = (struct participant){.name = memory_copy_text(draft, member->name),
                                        .address = memory_copy_text(draft, member->address),
                                        .language = memory_copy_text(draft, member->language),
                                        .required = member->required,
                                        .is_known = member->is_known};
    size_t aliases = memory_count(member->aliases);
    participant->aliases = memory_array(draft, char *, aliases);
    for (size_t i = 0; i < aliases; i++)
        participant->aliases[i] = memory_copy_text(draft, member->aliases[i]);
}

static void add_circle(struct draft *draft, const struct config *config, const char *name)
{
    struct error *error = NULL;
    struct circle *circle = circle_read(NULL, config->circles, name, &error);
    if (!circle) {
        char *text = error_text(NULL, error);
        size_t folder = strlen(config->circles); /* where it lies concerns nobody outside */
        bool is_inside = strncmp(text, config->circles, folder) == 0 && text[folder] == '/';
        draft_add_problem(draft, DRAFT_BROKEN_CIRCLE, is_inside ? text + folder + 1 : text);
        talloc_free(text);
        error_free(&error);
        return;
    }
    for (size_t i = 0; i < circle->count; i++) {
        circle->members[i].is_known = true;
        add(draft, &circle->members[i]);
    }
    talloc_free(circle);
}

/* Who is asked by address is known by their circle: name, language and other addresses come from there. */
static void add_mailbox(struct draft *draft, const struct config *config, const struct mailbox *mailbox)
{
    struct member asked = {.name = mailbox->name, .address = mailbox->address};
    struct member *known = circle_find_member(draft, config->circles, mailbox->address);
    if (known) {
        size_t count = memory_count(known->aliases);
        asked.name = *known->name ? known->name : asked.name;
        asked.is_known = *known->name != '\0';
        asked.language = known->language;
        asked.aliases = memory_resize(draft, known->aliases, char *, count + 1);
        asked.aliases[count] = known->address;
    }
    add(draft, &asked);
}

static bool is_ours(const struct config *config, const char *address)
{
    const char *extension;
    return route_is_ours(config, config->poll_address, address, &extension) ||
           route_is_ours(config, config->survey_address, address, &extension) ||
           route_is_ours(config, config->kairan_address, address, &extension);
}

/* "gijutsu-all@tc.example.ac.jp" stands for circles/gijutsu-all: a ballot to a list would be one ballot for all. */
static char *circle_of_address(const void *context, const struct config *config, const char *address)
{
    const char *domain = address_domain(address);
    if (strcasecmp(domain, config->domain) != 0)
        return NULL;
    char *name = memory_copy_bytes(context, address, (size_t)(domain - address) - 1);
    return circle_exists(config->circles, name) ? name : NULL;
}

void participants_add_recipients(struct draft *draft, const struct config *config, const struct letter *letter)
{
    const struct mailbox_list *const lists[] = {&letter->to, &letter->cc};
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < lists[i]->count; j++) {
            const struct mailbox *mailbox = &lists[i]->mailboxes[j];
            char *circle = circle_of_address(draft, config, mailbox->address);
            if (circle)
                add_circle(draft, config, circle);
            else if (!is_ours(config, mailbox->address) &&
                     strcasecmp(mailbox->address, letter->from.mailboxes[0].address) != 0)
                add_mailbox(draft, config, mailbox);
        }
}

/* One item between commas: 「名前 <address>」, an address, or a circle. */
static void add_item(struct draft *draft, const struct config *config, char *item)
{
    char *open = strchr(item, '<');
    char *close = open ? strchr(open, '>') : NULL;
    if (open && close) {
        *open = '\0';
        *close = '\0';
        size_t length = strlen(item);
        while (length && item[length - 1] == ' ')
            item[--length] = '\0';
        if (address_is_valid(open + 1))
            add_mailbox(draft, config, &(struct mailbox){item, open + 1});
        else
            draft_add_problem(draft, DRAFT_UNKNOWN_PARTICIPANT, open + 1);
    } else if (address_is_valid(item)) {
        add_mailbox(draft, config, &(struct mailbox){memory_copy_text(draft, ""), item});
    } else if (circle_exists(config->circles, item)) {
        add_circle(draft, config, item);
    } else {
        draft_add_problem(draft, DRAFT_UNKNOWN_PARTICIPANT, item);
    }
}

/* Calls `each` for every item of a list separated by "," "、" "，" or ";". */
static void visit_items(struct draft *draft, const struct config *config, const char *words,
                        void (*each)(struct draft *, const struct config *, char *))
{
    static const char *const separators[] = {",", "、", "，", ";", "；"};
    char *copy = memory_copy_text(draft, words);
    char *item = copy;
    while (item) {
        char *end = NULL;
        size_t width = 0;
        for (size_t i = 0; i < sizeof separators / sizeof *separators; i++) {
            char *found = strstr(item, separators[i]);
            if (found && (!end || found < end)) {
                end = found;
                width = strlen(separators[i]);
            }
        }
        if (end)
            *end = '\0';
        item += strspn(item, " \t");
        size_t length = strlen(item);
        while (length && strchr(" \t", item[length - 1]))
            item[--length] = '\0';
        if (*item)
            each(draft, config, item);
        item = end ? end + width : NULL;
    }
}

void participants_add_words(struct draft *draft, const struct config *config, const char *words)
{
    visit_items(draft, config, words, add_item);
}

static void require_item(struct draft *draft, const struct config *config, char *item)
{
    (void)config;
    char *key = text_fold_key(draft, item);
    static const char *const titles[] = {"さん", "様", "先生"};
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        size_t length = strlen(key);
        size_t title = strlen(titles[i]);
        if (length > title && strcmp(key + length - title, titles[i]) == 0)
            key[length - title] = '\0';
    }
    size_t matches = 0;
    struct participant *match = NULL;
    for (size_t i = 0; i < draft->participant_count; i++) {
        struct participant *participant = &draft->participants[i];
        char *name = text_fold_key(draft, participant->name);
        if (strncmp(name, key, strlen(key)) == 0 || strncasecmp(participant->address, item, strlen(item)) == 0) {
            match = participant;
            matches++;
        }
    }
    if (matches == 1)
        match->required = true;
    else
        draft_add_problem(draft, DRAFT_UNKNOWN_PARTICIPANT, item);
}

void participants_require(struct draft *draft, const char *words)
{
    visit_items(draft, NULL, words, require_item);
}
