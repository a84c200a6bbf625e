"""Other programs' opinions of a calendar: python3-icalendar and khal. Both run as children, because they live in the
Python of the system."""
import json
import os

import kairan_test as kt

ICALENDAR = r"""
import icalendar, json, sys
calendar = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
def when(value):
    return value.dt.isoformat() if value else None
def people(value):
    return [[str(one), dict(one.params)] for one in (value if isinstance(value, list) else [value] if value else [])]
print(json.dumps({"method": str(calendar["METHOD"]), "errors": [str(e) for e in calendar.errors], "events": [{
    "uid": str(event["UID"]), "sequence": event["SEQUENCE"], "status": str(event["STATUS"]), "summary": str(event["SUMMARY"]),
    "place": str(event.get("LOCATION", "")), "description": str(event.get("DESCRIPTION", "")), "errors": event.errors,
    "start": when(event["DTSTART"]), "end": when(event.get("DTEND")), "organiser": people(event["ORGANIZER"]),
    "attendees": people(event.get("ATTENDEE"))} for event in calendar.walk("VEVENT")]}))
"""

KHAL = """\
[calendars]
[[test]]
path = {folder}/calendar
[sqlite]
path = {folder}/khal.db
[locale]
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
local_timezone = Asia/Tokyo
default_timezone = Asia/Tokyo
"""


def read_by_icalendar(text):
    """The calendar as python3-icalendar reads it."""
    done = kt.run(["/usr/bin/python3", "-c", ICALENDAR], input=text.encode())
    return json.loads(done.stdout) if done.returncode == 0 else {"errors": [done.stderr.decode()], "events": []}


def read_by_khal(text):
    """[title, start, end, place, uid] of each event, as khal shows it in Japan."""
    folder = kt.new_folder()
    os.mkdir(os.path.join(folder, "calendar"))
    files = {"config": KHAL.format(folder=folder), "invite.ics": text}
    for name, content in files.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8", newline="") as file:
            file.write(content)
    command = ["khal", "-c", os.path.join(folder, "config"), "printics", "--format",
               "{title}\t{start-long}\t{end-long}\t{location}\t{uid}", os.path.join(folder, "invite.ics")]
    done = kt.run(command, env={**os.environ, "HOME": folder, "LC_ALL": "C.UTF-8"})
    return [line.split("\t") for line in done.stdout.decode().splitlines() if "\t" in line]


def line_faults(text):
    """What breaks the rules of lines (RFC 5545 section 3.1): the bytes, not what readers forgive."""
    data = text.encode()
    lines = data.split(b"\r\n")
    faults = [line for line in lines[:-1] if not line or len(line) > 75 or b"\r" in line or b"\n" in line]
    for line in lines:
        try:
            line.decode()
        except UnicodeDecodeError:
            faults.append(line)
    return faults + ([lines[-1]] if lines[-1] else [])
