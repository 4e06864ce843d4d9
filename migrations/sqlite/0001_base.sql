-- Times are microseconds since 1970 in UTC, sizes are octets, ids are UUID v7.
-- Whoever changes rows below an inbox holds the inbox's row first: its order of changes is its order of commits.

-- One row: the life of this store. A cursor of another life is refused.
CREATE TABLE store_life (
    id         INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    epoch      INTEGER NOT NULL,
    last_uid_validity INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE project (
    id            BLOB    NOT NULL PRIMARY KEY,
    name          TEXT    NOT NULL CONSTRAINT project_name UNIQUE,
    created_at    INTEGER NOT NULL,
    last_position INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Tags stand between line breaks, so that one of them is found by searching for "\ntag\n".
CREATE TABLE inbox (
    id           BLOB    NOT NULL PRIMARY KEY,
    project_id   BLOB    NOT NULL REFERENCES project (id),
    address      TEXT    NOT NULL,
    address_key  TEXT    NOT NULL,
    domain_key   TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('active', 'frozen', 'expired')),
    tags         TEXT    NOT NULL,
    metadata     TEXT    NOT NULL,
    run_id       TEXT,
    client_ref   TEXT,
    client_hash  BLOB,
    persona      TEXT,
    max_messages INTEGER,
    max_bytes    INTEGER,
    on_full      TEXT    NOT NULL CHECK (on_full IN ('reject', 'evict_oldest')),
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    last_seq     INTEGER NOT NULL DEFAULT 0,
    messages     INTEGER NOT NULL DEFAULT 0,
    unseen       INTEGER NOT NULL DEFAULT 0,
    bytes        INTEGER NOT NULL DEFAULT 0,
    version      INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE UNIQUE INDEX inbox_address ON inbox (address_key);
CREATE UNIQUE INDEX inbox_client_ref ON inbox (project_id, client_ref) WHERE client_ref IS NOT NULL;
CREATE INDEX inbox_project ON inbox (project_id, id);
CREATE INDEX inbox_expiry ON inbox (expires_at) WHERE expires_at IS NOT NULL;

-- RFC 9051 §2.3.1: uid_validity, uid_next; RFC 7162 §3.1: highest_mod_seq.
CREATE TABLE mailbox (
    id              BLOB    NOT NULL PRIMARY KEY,
    inbox_id        BLOB    NOT NULL REFERENCES inbox (id),
    name            TEXT    NOT NULL,
    special_use     TEXT,
    uid_validity    INTEGER NOT NULL CHECK (uid_validity BETWEEN 1 AND 4294967295),
    uid_next        INTEGER NOT NULL DEFAULT 1,
    highest_mod_seq INTEGER NOT NULL DEFAULT 1,
    created_at      INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX mailbox_name ON mailbox (inbox_id, name);

-- The octets of a message, once per digest, with what follows from them alone. codec: 0 as they are, 1 zstd.
CREATE TABLE blob (
    id       INTEGER NOT NULL PRIMARY KEY,
    digest   BLOB    NOT NULL,
    refs     INTEGER NOT NULL,
    size     INTEGER NOT NULL,
    codec    INTEGER NOT NULL CHECK (codec IN (0, 1)),
    content  BLOB    NOT NULL,
    bytes    BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX blob_digest ON blob (digest);

-- What was noted when a message was taken: one for all recipients of a transaction.
CREATE TABLE receipt (
    id     BLOB    NOT NULL PRIMARY KEY,
    refs   INTEGER NOT NULL,
    record BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

-- The keys are lower case with white space folded: what lists and waits look at without reading the blob.
CREATE TABLE message (
    id           BLOB    NOT NULL PRIMARY KEY,
    project_id   BLOB    NOT NULL,
    position     INTEGER NOT NULL,
    inbox_id     BLOB    NOT NULL,
    seq          INTEGER NOT NULL,
    mailbox_id   BLOB    NOT NULL,
    uid          INTEGER NOT NULL,
    blob_id      INTEGER NOT NULL,
    receipt_id   BLOB    NOT NULL,
    received_at  INTEGER NOT NULL,
    size         INTEGER NOT NULL,
    subject_key  TEXT    NOT NULL,
    from_key     TEXT    NOT NULL,
    to_key       TEXT    NOT NULL,
    delivered_to TEXT    NOT NULL,
    tags         TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX message_seq ON message (inbox_id, seq);
CREATE UNIQUE INDEX message_position ON message (project_id, position);

-- A message's place in its mailbox; a message has exactly one.
CREATE TABLE entry (
    mailbox_id  BLOB    NOT NULL,
    uid         INTEGER NOT NULL CHECK (uid BETWEEN 1 AND 4294967295),
    message_id  BLOB    NOT NULL,
    flags       INTEGER NOT NULL,
    mod_seq     INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    size        INTEGER NOT NULL,
    PRIMARY KEY (mailbox_id, uid)
) STRICT, WITHOUT ROWID;

CREATE TABLE keyword (
    mailbox_id BLOB    NOT NULL,
    number     INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    name_key   TEXT    NOT NULL,
    PRIMARY KEY (mailbox_id, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX keyword_name ON keyword (mailbox_id, name_key);

CREATE TABLE entry_keyword (
    mailbox_id BLOB    NOT NULL,
    uid        INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    PRIMARY KEY (mailbox_id, uid, number)
) STRICT, WITHOUT ROWID;

-- Numbers that are gone, for QRESYNC (RFC 7162 §3.2.10).
CREATE TABLE vanished (
    mailbox_id BLOB    NOT NULL,
    uid        INTEGER NOT NULL,
    mod_seq    INTEGER NOT NULL,
    PRIMARY KEY (mailbox_id, uid)
) STRICT, WITHOUT ROWID;
CREATE INDEX vanished_mod_seq ON vanished (mailbox_id, mod_seq);

-- The log of everything that happened, in a project's order of commits.
CREATE TABLE event (
    project_id BLOB    NOT NULL,
    position   INTEGER NOT NULL,
    id         BLOB    NOT NULL,
    kind       TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    inbox_id   BLOB,
    message_id BLOB,
    PRIMARY KEY (project_id, position)
) STRICT, WITHOUT ROWID;

-- The secret is sealed with the house's key.
CREATE TABLE credential (
    id           BLOB    NOT NULL PRIMARY KEY,
    inbox_id     BLOB    NOT NULL REFERENCES inbox (id),
    username     TEXT    NOT NULL,
    username_key TEXT    NOT NULL,
    secret       BLOB    NOT NULL,
    created_at   INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX credential_username ON credential (username_key);
CREATE INDEX credential_inbox ON credential (inbox_id);

-- What was refused, kept for a while so that a wait in vain can be explained.
CREATE TABLE rejection (
    id            BLOB    NOT NULL PRIMARY KEY,
    at            INTEGER NOT NULL,
    stage         TEXT    NOT NULL,
    reply         TEXT    NOT NULL,
    cause         TEXT    NOT NULL,
    envelope_from TEXT,
    envelope_to   TEXT,
    helo          TEXT,
    peer          TEXT    NOT NULL
) STRICT;
