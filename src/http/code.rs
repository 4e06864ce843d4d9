//! The stable words of errors: part of the API's contract. New ones may be added, none may change its meaning.

use axum::http::StatusCode;
use serde::{Serialize, Serializer};

macro_rules! codes {
    ($($name:ident $text:literal $status:ident $title:literal;)*) => {
        /// What went wrong, for programs. Its text, status and title stand in one table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = concat!("`", $text, "`: ", $title, ".")] $name,)*
        }

        impl Code {
            /// Every code, in order of status.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word itself, `not_found`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The HTTP status that always goes with it.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            /// The same for people, in a few words.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

codes! {
    MalformedJson        "malformed_json"         BAD_REQUEST            "The body is not JSON";
    MalformedRequest     "malformed_request"      BAD_REQUEST            "The request cannot be understood";
    Unauthenticated      "unauthenticated"        UNAUTHORIZED           "A valid key is needed";
    ScopeMissing         "scope_missing"          FORBIDDEN              "The key does not allow this";
    ScopeEscalation      "scope_escalation"       FORBIDDEN              "A key cannot make a wider one";
    KeyNarrowed          "key_narrowed"           FORBIDDEN              "The key is narrowed to other things";
    RootOnly             "root_only"              FORBIDDEN              "Only the root key may do this";
    OriginForbidden      "origin_forbidden"       FORBIDDEN              "Other web pages may not do this";
    NotFound             "not_found"              NOT_FOUND              "There is no such thing";
    NoCode               "no_code"                NOT_FOUND              "No message has a code";
    NoLink               "no_link"                NOT_FOUND              "No message has such a link";
    WaitTimeout          "wait_timeout"           NOT_FOUND              "No message matched in time";
    MethodNotAllowed     "method_not_allowed"     METHOD_NOT_ALLOWED     "This path does not take that method";
    RequestTimeout       "request_timeout"        REQUEST_TIMEOUT        "The body came too slowly";
    AddressTaken         "address_taken"          CONFLICT               "Another inbox has this address";
    AlreadyExists        "already_exists"         CONFLICT               "It exists already";
    ClientRefConflict    "client_ref_conflict"    CONFLICT               "This client_ref made something else";
    AmbiguousCode        "ambiguous_code"         CONFLICT               "Several codes are about as likely";
    AmbiguousLink        "ambiguous_link"         CONFLICT               "Several links are about as likely";
    IdempotencyInFlight  "idempotency_in_flight"  CONFLICT               "The call with this key is being made";
    IdempotencyUnknown   "idempotency_unknown"    CONFLICT               "How the call with this key ended is not known";
    IdempotencyNotKept   "idempotency_not_kept"   CONFLICT               "The answer of the call with this key was too long to be kept";
    FolderNotEmpty       "folder_not_empty"       CONFLICT               "The folder has messages";
    FolderProtected      "folder_protected"       CONFLICT               "This folder cannot be removed";
    NameTaken            "name_taken"             CONFLICT               "Another one has this name";
    DomainTaken          "domain_taken"           CONFLICT               "Another project has this domain";
    ProjectNotEmpty      "project_not_empty"      CONFLICT               "The project has inboxes";
    InboxFrozen          "inbox_frozen"           CONFLICT               "The inbox is frozen";
    Expired              "expired"                GONE                   "It has expired";
    PreconditionFailed   "precondition_failed"    PRECONDITION_FAILED    "It was changed meanwhile";
    PayloadTooLarge      "payload_too_large"      PAYLOAD_TOO_LARGE      "The body is too large";
    UnsupportedMediaType "unsupported_media_type" UNSUPPORTED_MEDIA_TYPE "This content type is not taken here";
    RangeNotSatisfiable  "range_not_satisfiable"  RANGE_NOT_SATISFIABLE  "The range lies outside";
    HostNotAllowed       "host_not_allowed"       MISDIRECTED_REQUEST    "This server does not answer to that name";
    ValidationFailed     "validation_failed"      UNPROCESSABLE_ENTITY   "The request has invalid values";
    UnknownField         "unknown_field"          UNPROCESSABLE_ENTITY   "There is no field of that name";
    IdempotencyKeyReused "idempotency_key_reused" UNPROCESSABLE_ENTITY   "The key names another call";
    TooMany              "too_many"               UNPROCESSABLE_ENTITY   "More than can be done at once";
    FilterRequired       "filter_required"        UNPROCESSABLE_ENTITY   "Nothing here means everything";
    CursorInvalid        "cursor_invalid"         UNPROCESSABLE_ENTITY   "The cursor does not belong here";
    DomainNotHosted      "domain_not_hosted"      UNPROCESSABLE_ENTITY   "Inboxes cannot have this domain";
    RateLimited          "rate_limited"           TOO_MANY_REQUESTS      "Too many calls";
    TooManyWaits         "too_many_waits"         TOO_MANY_REQUESTS      "Too many calls wait at once";
    Internal             "internal"               INTERNAL_SERVER_ERROR  "Something failed here";
    StorageBusy          "storage_busy"           SERVICE_UNAVAILABLE    "The store is busy";
    ShuttingDown         "shutting_down"          SERVICE_UNAVAILABLE    "The server is shutting down";
    TooManyConnections   "too_many_connections"   SERVICE_UNAVAILABLE    "Too many connections";
    OverQuota            "over_quota"             INSUFFICIENT_STORAGE   "The inbox is full";
    StorageFull          "storage_full"           INSUFFICIENT_STORAGE   "The disk is full";
}

impl Code {
    /// Names the kind of problem for good. It is not a link, so that it is the same on every server.
    #[must_use]
    pub fn urn(self) -> String {
        format!("urn:restante:problem:{}", self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
