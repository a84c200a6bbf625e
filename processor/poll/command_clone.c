/* The command that makes another poll like this one: a draft, for the organiser to correct and start. */
#include "base/clock.h"
#include "base/memory.h"
#include "poll/clone.h"
#include "poll/command_list.h"
#include "poll/preview.h"
#include "store/question.h"

enum { CLOSE_OF_BUSINESS = 17, MINUTES_A_DAY = 24 * 60 };

/* The dates that still lie ahead, numbered anew. */
static void copy_choices(struct poll *copy, const struct poll *poll, struct civil now)
{
    copy->choices = memory_array(copy, struct choice, poll->choice_count);
    for (size_t i = 0; i < poll->choice_count; i++)
        if (civil_compare(poll->choices[i].start, now) > 0) {
            copy->choices[copy->choice_count] = poll->choices[i];
            copy->choices[copy->choice_count].number = (int)copy->choice_count + 1;
            copy->choice_count++;
        }
}

/* The questions anew, since each is given its own ids. */
static void copy_questions(struct poll *copy, const struct poll *poll)
{
    copy->questions = memory_array(copy, struct poll_question, memory_count(poll->questions));
    for (size_t i = 0; i < memory_count(poll->questions); i++) {
        struct poll_question *question = &copy->questions[i];
        size_t choices = memory_count(poll->questions[i].choices);
        *question = poll->questions[i];
        question->choices = memory_array(copy, struct question_choice, choices);
        for (size_t j = 0; j < choices; j++)
            question->choices[j] = poll->questions[i].choices[j];
    }
}

/* That of the poll while it lies ahead, else as long from now as a poll runs that names none. */
static time_t copy_deadline(const struct office *office, const struct poll *poll)
{
    if (poll->deadline > office->now)
        return poll->deadline;
    struct civil deadline = civil_add_minutes(clock_to_civil(office->now), office->config->deadline_days * MINUTES_A_DAY);
    deadline.hour = CLOSE_OF_BUSINESS;
    deadline.minute = 0;
    return clock_from_civil(deadline);
}

bool command_clone(struct commanding *commanding, const char *arguments, struct error **error)
{
    (void)arguments;
    struct office *office = commanding->office;
    const struct poll *poll = commanding->poll;
    struct poll *copy = clone_begin(poll, office, poll);
    copy->options.recurrence = NULL; /* the series goes on with the original */
    copy->deadline = copy_deadline(office, poll);
    copy_choices(copy, poll, clock_to_civil(office->now));
    copy_questions(copy, poll);
    return clone_add(office, copy, poll, error) &&
           preview_queue(office, commanding->incoming, copy, &(struct preview){.draft = NULL}, error) &&
           command_tell(commanding, "cloned", NULL);
}
