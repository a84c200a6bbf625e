/*
 * Mail addresses: what counts as one, everywhere in Kairan. It is the part of RFC 5321's Mailbox (section 4.1.2) that every
 * mail of ours can carry between < and >: quoted local parts, address literals and internationalised addresses (RFC 6531)
 * are left out.
 */
#ifndef KAIRAN_BASE_ADDRESS_H
#define KAIRAN_BASE_ADDRESS_H

#include <stdbool.h>

/*
 * Whether `text` is an address: one "@"; before it at most 64 octets of printable ASCII without blanks and
 * ( ) < > [ ] : ; , " \ (stray dots pass, because Japanese mobile addresses had them); behind it at most 255 letters,
 * digits, hyphens, dots and underscores. The lengths are those of RFC 5321 section 4.5.3.1.
 */
bool address_is_valid(const char *text);

/* Whether `text` can stand behind the "@". */
bool address_is_domain(const char *text);

/* The form by which two are told equal, below `context`: local parts are case-sensitive in theory and nowhere else. */
char *address_lower(const void *context, const char *address);

/* What stands behind the last "@", in `address` itself; "" when there is none. */
const char *address_domain(const char *address);

#endif
