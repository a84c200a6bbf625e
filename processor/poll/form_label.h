/* The texts of a questionnaire's choices and bounds as organisers write them. Pure. */
#ifndef KAIRAN_POLL_FORM_LABEL_H
#define KAIRAN_POLL_FORM_LABEL_H

#include <jansson.h>

#include "poll/form.h"

/* A choice out of its text, below `context`: 「b) 夏」 is the label 夏 with the letter b, 「その他」 takes words. */
struct form_choice form_choice_read(const void *context, const char *text);

/* Whether low and high of a scale are whole numbers with 2 to FORM_CHOICES steps. */
bool form_scale_is_sound(const struct form_question *question);

/* 3 as an integer, 2.5 as a real. */
json_t *form_number_view(double number);

#endif
