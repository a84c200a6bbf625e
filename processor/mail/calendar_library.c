/* libical as Kairan wants it: see calendar_library.h. */
#include "mail/calendar_library.h"

#include <libical/ical.h>

void calendar_prepare_library(void)
{
    static char nowhere[] = "/dev/null";
    icalerror_set_errors_are_fatal(0);
    icaltimezone_set_builtin_tzdata(1);
    set_zone_directory(nowhere);
}
