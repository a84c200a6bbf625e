#!/usr/bin/python3
"""kairan nightly: which jobs are due when, what becomes of one that fails, two nights at once, and the dead man's check.
KAIRAN_SANITIZE: yes"""
import fcntl
import os
import shutil

import kairan_test as kt
from kairan_test import DOMAIN, Tap


class Night:
    """A fresh instance whose mail goes to a Maildir."""

    def __init__(self, language="en"):
        self.folder = os.path.join(kt.new_folder(), "center")
        self.out = kt.make_maildir(os.path.join(os.path.dirname(self.folder), "out"))
        self.kairan = kt.Kairan(self.folder)
        kt.run([kt.program("kairan"), "init", "--domain", DOMAIN, "--transport", f"maildir:{self.out}", self.folder])
        self.configure(f"[center]\nlanguage = {language}\n[nightly]\nbackup = off\nupdates = off\nhealth = off\n"
                       "report = off\ndigest = off\nreminders = off\n")

    def configure(self, lines):
        with open(os.path.join(self.folder, "kairan.conf"), "a", encoding="utf-8") as file:
            file.write(lines)

    def jobs(self, now, *names, status=0):
        """(name, outcome) of what `kairan nightly` ran at `now`."""
        self.kairan.now = f"2026-01-{now}:00+09:00"
        done = self.kairan.run("nightly", "--json", *names, check=False)
        if done.returncode != status:
            raise RuntimeError(f"status {done.returncode}: {done.stderr.decode()}")
        return [(job["name"], job["outcome"]) for job in kt.json.loads(done.stdout)["jobs"]]

    def mails(self, now):
        """The mails that a `kairan process` at `now` leaves in the Maildir, as (subject, text)."""
        self.kairan.now = f"2026-01-{now}:00+09:00"
        self.kairan.run("process")
        found = [(str(letter.message["Subject"]), kt.text_of(letter.message)) for letter in kt.read_maildir(self.out)]
        shutil.rmtree(os.path.join(self.out, "new"))
        kt.make_maildir(self.out)
        return found


def jobs_run_at_their_time_once(tap):
    night = Night()
    housekeeping = [("housekeeping", "done")]
    tap.equal(night.jobs("14T12:00"), [], "no job has its time at noon, and none is caught up with")
    tap.equal(night.jobs("15T00:10"), [("deadlines", "done")], "the time has come: it runs")
    tap.equal(night.jobs("15T00:25"), [], "once")
    tap.equal(night.jobs("15T04:29"), [], "a minute too early")
    tap.equal(night.jobs("15T04:30"), housekeeping, "on the minute")
    tap.equal(night.jobs("15T04:45", "housekeeping"), housekeeping, "a named one runs at once")
    tap.equal(night.jobs("16T08:20"), housekeeping, "a late night is caught up with …")
    tap.equal(night.jobs("17T08:40"), [], "… for four hours")
    night.configure("[nightly]\nhousekeeping = off\ndeadlines = 23:50\n")
    tap.equal(night.jobs("18T01:00"), [("deadlines", "done")], "the night goes over midnight")
    tap.equal(night.jobs("18T04:45"), [], "off is off")


def a_job_that_fails_is_told(tap):
    for language, subject in (("en", 'The job "deadlines" did not end well'),
                              ("ja", "ジョブ「deadlines」が正常に終わりませんでした")):
        night = Night(language)
        new = os.path.join(night.folder, "spool", "new")
        shutil.rmtree(new)
        tap.equal(night.jobs("15T00:10", status=1), [("deadlines", "failed")], f"{language}: a job fails")
        tap.equal(night.jobs("15T04:30"), [("housekeeping", "done")], f"{language}: the others run")
        os.mkdir(new)
        mails = night.mails("15T08:00")
        tap.equal([mail[0] for mail in mails], [subject], f"{language}: one mail tells of it")
        tap.ok(new in mails[0][1], f"{language}: with the reason", mails[0][1])
        status = night.kairan.json("status")["jobs"]
        tap.equal([(job["name"], job["outcome"]) for job in status], [("deadlines", "failed"), ("housekeeping", "done")],
                f"{language}: kairan status tells how each ended last")


def two_runs_of_a_job_do_not_overlap(tap):
    night = Night()
    with open(os.path.join(night.folder, "kairan.db.deadlines.lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        tap.equal(night.jobs("15T00:10", "deadlines", status=75), [], "a job that is at work is busy for whoever names it")
        tap.equal(night.jobs("15T00:10"), [], "and left to its run by whoever looks at the clock")
        tap.equal(night.jobs("15T04:30"), [("housekeeping", "done")], "the others do not wait for it")
    tap.equal(night.jobs("16T00:10"), [("deadlines", "done")], "it runs when the first has gone")


def what_does_not_run_is_missed(tap):
    for language, subject in (("en", "Jobs and reports that are missing: 1"), ("ja", "動いていないジョブ・届いていない報告があります (1件)")):
        night = Night(language)
        tap.equal(night.mails("14T09:00"), [], f"{language}: what has never run is not missed")
        night.jobs("14T00:10")
        tap.equal(night.mails("15T01:00"), [], f"{language}: a day later it is not missed yet")
        tap.equal(night.mails("15T06:59"), [], f"{language}: nobody is woken")
        mails = night.mails("15T07:00")
        tap.equal([mail[0] for mail in mails], [subject], f"{language}: told in the morning")
        tap.ok("deadlines" in mails[0][1] and "2026-01-14 00:10" in mails[0][1], f"{language}: with what and since when",
               mails[0][1])
        tap.equal(night.mails("15T12:00"), [], f"{language}: once a day")
        tap.equal([mail[0] for mail in night.mails("16T07:30")], [subject], f"{language}: and again the next")
        night.jobs("17T00:10")
        tap.equal(night.mails("17T07:30"), [], f"{language}: until it has run")


def mistakes_are_refused(tap):
    night = Night()
    done = night.kairan.run("nightly", "nosuchjob", check=False)
    tap.ok(done.returncode == 2 and b"nosuchjob" in done.stderr, "an unknown job", done.stderr.decode())
    for value in ("4:30", "24:00", "12:60", "noon", "12:3x", ""):
        night.configure(f"[nightly]\nhousekeeping = {value}\n")
        done = night.kairan.run("config", check=False)
        tap.ok(done.returncode == 1 and b"04:30" in done.stderr, f"a time that is none: {value!r}", done.stderr.decode())
        with open(os.path.join(night.folder, "kairan.conf"), "r+", encoding="utf-8") as file:
            text = file.read().replace(f"[nightly]\nhousekeeping = {value}\n", "")
            file.seek(0)
            file.truncate()
            file.write(text)


def main():
    tap = Tap()
    jobs_run_at_their_time_once(tap)
    a_job_that_fails_is_told(tap)
    two_runs_of_a_job_do_not_overlap(tap)
    what_does_not_run_is_missed(tap)
    mistakes_are_refused(tap)
    tap.done()


if __name__ == "__main__":
    main()
