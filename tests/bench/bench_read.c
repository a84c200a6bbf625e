/* How many mails a second the reader turns into views, in one process on one core (its own CPU time): replies of 3 kB,
 * several shapes. */
#include <stdio.h>
#include <string.h>
#include <time.h>

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

int main(void)
{
    void *program = talloc_new(NULL);
    charset_preload(program);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct buffer *mail = make_mail(NULL, &shapes[i]);
        double start = now();
        for (int round = 0; round < ROUNDS; round++) {
            char *view = letter_read_view(mail, mail->bytes, mail->length, NULL, NULL);
            if (!view) {
                fprintf(stderr, "%s: not read\n", shapes[i].name);
                return 1;
            }
            talloc_free(view);
        }
        double rate = ROUNDS / (now() - start);
        printf("read %-24s %5zu bytes  %7.0f mails/s\n", shapes[i].name, mail->length, rate);
        talloc_free(mail);
    }
    talloc_free(program);
    return 0;
}
