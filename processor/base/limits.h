/*
 * Every limit that guards against hostile or broken input, each with its reason. What an administrator may want to
 * change is a configuration key (config.h) whose default stands here.
 */
#ifndef KAIRAN_BASE_LIMITS_H
#define KAIRAN_BASE_LIMITS_H

enum {
    LIMIT_LETTER_BYTES = 25 * 1024 * 1024, /* larger than any MTA's default; the hook refuses earlier */
    LIMIT_TEXT_BYTES = 1024 * 1024,        /* decoded text of one letter; a human reply is 1 to 100 kB */
    LIMIT_HTML_BYTES = 512 * 1024,         /* libxml2 is quadratic in attributes: 259 kB can take 4 s */
    LIMIT_HEADER_BYTES = 512 * 1024,       /* Postfix takes 100 kB a header field */
    LIMIT_HEADER_LINES = 5000,             /* in the mail or in a part; the longest real ones have 300 */
    LIMIT_FIELD_BYTES = 100 * 1024,        /* one decoded header field */
    LIMIT_PARTS = 1000,                    /* MIME parts looked at in one letter */
    LIMIT_DEPTH = 50,                      /* MIME nesting; real mail has 5 … */
    LIMIT_DEPTH_MOST = 200,                /* … and what it may be set to: every level costs time and memory */
    LIMIT_VIEW_BYTES = 16 * 1024 * 1024,   /* one letter as the reader's JSON */
    LIMIT_ATTACHMENTS = 50,                /* of one note */
    LIMIT_CHOICES = 60,                    /* choices of one poll */
    LIMIT_CALENDAR_BYTES = 1024 * 1024,    /* one calendar; an invitation has 1 to 50 kB */
    LIMIT_PARTICIPANTS = 20000,            /* people of one poll */
    LIMIT_TEMPLATE_BYTES = 256 * 1024,     /* one template file */
    LIMIT_MAIL_OUT_BYTES = 17 * 1024 * 1024 /* one outgoing mail */
};

#endif
