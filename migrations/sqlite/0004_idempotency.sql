-- Calls with an Idempotency-Key: claimed before the work begins, answered when it is done. The body is sealed with the
-- house's key, because an answer may show a secret.
CREATE TABLE idempotency (
    owner        BLOB    NOT NULL,
    key          TEXT    NOT NULL,
    claim        BLOB    NOT NULL,
    fingerprint  BLOB    NOT NULL,
    claimed_at   INTEGER NOT NULL,
    renewed_at   INTEGER NOT NULL,
    status       INTEGER,
    content_type TEXT,
    location     TEXT,
    etag         TEXT,
    body         BLOB,
    PRIMARY KEY (owner, key)
) STRICT;
CREATE INDEX idempotency_age ON idempotency (claimed_at);

-- What `vanished` no longer tells: numbers that went with a mod-sequence up to this one (RFC 7162 §3.2.10).
ALTER TABLE mailbox ADD COLUMN forgotten_mod_seq INTEGER NOT NULL DEFAULT 0;
