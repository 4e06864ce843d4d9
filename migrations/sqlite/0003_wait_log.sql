-- What was waited for and how it ended, kept for a day. Inboxes and messages stand between line breaks; no inbox at
-- all is the whole project. The diagnostics are in a form of their own: see store/wait_log.rs.
CREATE TABLE wait_log (
    project_id  BLOB    NOT NULL,
    id          BLOB    NOT NULL,
    outcome     TEXT    NOT NULL,
    inboxes     TEXT    NOT NULL,
    run_id      TEXT,
    request     TEXT    NOT NULL,
    started_at  INTEGER NOT NULL,
    ends_by     INTEGER NOT NULL,
    ended_at    INTEGER,
    messages    TEXT    NOT NULL,
    summary     TEXT,
    diagnostics BLOB,
    PRIMARY KEY (project_id, id)
) STRICT;
CREATE INDEX wait_log_age ON wait_log (started_at);
