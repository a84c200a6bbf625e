/* Signatures, visiting cards, OpenPGP's lines and the footers of lists. See quote_lines.h. */
#include <string.h>

#include "mail/quote_lines.h"
#include "mail/signs.h"

enum {
    CARD_LINES = 16,
    CARD_COLUMNS = 8, /* a rule that surely is one */
    RULE_COLUMNS = 3, /* one that may be, at the end */
    NAME_LINES = 6,
    MARKED_LINES = 14, /* below a "--" that has lost its blank */
    MARKED_SENTENCES = 3,
    FOOTER_LINES = 30,
    BARE_FOOTER_LINES = 8, /* without a rule above */
};

static bool is_mark_with_blank(struct span line)
{
    return line.length == 3 && memcmp(line.text, "-- ", 3) == 0;
}

/* Whether what follows a "--" may be a signature: few lines, and hardly any sentence. */
static bool is_signature_below(const struct reply *reply, size_t first, size_t end)
{
    static const char *const sentence_ends[] = {"。", "です", "ます", "ください", "？", NULL};
    size_t lines = 0;
    size_t sentences = 0;
    for (size_t i = first; i < end && lines <= MARKED_LINES; i++) {
        struct span line = span_trim(quote_line(reply, i));
        lines += line.length > 0;
        sentences += span_ends_any(line, sentence_ends);
    }
    return lines > 0 && lines <= MARKED_LINES && sentences < MARKED_SENTENCES;
}

/* The end of what belongs to a visiting card that begins with the rule at `rule`: its last contact or rule. */
static size_t card_end(const struct reply *reply, size_t rule, size_t end)
{
    bool has_contact = sign_is_contact(quote_line(reply, rule));
    size_t last = rule;
    for (size_t i = rule + 1; i < end && i <= rule + CARD_LINES; i++) {
        struct span line = quote_line(reply, i);
        bool is_rule = sign_is_rule(line, CARD_COLUMNS);
        if (is_rule && !has_contact)
            return rule; /* what stands between two rules may be the answer itself */
        if (sign_is_contact(line))
            has_contact = true;
        else if (!is_rule)
            continue;
        last = i;
    }
    if (!has_contact)
        return rule;
    while (last + 1 < end && !quote_is_blank(reply, last + 1))
        last++;
    return last + 1;
}

/* Whether nothing but names and rules stands between the rule and the end, and something of one's own above. */
static bool is_name_card(const struct reply *reply, size_t first, size_t rule, size_t end)
{
    size_t names = 0;
    if (end - rule > CARD_LINES)
        return false;
    for (size_t i = rule + 1; i < end; i++) {
        struct span line = quote_line(reply, i);
        if (quote_is_blank(reply, i) || sign_is_rule(line, RULE_COLUMNS))
            continue;
        if (++names > NAME_LINES || !(sign_is_name(line) || sign_is_contact(line)))
            return false;
    }
    while (first < rule && quote_is_blank(reply, first))
        first++;
    return names > 0 && first < rule;
}

/* Contact lines at the very end of a zone, without anything that sets them apart. */
static void find_bare_contacts(struct reply *reply, size_t first, size_t end)
{
    size_t start = end;
    bool has_label = false;
    for (size_t i = end; i > first; i--) {
        struct span line = quote_line(reply, i - 1);
        bool is_label = quote_is_new(reply, i - 1) && sign_is_contact_alone(line);
        bool is_link = span_begins(span_trim(line), "http") &&
                       !memchr(span_trim(line).text, ' ', span_trim(line).length);
        has_label = has_label || is_label;
        if (is_label || (is_link && quote_is_new(reply, i - 1)))
            start = i - 1;
        else if (!quote_is_blank(reply, i - 1))
            break;
    }
    if (has_label)
        quote_claim(reply, start, end, REPLY_SIGNATURE);
}

/* "-Abhishek" below everything else, contacts and blank lines aside. */
static void find_sign_off(struct reply *reply, size_t first, size_t end)
{
    size_t last = end;
    while (last > first && (quote_is_blank(reply, last - 1) || !quote_is_new(reply, last - 1)))
        last--;
    bool has_text_above = last > first + 1 && quote_is_new(reply, last - 2);
    if (has_text_above && sign_is_sign_off(quote_line(reply, last - 1)) &&
        !span_begins(span_trim(quote_line(reply, last - 2)), "-"))
        quote_claim(reply, last - 1, last, REPLY_SIGNATURE);
}

/* The end of the signature that begins with line i, or i when none does. */
static size_t signature_end(struct reply *reply, size_t first, size_t i, size_t end)
{
    struct span line = quote_line(reply, i);
    if (sign_is_signature_mark(line))
        return is_mark_with_blank(line) || is_signature_below(reply, i + 1, end) ? end : i;
    if (sign_is_device_line(line))
        return i + 1;
    bool is_rule = sign_is_rule(line, RULE_COLUMNS);
    if (!is_rule && !sign_is_border(line))
        return i;
    size_t card = !is_rule || sign_is_rule(line, CARD_COLUMNS) ? card_end(reply, i, end) : i;
    return card == i && is_name_card(reply, first, i, end) ? end : card;
}

/* One zone: lines first to end - 1 that this person wrote without a quote between. */
static void find_signature(struct reply *reply, size_t first, size_t end)
{
    for (size_t i = first; i < end;) {
        size_t until = quote_is_new(reply, i) ? signature_end(reply, first, i, end) : i;
        quote_claim(reply, i, until, REPLY_SIGNATURE);
        i = until > i ? until : i + 1;
    }
    find_bare_contacts(reply, first, end);
    find_sign_off(reply, first, end);
}

/* --- footers --- */

static bool is_footer_line(const struct reply *reply, size_t i, bool is_ruled)
{
    struct span line = span_trim(quote_line(reply, i));
    return sign_is_footer(line) || (is_ruled && span_ends(line, "mailing list"));
}

/* The footer of a zone, with the rule or the signature mark above; lists put it below everything else. */
static void find_footer(struct reply *reply, size_t first, size_t end)
{
    size_t start = end > first + FOOTER_LINES ? end - FOOTER_LINES : first;
    for (size_t i = start; i < end; i++) {
        if (quote_is_blank(reply, i))
            continue;
        size_t above = i;
        while (above > first && quote_is_blank(reply, above - 1))
            above--;
        bool is_ruled = above > first && (sign_is_rule(quote_line(reply, above - 1), RULE_COLUMNS) ||
                                          sign_is_signature_mark(quote_line(reply, above - 1)));
        if (!is_footer_line(reply, i, is_ruled) || (!is_ruled && end - i > BARE_FOOTER_LINES))
            continue;
        quote_claim(reply, is_ruled ? above - 1 : i, end, REPLY_FOOTER);
        return;
    }
}

/* --- OpenPGP's lines around a signed text (RFC 4880 section 7) --- */

static void find_armour(struct reply *reply)
{
    bool is_open = false;
    for (size_t i = 0; i < reply->count; i++) {
        struct span line = quote_line(reply, i);
        if (!is_open && !span_begins(line, "-----BEGIN PGP SIG"))
            continue;
        bool is_message = span_begins(line, "-----BEGIN PGP SIGNED MESSAGE-----");
        is_open = !is_message && !span_begins(line, "-----END PGP SIG");
        quote_claim(reply, i, i + 1, is_message ? REPLY_DELIMITER : REPLY_SIGNATURE);
        if (is_message && i + 1 < reply->count && span_begins(quote_line(reply, i + 1), "Hash:"))
            quote_claim(reply, i + 1, i + 2, REPLY_DELIMITER);
    }
}

void quote_find_signatures(struct reply *reply)
{
    find_armour(reply);
    for (size_t first = 0; first < reply->count; first++) {
        size_t end = first;
        while (quote_is_new(reply, end))
            end++;
        if (end == first)
            continue;
        find_footer(reply, first, end);
        size_t own = first;
        while (own < end && quote_is_new(reply, own))
            own++;
        find_signature(reply, first, own);
        first = end;
    }
}
