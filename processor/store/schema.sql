-- Kairan's database, version 1. Portable SQL: ids come from the program, instants are UTC text
-- ("2026-01-15T04:00:00Z"), truth values are 0 and 1. Names follow README, "How it works".

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE person (
    id       INTEGER PRIMARY KEY,
    name     TEXT NOT NULL,
    language TEXT, -- NULL: not known, the center's default holds
    away_until TEXT -- the last day of an absence that an automatic reply told ("2026-01-07"), "" when it did not say
                    -- how long; NULL: not away, as far as is known
);

CREATE TABLE address (
    address   TEXT PRIMARY KEY, -- lower case; a person may have several
    person_id INTEGER NOT NULL REFERENCES person (id),
    position  INTEGER NOT NULL -- from 0: mail goes to the first
);
CREATE INDEX address_by_person ON address (person_id);

CREATE TABLE poll (
    id           INTEGER PRIMARY KEY,
    code         TEXT NOT NULL UNIQUE,
    kind         TEXT NOT NULL, -- dates, form (a questionnaire)
    state        TEXT NOT NULL, -- draft, open, closed, cancelled
    title        TEXT NOT NULL,
    description  TEXT NOT NULL,
    place        TEXT NOT NULL,
    organiser_id INTEGER NOT NULL REFERENCES person (id),
    deadline     TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    closed_at    TEXT,
    edition      INTEGER NOT NULL, -- of its choices: from 1, one more with every change of them
    reopened     INTEGER NOT NULL, -- how often it was opened again after its close
    remind_at    TEXT,             -- when to look next whom to remind; NULL: no more
    told         INTEGER NOT NULL, -- how many mails have told the organiser of what happened
    changes      INTEGER NOT NULL, -- how often something has come in: an answer, an absence, a bounce …
    digested     INTEGER NOT NULL, -- … and how many of them the organiser's daily mail has told …
    digested_at  TEXT,             -- … when it was last made; NULL: not yet
    invited      INTEGER NOT NULL, -- how many invitations there are …
    waiting      INTEGER NOT NULL  -- … and how many of them have not answered every choice
);
CREATE INDEX poll_by_deadline ON poll (state, deadline);
CREATE INDEX poll_by_reminder ON poll (state, remind_at);

-- What its organiser asked for beside the dates; no row: nothing.
CREATE TABLE poll_option (
    poll_id     INTEGER PRIMARY KEY REFERENCES poll (id),
    quorum_unit TEXT NOT NULL,    -- none, people, percent, majority
    quorum      INTEGER NOT NULL,
    results     TEXT NOT NULL,    -- closed, open, organiser: who sees them, and when
    anonymous   INTEGER NOT NULL,
    yes_most    INTEGER NOT NULL, -- that one person may give; 0: no limit
    minutes     INTEGER NOT NULL, -- of a date without an end; 0: not said
    recurrence  TEXT,             -- rules of its next months …
    continued   INTEGER NOT NULL  -- … of which the first has its draft
);

CREATE TABLE question (
    id       INTEGER PRIMARY KEY,
    poll_id  INTEGER NOT NULL REFERENCES poll (id),
    position INTEGER NOT NULL,
    kind     TEXT NOT NULL, -- dates; of a form single, multiple, scale, number, ranking, text, attendance
    text     TEXT NOT NULL, -- "" for dates
    required INTEGER NOT NULL,
    low      TEXT,          -- decimal bounds of a scale or number; NULL: none
    high     TEXT,
    unit     TEXT,
    most     INTEGER NOT NULL -- how many may be chosen or are ranked; 0: no limit
);
CREATE UNIQUE INDEX question_by_poll ON question (poll_id, position);

CREATE TABLE choice (
    id          INTEGER PRIMARY KEY, -- never reused
    question_id INTEGER NOT NULL REFERENCES question (id),
    number      INTEGER NOT NULL,    -- as people see it, from 1; one that is moved keeps it
    asked_from  INTEGER NOT NULL,    -- the edition of the poll that first asked for it …
    asked_until INTEGER,             -- … and the one that no longer does; NULL: it is asked for
    starts      TEXT NOT NULL,       -- an instant, or a date ("2026-01-15") when all_day
    ends        TEXT,                -- likewise; NULL: open
    all_day     INTEGER NOT NULL,
    note        TEXT,
    label       TEXT,            -- of a form's choice; its number 0 stands for what is not chosen but written
    capacity    INTEGER          -- places, of a form's choice; NULL: no limit
);
CREATE INDEX choice_by_question ON choice (question_id, number);

-- How many can come, kept with every answer while the poll has a quorum.
CREATE TABLE choice_yes (
    choice_id INTEGER PRIMARY KEY REFERENCES choice (id),
    yes       INTEGER NOT NULL,
    told      INTEGER NOT NULL -- the organiser knows that it has reached the quorum
);

CREATE TABLE invitation (
    id        INTEGER PRIMARY KEY,
    poll_id   INTEGER NOT NULL REFERENCES poll (id),
    number    INTEGER NOT NULL, -- within the poll, from 1; part of every token
    person_id INTEGER NOT NULL REFERENCES person (id),
    address   TEXT NOT NULL,    -- where the ballot went
    name      TEXT NOT NULL,    -- as the organiser wrote it, for who has told us no name
    required  INTEGER NOT NULL,
    state     TEXT NOT NULL,    -- waiting, partial, answered, undelivered, removed
    asked     INTEGER NOT NULL, -- how often something was asked back
    comment   TEXT NOT NULL,    -- what the last answer said beside its marks
    proposal  TEXT,             -- marks that a bare "yes" would confirm (JSON)
    asked_at  TEXT,             -- when the ballot or a reminder was last queued; NULL: not yet
    reminded  INTEGER NOT NULL, -- how often the clock has reminded
    latest    TEXT,             -- the Date of the newest mail that an answer of theirs came in, or NULL
    promised  TEXT,             -- the day on which they said they would answer ("2026-01-08"), or NULL
    UNIQUE (poll_id, number),
    UNIQUE (poll_id, person_id)
);
CREATE INDEX invitation_by_person ON invitation (person_id, poll_id);

-- What the organiser is to be told at the end of the run in which it happened.
CREATE TABLE poll_event (
    id            INTEGER PRIMARY KEY,
    poll_id       INTEGER NOT NULL REFERENCES poll (id),
    kind          TEXT NOT NULL, -- undelivered, cannot, complete, quorum
    invitation_id INTEGER REFERENCES invitation (id),
    choice_id     INTEGER REFERENCES choice (id),
    detail        TEXT NOT NULL  -- of what is undelivered: the status of its bounce
);
CREATE INDEX poll_event_by_poll ON poll_event (poll_id, id);

-- What was asked, as it was sent (without the references): replies are compared with it, whatever becomes of the
-- templates and of people's languages meanwhile.
CREATE TABLE ballot (
    poll_id  INTEGER NOT NULL REFERENCES poll (id),
    edition  INTEGER NOT NULL,
    language TEXT NOT NULL,
    text     TEXT NOT NULL,
    PRIMARY KEY (poll_id, edition, language)
);

CREATE TABLE letter (
    id          INTEGER PRIMARY KEY,
    identity    TEXT NOT NULL UNIQUE, -- which mail to which recipient: taking it in twice is impossible
    received_at TEXT NOT NULL,
    sender      TEXT NOT NULL,
    recipient   TEXT NOT NULL,
    message_id  TEXT,
    subject     TEXT NOT NULL,
    class       TEXT NOT NULL,
    verdict     TEXT NOT NULL, -- what became of it: answered, opened, ignored, failed …
    reason      TEXT NOT NULL,
    archive     TEXT NOT NULL  -- where the raw mail lies, below the archive folder
);
CREATE INDEX letter_by_day ON letter (received_at);

CREATE TABLE answer (
    id            INTEGER PRIMARY KEY,
    letter_id     INTEGER NOT NULL REFERENCES letter (id),
    invitation_id INTEGER NOT NULL REFERENCES invitation (id),
    verdict       TEXT NOT NULL, -- ok, inferred, ask, none, withdraw, defer, confirm, held
    late          INTEGER NOT NULL,
    source        TEXT NOT NULL, -- the words it was read from
    edition       INTEGER NOT NULL, -- of the choices that were asked for then
    reply_id      TEXT              -- Message-ID of our mail to it: a bare yes to that confirms what it proposes
);
CREATE INDEX answer_by_invitation ON answer (invitation_id);

CREATE TABLE vote (
    invitation_id INTEGER NOT NULL REFERENCES invitation (id),
    choice_id     INTEGER NOT NULL REFERENCES choice (id),
    mark          TEXT NOT NULL, -- yes, best, maybe, no
    inferred      INTEGER NOT NULL,
    note          TEXT,
    value         TEXT, -- in a form: what was written, the number given, the rank
    answer_id     INTEGER NOT NULL REFERENCES answer (id),
    PRIMARY KEY (invitation_id, choice_id)
);

-- What the organiser decided on: one choice of a poll, and the calendar entry that everybody was sent for it.
CREATE TABLE decision (
    poll_id        INTEGER PRIMARY KEY REFERENCES poll (id),
    choice_id      INTEGER NOT NULL REFERENCES choice (id),
    sequence       INTEGER NOT NULL, -- of the entry (RFC 5545 section 3.8.7.4): from 0, one more with each change
    since_sequence INTEGER NOT NULL, -- the first one with this time: answers to earlier ones mean another time
    event          TEXT NOT NULL,    -- the entry as it was sent last, as the view of it (JSON)
    decided_at     TEXT NOT NULL,    -- when that was
    cancelled      INTEGER NOT NULL
);

-- Who comes: what people's calendars answered to the entry.
CREATE TABLE rsvp (
    invitation_id INTEGER PRIMARY KEY REFERENCES invitation (id),
    mark          TEXT NOT NULL,    -- yes, maybe, no
    sequence      INTEGER NOT NULL, -- of the entry that it answers
    answered_at   TEXT NOT NULL,    -- when the calendar wrote it: the latest holds
    comment       TEXT NOT NULL
);

-- Tentative entries that somebody asked for: taken back once a date is decided on.
CREATE TABLE tentative_entry (
    invitation_id INTEGER NOT NULL REFERENCES invitation (id),
    choice_id     INTEGER NOT NULL REFERENCES choice (id),
    event         TEXT NOT NULL, -- as it was sent last (JSON)
    PRIMARY KEY (invitation_id, choice_id)
);

CREATE TABLE outbox_body (
    id    INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL -- shared by the mails of one broadcast
);

CREATE TABLE outbox (
    id                 INTEGER PRIMARY KEY,
    state              TEXT NOT NULL, -- due, sent, refused, dropped
    attempts           INTEGER NOT NULL,
    not_before         TEXT NOT NULL,
    created_at         TEXT NOT NULL,
    ended_at           TEXT,          -- when it was sent or dropped
    envelope_sender    TEXT NOT NULL,
    envelope_recipient TEXT NOT NULL,
    message_id         TEXT NOT NULL, -- random: unique without an index that says so
    dedupe             TEXT NOT NULL UNIQUE, -- what the mail is ("result/k7q2/13"): queued once, whatever happens
    last_reply         TEXT,
    bytes              BLOB NOT NULL, -- the whole mail, or its head when there is a shared body
    body_id            INTEGER REFERENCES outbox_body (id)
);
CREATE INDEX outbox_due ON outbox (state, not_before);

CREATE TABLE daily_answer (
    address TEXT NOT NULL,
    day     TEXT NOT NULL,
    count   INTEGER NOT NULL,
    PRIMARY KEY (address, day)
);

-- Runs of the jobs of `kairan nightly`.
CREATE TABLE job_run (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at   TEXT,          -- NULL: it runs, or whoever watched it died
    outcome    TEXT NOT NULL, -- running, done, failed, late, crashed
    reason     TEXT NOT NULL
);
CREATE INDEX job_run_by_name ON job_run (name, id);

-- Notes. A comment is a note, too: its thread_id names the note that it stands below.
CREATE TABLE note (
    id         INTEGER PRIMARY KEY, -- permanent: people know it as N12
    thread_id  INTEGER NOT NULL REFERENCES note (id), -- its own id when it begins a thread
    author_id  INTEGER NOT NULL REFERENCES person (id),
    state      TEXT NOT NULL,    -- shown, withdrawn
    version_id INTEGER NOT NULL, -- the note_version that holds
    message_id TEXT UNIQUE,      -- of the mail that brought it, so that replies to that one find it
    poll_id    INTEGER REFERENCES poll (id), -- whose minutes it is
    created_at TEXT NOT NULL
);
CREATE INDEX note_by_thread ON note (thread_id, id);
CREATE INDEX note_by_version ON note (version_id);

CREATE TABLE note_version (
    id         INTEGER PRIMARY KEY, -- rises with time: digests tell from where to where
    note_id    INTEGER NOT NULL REFERENCES note (id),
    number     INTEGER NOT NULL,    -- from 1; all of them stay
    title      TEXT NOT NULL,       -- "" for a comment
    tags       TEXT NOT NULL,       -- folded, with a blank between: "disk raid"
    text       TEXT NOT NULL,
    letter_id  INTEGER REFERENCES letter (id), -- NULL: imported
    created_at TEXT NOT NULL,
    UNIQUE (note_id, number)
);

-- The bytes lie in the folder of attachments, once for each content.
CREATE TABLE attachment (
    sha256 TEXT PRIMARY KEY,
    size   INTEGER NOT NULL
);

CREATE TABLE note_attachment (
    version_id INTEGER NOT NULL REFERENCES note_version (id),
    position   INTEGER NOT NULL, -- from 1
    sha256     TEXT NOT NULL REFERENCES attachment (sha256),
    name       TEXT NOT NULL,    -- as its sender called it: to be shown, never to be a path
    type       TEXT NOT NULL,
    PRIMARY KEY (version_id, position)
);

-- Who does not want to hear what is said in a thread of theirs.
CREATE TABLE note_mute (
    thread_id INTEGER NOT NULL REFERENCES note (id),
    person_id INTEGER NOT NULL REFERENCES person (id),
    PRIMARY KEY (thread_id, person_id)
);

-- Who gets notes, how often, and up to where they have been told.
CREATE TABLE note_reader (
    person_id    INTEGER PRIMARY KEY REFERENCES person (id),
    frequency    TEXT NOT NULL,    -- each, daily, weekly, off, unset (only its bounces are counted)
    form         TEXT NOT NULL,    -- text, mime
    seen_id      INTEGER NOT NULL, -- the last note_version of the last digest
    told_at      TEXT NOT NULL,    -- the instant of the last digest, also of one that had nothing to tell
    paused_until TEXT,
    bounces      INTEGER NOT NULL, -- days in a row, more or less, on which mail for them came back
    bounced_at   TEXT
);

-- What waits until whoever it claims to come from has said yes.
CREATE TABLE note_request (
    id         INTEGER PRIMARY KEY,
    kind       TEXT NOT NULL, -- note, word, move; done: settled, the id is never given out again
    address    TEXT NOT NULL,
    detail     TEXT NOT NULL, -- JSON
    created_at TEXT NOT NULL
);

-- The search table: pairs of letters made by the program, one row a note_version (SQLite's own: store/search.c).
CREATE VIRTUAL TABLE note_search USING fts5 (title, body, author, tags, letters, content = '', tokenize = 'ascii');
CREATE TABLE note_search_stale (
    version_id INTEGER PRIMARY KEY -- still in the search table, but withdrawn or no more the version that holds
);

-- XenServer pools. `pool` is the name of its file; uuids are XAPI's, refs are never kept.
CREATE TABLE xen_run (
    id         INTEGER PRIMARY KEY,
    pool       TEXT NOT NULL,
    job        TEXT NOT NULL, -- backup, updates, health
    started_at TEXT NOT NULL,
    ended_at   TEXT,
    status     TEXT NOT NULL, -- running, good, failed, interrupted
    view       TEXT, -- what the report shows of it (JSON)
    is_told    INTEGER NOT NULL -- the report of it was queued
);
CREATE INDEX xen_run_by_job ON xen_run (pool, job, id);

CREATE TABLE vm_backup (
    id            INTEGER PRIMARY KEY,
    run_id        INTEGER NOT NULL REFERENCES xen_run (id),
    pool          TEXT NOT NULL,
    vm_uuid       TEXT NOT NULL,
    vm_name       TEXT NOT NULL,
    started_at    TEXT NOT NULL,
    ended_at      TEXT,
    state         TEXT NOT NULL, -- planned, snapshot, export, good, failed, interrupted
    snapshot_name TEXT NOT NULL, -- nobody else uses it: it holds the run
    snapshot_uuid TEXT,          -- while there is one
    file          TEXT,          -- the export, while there is one or one is being made
    bytes         INTEGER NOT NULL,
    milliseconds  INTEGER NOT NULL,
    reason        TEXT           -- the code of what went wrong
);
CREATE INDEX vm_backup_by_vm ON vm_backup (pool, vm_uuid, id);
CREATE INDEX vm_backup_by_snapshot ON vm_backup (pool, snapshot_name);
CREATE INDEX vm_backup_by_run ON vm_backup (run_id);
CREATE INDEX vm_backup_by_state ON vm_backup (pool, state);

-- Disks of snapshots that are being destroyed: what a killed run leaves of them may be removed, and nothing else.
CREATE TABLE doomed_disk (
    pool     TEXT NOT NULL,
    vdi_uuid TEXT NOT NULL,
    PRIMARY KEY (pool, vdi_uuid)
);

CREATE TABLE sr_sample (
    pool     TEXT NOT NULL,
    sr_uuid  TEXT NOT NULL,
    taken_at TEXT NOT NULL,
    size     INTEGER NOT NULL,
    used     INTEGER NOT NULL,
    PRIMARY KEY (pool, sr_uuid, taken_at)
);

-- Updates that hosts lack or lacked.
CREATE TABLE host_update (
    pool          TEXT NOT NULL,
    host_uuid     TEXT NOT NULL,
    update_id     TEXT NOT NULL, -- uuid of a patch, or name of a package
    host_name     TEXT NOT NULL,
    name          TEXT NOT NULL,
    first_seen_at TEXT NOT NULL,
    last_seen_at  TEXT NOT NULL,
    told_at       TEXT,          -- NULL: no report has told of it
    gone_at       TEXT,          -- since when it is applied, or no longer wanted
    PRIMARY KEY (pool, host_uuid, update_id)
);
