-- Who may call, what projects allow, and who changed what.

-- NULL is what the settings say, or no limit.
ALTER TABLE project ADD COLUMN unknown_recipient TEXT;
ALTER TABLE project ADD COLUMN default_ttl_s INTEGER;
ALTER TABLE project ADD COLUMN max_age_s INTEGER;
ALTER TABLE project ADD COLUMN max_messages INTEGER;
ALTER TABLE project ADD COLUMN max_bytes INTEGER;
ALTER TABLE project ADD COLUMN max_inboxes INTEGER;
ALTER TABLE project ADD COLUMN max_inbox_messages INTEGER;
ALTER TABLE project ADD COLUMN max_inbox_bytes INTEGER;
ALTER TABLE project ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

-- Mail for an unknown address of such a domain is this project's.
CREATE TABLE project_domain (
    domain_key TEXT    NOT NULL PRIMARY KEY,
    project_id BLOB    NOT NULL REFERENCES project (id)
) STRICT;
CREATE INDEX project_domain_project ON project_domain (project_id);

-- scopes are names between spaces; inbox_id, tag and run_id narrow the key when they are there.
CREATE TABLE api_key (
    id           BLOB    NOT NULL PRIMARY KEY,
    project_id   BLOB    NOT NULL REFERENCES project (id),
    name         TEXT    NOT NULL,
    scopes       TEXT    NOT NULL,
    inbox_id     BLOB,
    tag          TEXT,
    run_id       TEXT,
    created_at   INTEGER NOT NULL,
    created_by   BLOB,
    expires_at   INTEGER,
    last_used_at INTEGER
) STRICT;
CREATE INDEX api_key_project ON api_key (project_id, id);
CREATE INDEX api_key_inbox ON api_key (inbox_id) WHERE inbox_id IS NOT NULL;
CREATE INDEX api_key_end ON api_key (expires_at) WHERE expires_at IS NOT NULL;

-- The secrets of a key: one, and during a rotation also the one before. Of each the SHA-256 is kept, and the letters
-- that it is found by.
CREATE TABLE api_key_secret (
    lookup      TEXT    NOT NULL PRIMARY KEY,
    key_id      BLOB    NOT NULL REFERENCES api_key (id),
    digest      BLOB    NOT NULL,
    created_at  INTEGER NOT NULL,
    valid_until INTEGER
) STRICT;
CREATE INDEX api_key_secret_key ON api_key_secret (key_id);

-- project_id and key_id are NULL where none was named, or the root key was shown.
CREATE TABLE audit (
    id         BLOB    NOT NULL PRIMARY KEY,
    at         INTEGER NOT NULL,
    project_id BLOB,
    key_id     BLOB,
    peer       TEXT    NOT NULL,
    action     TEXT    NOT NULL,
    target     TEXT,
    detail     TEXT
) STRICT;
CREATE INDEX audit_project ON audit (project_id, id);
