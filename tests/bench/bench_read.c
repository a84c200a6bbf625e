/*
 * How many mails a second the reader turns into views, in one process on one core (its own CPU time): replies of 3 kB,
 * several shapes, side by side with libetpan's bare parser, which only takes the mail apart and decodes Subject, From and
 * the text; what is HTML it does not read, so there libxml2 parses it and gives the text of its tree. And how much memory the reading of one mail takes at its peak.
 */
#include <libetpan/libetpan.h>
#include <libxml/HTMLparser.h>
#include <libetpan/charconv.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "mail/charset.h"
#include "mail/letter.h"

enum { MAIL_BYTES = 3000, ROUNDS = 20000 };

/* A line of each body, in the charset and the transfer encoding of its mail. */
struct shape {
    const char *name;
    const char *head;
    const char *line;
    const char *quote; /* what stands before each line of the quoted half */
};

static const struct shape shapes[] = {
    {"ISO-2022-JP, 7bit", "Content-Type: text/plain; charset=ISO-2022-JP\r\n\r\n",
     "\x1B$B$4O\"Mm$\"$j$,$H$&$4$6$$$^$9!#\x1B(B1/15 13:00-15:00\r\n", "> "},
    {"UTF-8, 8bit", "Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n",
     "ご連絡ありがとうございます。1/15 13:00-15:00\r\n", "> "},
    {"UTF-8, quoted-printable",
     "Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
     "=E3=81=94=E9=80=A3=E7=B5=A1=E3=81=82=E3=82=8A=E3=81=8C=E3=81=A8=E3=81=86 1/15\r\n", "> "},
    {"UTF-8, HTML", "Content-Type: text/html; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n",
     "<p class=MsoNormal><span lang=JA>ご連絡ありがとうございます。</span><o:p></o:p></p>\r\n", "<br>"},
};

static struct buffer *make_mail(const void *context, const struct shape *shape)
{
    struct buffer *mail = buffer_new(context, 2 * MAIL_BYTES);
    buffer_add_text(mail, "Return-Path: <taro@example.ac.jp>\r\n"
                          "Delivered-To: poll+k7q2-abcdefghijklmnop@tc.example.ac.jp\r\n"
                          "Received: from mail.example.ac.jp (mail.example.ac.jp [192.0.2.1])\r\n"
                          "\tby mx.tc.example.ac.jp (Postfix) with ESMTPS id 4ABCDEF\r\n"
                          "\tfor <poll@tc.example.ac.jp>; Sat, 10 Jan 2026 13:00:00 +0900 (JST)\r\n"
                          "From: =?ISO-2022-JP?B?GyRCOzNFRBsoQiAbJEJCQE86GyhC?= <taro@example.ac.jp>\r\n"
                          "To: poll+k7q2-abcdefghijklmnop@tc.example.ac.jp\r\n"
                          "Subject: Re: =?UTF-8?B?44CQ5pel56iL6Kq/5pW044CRMeaciOWumuS+i+S8mg==?= [K7Q2]\r\n"
                          "Date: Sat, 10 Jan 2026 13:00:00 +0900\r\n"
                          "Message-ID: <20260110130000.1234@example.ac.jp>\r\n"
                          "In-Reply-To: <k7q2-abcdefghijklmnop.b1@tc.example.ac.jp>\r\n"
                          "References: <k7q2-abcdefghijklmnop.b1@tc.example.ac.jp>\r\n"
                          "MIME-Version: 1.0\r\n");
    buffer_add_text(mail, shape->head);
    while (mail->length < MAIL_BYTES) {
        if (mail->length > MAIL_BYTES / 2)
            buffer_add_text(mail, shape->quote);
        buffer_add_text(mail, shape->line);
    }
    return mail;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* --- libetpan, and libxml2 where the text is HTML --- */

static void decode_word(const char *text)
{
    char *decoded = NULL;
    size_t used = 0;
    if (text && mailmime_encoded_phrase_parse("us-ascii", text, strlen(text), &used, "utf-8", &decoded) == 0)
        free(decoded);
}

static size_t extract_text(const char *html, size_t length)
{
    htmlDocPtr document = htmlReadMemory(html, (int)length, NULL, "UTF-8", HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);
    xmlChar *text = document ? xmlNodeGetContent(xmlDocGetRootElement(document)) : NULL;
    size_t text_length = text ? strlen((const char *)text) : 0;
    xmlFree(text);
    xmlFreeDoc(document);
    return text_length;
}

static size_t decode_text(struct mailmime *part, const char *charset)
{
    struct mailmime_data *data = part->mm_data.mm_single;
    struct mailmime_single_fields fields;
    mailmime_single_fields_init(&fields, part->mm_mime_fields, part->mm_content_type);
    int encoding = fields.fld_encoding ? fields.fld_encoding->enc_type : MAILMIME_MECHANISM_8BIT;
    char *bytes;
    size_t length;
    size_t used = 0;
    if (mailmime_part_parse(data->dt_data.dt_text.dt_data, data->dt_data.dt_text.dt_length, &used, encoding, &bytes,
                            &length) != MAILIMF_NO_ERROR)
        return 0;
    char *text = NULL;
    size_t text_length = 0;
    if (charconv_buffer("utf-8", charset, bytes, length, &text, &text_length) == MAIL_CHARCONV_NO_ERROR) {
        if (strcasecmp(part->mm_content_type->ct_subtype, "html") == 0)
            text_length = extract_text(text, text_length);
        charconv_buffer_free(text);
    }
    mailmime_decoded_part_free(bytes);
    return text_length;
}

/* Whether a text came out. */
static bool read_by_libetpan(const struct buffer *mail)
{
    struct mailmime *mime = NULL;
    size_t used = 0;
    if (mailmime_parse(mail->bytes, mail->length, &used, &mime) != MAILIMF_NO_ERROR)
        return false;
    struct mailimf_single_fields fields;
    mailimf_single_fields_init(&fields, mime->mm_data.mm_message.mm_fields);
    decode_word(fields.fld_subject->sbj_value);
    const struct mailimf_mailbox *from = clist_content(clist_begin(fields.fld_from->frm_mb_list->mb_list));
    decode_word(from->mb_display_name);
    struct mailmime *part = mime->mm_data.mm_message.mm_msg_mime;
    size_t length = decode_text(part, mailmime_content_charset_get(part->mm_content_type));
    mailmime_free(mime);
    return length > 0;
}

static double rate_of_libetpan(const struct buffer *mail)
{
    double start = now();
    for (int round = 0; round < ROUNDS; round++)
        if (!read_by_libetpan(mail))
            return 0;
    return ROUNDS / (now() - start);
}

/* --- memory --- */

/* Of this process in kB, as /proc tells it: "VmRSS:" or, since the last reset, "VmHWM:". */
static long memory_now(const char *name)
{
    char line[256];
    long kilobytes = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, name, strlen(name)) == 0)
            kilobytes = strtol(line + strlen(name), NULL, 10);
    if (file)
        fclose(file);
    return kilobytes;
}

static void reset_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");
    if (file) {
        fputs("5", file);
        fclose(file);
    }
}

/* The mail itself counts, too; what libraries take once, at the first mail of its kind, does not. */
static void print_memory(const char *name, const char *head, const char *line, size_t size)
{
    fflush(stdout);
    if (fork() == 0) {
        struct buffer *first = buffer_new(NULL, MAIL_BYTES);
        buffer_add_text(first, head);
        while (first->length + strlen(line) <= MAIL_BYTES)
            buffer_add_text(first, line);
        talloc_free(letter_read_view(first, first->bytes, first->length, NULL, NULL, NULL));
        talloc_free(first);
        malloc_trim(0);
        reset_peak();
        long before = memory_now("VmRSS:");
        size_t rest = size - strlen(head);
        size_t width = strlen(line);
        char *bytes = memory_check(talloc_size(NULL, size + width));
        memcpy(bytes, head, strlen(head));
        for (size_t i = 0; i < rest; i += width)
            memcpy(bytes + strlen(head) + i, line, width);
        char *text;
        char *view = letter_read_view(NULL, bytes, size, NULL, &text, NULL);
        long peak = memory_now("VmHWM:") - before;
        printf("memory %-22s %9zu bytes  %7ld kB  %.1f x the mail%s\n", name, size, peak,
               (double)peak * 1024 / (double)size, view ? "" : "  (refused)");
        exit(EXIT_SUCCESS);
    }
    wait(NULL);
}

static void print_all_memory(void)
{
    static const struct {
        const char *name;
        const char *head;
        const char *line;
    } kinds[] = {
        {"text", "From: a@b.jp\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\n", "ご連絡ありがとうございます。1/15\r\n"},
        {"base64 attachment",
         "From: a@b.jp\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n",
         "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAx\r\n"},
        {"HTML", "From: a@b.jp\r\nContent-Type: text/html; charset=UTF-8\r\n\r\n",
         "<p class=MsoNormal><span lang=JA>ご連絡ありがとうございます。</span></p>\r\n"},
    };
    static const size_t sizes[] = {3000, 1000 * 1000, 25 * 1000 * 1000};
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++)
        for (size_t size = 0; size < sizeof sizes / sizeof *sizes; size++)
            print_memory(kinds[kind].name, kinds[kind].head, kinds[kind].line, sizes[size]);
}

int main(void)
{
    void *program = talloc_new(NULL);
    memory_start();
    charset_preload(program);
    void *pool = memory_new_pool(program);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct buffer *mail = make_mail(NULL, &shapes[i]);
        double start = now();
        for (int round = 0; round < ROUNDS; round++) {
            void *context = talloc_new(pool); /* as in the reader */
            char *text;                       /* apart from the view, as the reader answers */
            char *view = letter_read_view(context, mail->bytes, mail->length, NULL, &text, NULL);
            if (!view) {
                fprintf(stderr, "%s: not read\n", shapes[i].name);
                return 1;
            }
            talloc_free(context);
        }
        double rate = ROUNDS / (now() - start);
        double bare = rate_of_libetpan(mail);
        printf("read %-24s %5zu bytes  %7.0f mails/s   %-18s %7.0f   ratio %.2f\n", shapes[i].name, mail->length, rate,
               strstr(shapes[i].head, "html") ? "libetpan + libxml2" : "libetpan", bare, bare > 0 ? rate / bare : 0);
        talloc_free(mail);
    }
    print_all_memory();
    talloc_free(program);
    return 0;
}
