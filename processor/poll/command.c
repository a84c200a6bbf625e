/* The organiser's commands: see command.h. Here: the table, and how a letter becomes lines. */
#include "poll/command.h"

#include <ctype.h>
#include <string.h>

#include "base/memory.h"
#include "mail/compose.h"
#include "mail/reply.h"
#include "poll/command_list.h"
#include "poll/preview.h"
#include "poll/question.h"
#include "poll/view.h"
#include "store/choice.h"
#include "text/fold.h"
#include "text/value.h"

enum { UNKNOWN_LINES_MOST = 5, LINES_MOST = 200, LINE_BYTES = 2000 };

enum { IN_DRAFT = 1 << POLL_DRAFT, IN_OPEN = 1 << POLL_OPEN, IN_CLOSED = 1 << POLL_CLOSED };

/* What a poll must ask for. */
enum scope { ANY, DATES, QUESTIONS };

struct poll_command {
    const char *words; /* as they stand after folding, "|" between them */
    bool (*run)(struct commanding *commanding, const char *arguments, struct error **error);
    unsigned states;    /* of the poll in which it can be given */
    bool may_be_answer; /* people use the word in answers, too */
    enum scope scope;
    bool goes_on; /* on the lines below, too */
};

static const struct poll_command commands[] = {
    {"状況|状況確認|status", command_show_status, IN_OPEN | IN_CLOSED, false, ANY, false},
    {"結果|result|results", command_show_result, IN_OPEN | IN_CLOSED, false, ANY, false},
    {"csv|表計算", command_show_csv, IN_OPEN | IN_CLOSED, false, ANY, false},
    {"ヘルプ|使い方|help|commands", command_show_help, IN_DRAFT | IN_OPEN | IN_CLOSED, false, ANY, false},
    {"催促|督促|リマインド|remind", command_remind, IN_OPEN, false, ANY, false},
    {"締切|〆切|締め切り|締切り|期限|回答期限|deadline|due", command_set_deadline, IN_DRAFT | IN_OPEN, false, ANY, false},
    {"延長|締切延長|extend", command_extend, IN_DRAFT | IN_OPEN, false, ANY, false},
    {"締める|締め切る|締切る|close", command_close, IN_OPEN, false, ANY, false},
    {"再開|再開する|reopen", command_reopen, IN_CLOSED, false, ANY, false},
    {"確定|決定|confirm|decide", command_decide, IN_OPEN | IN_CLOSED, false, DATES, false},
    {"中止|取りやめ|取り止め", command_cancel, IN_DRAFT | IN_OPEN | IN_CLOSED, false, ANY, false},
    {"キャンセル|cancel", command_cancel, IN_DRAFT | IN_OPEN | IN_CLOSED, true, ANY, false},
    {"追加|add", command_add, IN_DRAFT | IN_OPEN, false, DATES, false},
    {"削除|drop|delete", command_drop, IN_DRAFT | IN_OPEN, true, DATES, false},
    {"訂正|変更|fix|move", command_fix, IN_DRAFT | IN_OPEN | IN_CLOSED, true, DATES, false},
    {"追加|add", command_add_question, IN_DRAFT, false, QUESTIONS, true},
    {"削除|drop|delete", command_drop_question, IN_DRAFT, true, QUESTIONS, false},
    {"訂正|変更|fix|move", command_fix_question, IN_DRAFT, true, QUESTIONS, true},
    {"必須|require|required", command_require, IN_DRAFT | IN_OPEN, true, ANY, false},
    {"任意|optional", command_release, IN_DRAFT | IN_OPEN, true, ANY, false},
    {"招待|対象|invite", command_invite, IN_DRAFT | IN_OPEN, false, ANY, false},
    {"除外|remove|uninvite", command_remove, IN_DRAFT | IN_OPEN, true, ANY, false},
    {"代理|proxy", command_proxy, IN_OPEN, true, DATES, false},
    {"定足数|成立人数|quorum", command_set_quorum, IN_DRAFT | IN_OPEN, false, DATES, false},
    {"上限|○の上限|limit", command_set_limit, IN_DRAFT, false, DATES, false},
    {"繰り返し|くり返し|定例|repeat|recurrence", command_set_recurrence, IN_DRAFT | IN_OPEN | IN_CLOSED, false, DATES, false},
    {"匿名|匿名投票|anonymous", command_set_anonymous, IN_DRAFT, false, ANY, false},
    {"結果の公開|結果公開|results to", command_set_results, IN_DRAFT, false, ANY, false},
    {"所要|所要時間|duration", command_set_duration, IN_DRAFT | IN_OPEN, false, DATES, false},
    {"場所|会場|place|location", command_set_place, IN_DRAFT | IN_OPEN, true, ANY, false},
    {"備考|補足|notes|note", command_add_note, IN_DRAFT, false, ANY, false},
    {"複製|clone", command_clone, IN_OPEN | IN_CLOSED, false, ANY, false},
};

/* 「3 → 1/19(月) 14:00-16:00」 */
static const struct poll_command arrow = {"→", command_fix, IN_DRAFT | IN_OPEN | IN_CLOSED, true, DATES, false};

/* Every effect has a sentence in transcript.txt. */
static const char *const command_effects[] = {
    "unknown",      "wrong_state",   "status",        "shown_above",     "detail",           "help",
    "reminded",     "unknown_name",  "needs_name",    "deadline_set",    "same_deadline",    "past_deadline",
    "closed",       "reopened",      "unclear_deadline", "added",        "add_begins",       "dropped",
    "moved",        "same_choice",   "past_date",     "unclear_date",    "too_many_choices", "no_such_choice",
    "last_choice",  "which_choice",  "moved_meanwhile", "required",      "optional",         "unknown_participant",
    "invited",      "invited_already", "too_many_people", "removed",     "last_person",      "proxied",
    "unclear_proxy", "cloned",           "not_in_a_form", "form_status",     "removal_shows",
    "question_added", "question_fixed", "question_dropped", "unclear_question", "no_such_question", "too_many_questions",
    "last_question",
    "options_set",  "unclear_option", "not_anonymously",
    "decided",       "not_decided",     "cancelled",        "needs_nothing",
    "csv",
};

bool command_tell(struct commanding *commanding, const char *name, json_t *details)
{
    json_object_set_new(commanding->entry, name, details ? view_check(details) : json_true());
    return true;
}

bool command_begin_edition(struct commanding *commanding, struct error **error)
{
    if (commanding->has_edition)
        return true;
    commanding->has_edition = true;
    return store_begin_edition(commanding->office->store, commanding->poll, error);
}

bool command_touch_draft(struct commanding *commanding, struct error **error)
{
    return commanding->poll->state != POLL_DRAFT || command_begin_edition(commanding, error);
}

static bool begin_entry(struct commanding *commanding, const char *line)
{
    json_t *entry = json_pack("{s:s}", "line", line);
    for (size_t i = 0; i < sizeof command_effects / sizeof *command_effects; i++)
        json_object_set_new(entry, command_effects[i], json_null());
    json_array_append_new(commanding->entries, view_check(entry));
    commanding->entry = entry;
    return true;
}

/* Whether a word ends here: 「催促 佐藤」「締切12/26」「状況」, but not 「締切の件ですが」 nor "closed". */
static bool ends_word(const char *text, bool is_ascii)
{
    if (!*text || strchr(" :\t", *text))
        return true;
    return !is_ascii && (isdigit((unsigned char)*text) || strchr("[(", *text) || strncmp(text, "〔", strlen("〔")) == 0);
}

/* The length of the longest of a command's words that the text begins with. */
static size_t match_words(const struct poll_command *command, const char *text)
{
    size_t best = 0;
    for (const char *word = command->words; *word;) {
        size_t length = strcspn(word, "|");
        bool is_ascii = isascii((unsigned char)*word);
        if (length > best && strncmp(text, word, length) == 0 && ends_word(text + length, is_ascii))
            best = length;
        word += length + (word[length] == '|');
    }
    return best;
}

static size_t skip_bullet(const char *text)
{
    static const char *const bullets[] = {"・", "●", "- ", "* "};
    size_t skipped = strspn(text, " ");
    for (size_t i = 0; i < sizeof bullets / sizeof *bullets; i++)
        if (strncmp(text + skipped, bullets[i], strlen(bullets[i])) == 0) {
            skipped += strlen(bullets[i]);
            break;
        }
    return skipped + strspn(text + skipped, " ");
}

/* A courtesy at the end of a line says nothing: 「状況をお願いします」「中止します。」 */
static size_t drop_courtesy(char *text, size_t length)
{
    static const char *const endings[] = {"お願いいたします", "お願い致します", "お願いします", "してください",
                                          "して下さい",       "をください",     "します",       "please"};
    size_t end = length;
    while (end && strchr(" .!", text[end - 1]))
        end--;
    if (end >= strlen("。") && strncmp(text + end - strlen("。"), "。", strlen("。")) == 0)
        end -= strlen("。");
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t width = strlen(endings[i]);
        if (end <= width || strncmp(text + end - width, endings[i], width) != 0)
            continue;
        end -= width;
        if (end > strlen("を") && strncmp(text + end - strlen("を"), "を", strlen("を")) == 0)
            end -= strlen("を");
        length = end;
        break;
    }
    while (length && text[length - 1] == ' ')
        length--;
    text[length] = '\0';
    return length;
}

/* Whether a line is a number, an arrow and something like a date; a mark behind the arrow makes an answer of it. */
static bool is_arrow(const char *text)
{
    static const char *const arrows[] = {"→", "->", "=>", "⇒"};
    size_t digits = strspn(text, "0123456789");
    const char *behind = text + digits + strspn(text + digits, " ");
    for (size_t i = 0; digits && digits <= 2 && i < sizeof arrows / sizeof *arrows; i++)
        if (strncmp(behind, arrows[i], strlen(arrows[i])) == 0) {
            behind += strlen(arrows[i]);
            return strpbrk(behind, "/:") || strstr(behind, "月") || strstr(behind, "時") || strstr(behind, "限");
        }
    return false;
}

/* The command of a line and what stands behind its word, below `context`; NULL: it is none. */
static const struct poll_command *read_line(const void *context, const char *line, char **arguments)
{
    if (strlen(line) > LINE_BYTES)
        return NULL;
    struct folded *folded = text_fold(context, line, strlen(line));
    size_t length = drop_courtesy(folded->text, folded->length);
    size_t start = skip_bullet(folded->text);
    const struct poll_command *found = NULL;
    size_t best = 0;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        size_t width = match_words(&commands[i], folded->text + start);
        if (width > best) {
            best = width;
            found = &commands[i];
        }
    }
    if (!found && is_arrow(folded->text + start)) {
        *arguments = memory_copy_text(context, line + folded->origin[start]);
        return &arrow;
    }
    if (!found)
        return NULL;
    size_t behind = start + best;
    behind += strspn(folded->text + behind, " :\t");
    *arguments = memory_copy_bytes(context, line + folded->origin[behind], folded->origin[length] - folded->origin[behind]);
    return found;
}

/* What ends the commands of a letter: the rest is not for us. */
static bool is_end(const void *context, const char *line)
{
    static const char *const ends[] = {"以上", "以上。", "以上です", "以上です。", "end", "--", "thanks", "thanks!", "thanks.",
                                       "thank you", "thank you.", "quit"};
    static const char *const courtesies[] = {"よろしく", "宜しく"};
    char *key = text_fold_key(context, line);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (strcmp(key, ends[i]) == 0)
            return true;
    for (size_t i = 0; i < sizeof courtesies / sizeof *courtesies; i++)
        if (strncmp(key, courtesies[i], strlen(courtesies[i])) == 0)
            return true;
    return false;
}

/* The next line of a text below `context`, without what is blank around it; NULL at the end. */
static char *next_line(const void *context, const char **text)
{
    if (!**text)
        return NULL;
    size_t length = strcspn(*text, "\n");
    const char *start = *text + strspn(*text, " \t\r");
    size_t width = start < *text + length ? (size_t)(*text + length - start) : 0;
    while (width && strchr(" \t\r", start[width - 1]))
        width--;
    char *line = memory_copy_bytes(context, start, width);
    *text += length + ((*text)[length] == '\n');
    return line;
}

enum command_kind command_judge(const char *new_text)
{
    void *context = talloc_new(NULL);
    size_t found = 0;
    size_t others = 0;
    bool is_first = false;
    bool may_be_answer = false;
    size_t lines = 0;
    for (char *line; lines < LINES_MOST && (line = next_line(context, &new_text)) && !is_end(context, line);) {
        char *arguments;
        if (!*line)
            continue;
        lines++;
        const struct poll_command *command = read_line(context, line, &arguments);
        is_first = is_first || (command && !others);
        found += command != NULL;
        others += !command;
        may_be_answer = may_be_answer || (command && command->may_be_answer);
    }
    talloc_free(context);
    if (!found)
        return COMMAND_KIND_NONE;
    return is_first && !may_be_answer && !others ? COMMAND_KIND_ORDERS : COMMAND_KIND_UNCERTAIN;
}

static bool fits(const struct poll_command *command, const struct poll *poll)
{
    return command->scope == ANY || (command->scope == QUESTIONS) == poll->is_form;
}

/* The command that a word means in this poll, when it has one for dates and one for questions. */
static const struct poll_command *choose_command(const struct poll_command *command, const struct poll *poll)
{
    for (size_t i = 0; !fits(command, poll) && i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].words, command->words) == 0 && fits(&commands[i], poll))
            return &commands[i];
    return command;
}

static bool run_line(struct commanding *commanding, const struct poll_command *command, const char *arguments,
                     struct error **error)
{
    enum poll_state state = commanding->poll->state;
    if (!fits(command, commanding->poll))
        return command_tell(commanding, "not_in_a_form", NULL);
    if (!(command->states >> state & 1))
        return command_tell(commanding, "wrong_state",
                            json_pack("{s:b, s:b, s:b, s:b}", "draft", state == POLL_DRAFT, "open", state == POLL_OPEN,
                                      "closed", state == POLL_CLOSED, "is_cancelled", state == POLL_CANCELLED));
    return command->run(commanding, arguments, error);
}

/* The arguments of a command with the lines below it that belong to them; the transcript shows those, too. */
static char *go_on(const void *context, struct commanding *commanding, char *arguments, const char **text)
{
    const char *ahead = *text;
    bool follows_blank = false;
    for (char *line; (line = next_line(context, &ahead)) && !is_end(context, line);) {
        char *others;
        bool is_command = read_line(context, line, &others) != NULL;
        if (*line && !command_continues(line, is_command, follows_blank))
            break;
        follows_blank = follows_blank || !*line;
        if (!*line)
            continue;
        const char *shown = json_string_value(json_object_get(commanding->entry, "line"));
        char *all = memory_format(context, "%s\n> %s", shown, line);
        json_object_set_new(commanding->entry, "line", json_string(all));
        arguments = memory_format(context, "%s\n%s", arguments, line);
        *text = ahead;
    }
    return arguments;
}

/* All lines up to the end. *stopped: too many were none. */
static bool run_lines(void *context, struct commanding *commanding, bool *stopped, struct error **error)
{
    const char *text = commanding->incoming->letter->new_text;
    size_t unknown = 0;
    bool done = true;
    *stopped = false;
    size_t lines = 0;
    for (char *line; done && !*stopped && (line = next_line(context, &text)) && !is_end(context, line);) {
        char *arguments;
        if (!*line)
            continue;
        const struct poll_command *command = read_line(context, line, &arguments);
        command = command ? choose_command(command, commanding->poll) : NULL;
        begin_entry(commanding, line);
        if (command && command->goes_on && fits(command, commanding->poll))
            arguments = go_on(context, commanding, arguments, &text);
        bool is_date = !command && command_adds(commanding, line);
        commanding->is_adding = is_date || (commanding->is_adding && !command);
        if (command)
            done = run_line(commanding, command, arguments, error);
        else if (is_date)
            done = command_add(commanding, line, error);
        else
            command_tell(commanding, "unknown", NULL);
        unknown += !command && !is_date;
        *stopped = unknown >= UNKNOWN_LINES_MOST || ++lines >= LINES_MOST;
    }
    return done;
}

static bool queue_transcript(void *context, struct commanding *commanding, bool stopped, long told, struct error **error)
{
    struct office *office = commanding->office;
    const struct poll *poll = commanding->poll;
    const struct mailbox *sender = incoming_sender(commanding->incoming);
    char *name = view_person_name(context, sender->name, sender->address);
    json_t *view = view_poll(poll, name, commanding->language);
    json_object_set(view, "entries", commanding->entries);
    json_object_set_new(view, "stopped", json_boolean(stopped));
    json_object_set_new(view, "told", told ? json_integer(told) : json_null());
    struct outgoing transcript = {.template = "transcript",
                                  .language = commanding->language,
                                  .name = sender->name,
                                  .address = sender->address,
                                  .reference = office_reference(context, office, poll->code, 0, poll->edition),
                                  .dedupe = memory_format(context, "transcript/%lld", (long long)commanding->incoming->id),
                                  .view = view};
    struct attachment file = {memory_format(context, "%s.csv", poll->code), "text/csv; charset=utf-8", commanding->csv, 0};
    if (commanding->csv) {
        file.length = strlen(commanding->csv);
        transcript.attachments = &file;
        transcript.attachment_count = 1;
    }
    bool done = reply_queue(office, commanding->incoming, &transcript, error);
    json_decref(view);
    return done;
}

static bool changes_choices(const struct change *change)
{
    return memory_count(change->added) || memory_count(change->dropped) || memory_count(change->moved);
}

/* Nobody but the organiser knows a draft: its correction is a new preview, with the transcript on top. */
static bool finish_draft(struct commanding *commanding, struct error **error)
{
    struct preview preview = {.entries = commanding->entries};
    return store_renumber_choices(commanding->office->store, commanding->poll, error) &&
           preview_queue(commanding->office, commanding->incoming, commanding->poll, &preview, error);
}

static bool finish(void *context, struct commanding *commanding, bool stopped, struct error **error)
{
    struct office *office = commanding->office;
    struct poll *poll = commanding->poll;
    long told = 0;
    if (poll->state == POLL_DRAFT && commanding->has_edition)
        return finish_draft(commanding, error);
    if (changes_choices(commanding->change) && !store_recount_poll(office->store, poll->id, error))
        return false;
    return change_queue(office, poll, commanding->change, commanding->incoming->id, &told, error) &&
           queue_transcript(context, commanding, stopped, told, error);
}

bool command_run(struct office *office, struct incoming *incoming, struct poll *poll, struct error **error)
{
    void *context = talloc_new(NULL);
    char *language = NULL;
    struct commanding commanding = {.office = office, .incoming = incoming, .poll = poll};
    commanding.entries = json_array();
    commanding.change = change_new(context);
    bool stopped;
    question_forget(office, poll);
    bool done = reply_find_language(context, office, incoming, &language, error);
    commanding.language = office_language(office, language);
    done = done && run_lines(context, &commanding, &stopped, error) && finish(context, &commanding, stopped, error);
    question_forget(office, poll);
    json_decref(commanding.entries);
    talloc_free(context);
    return done && incoming_settle(incoming, "commanded", "");
}
