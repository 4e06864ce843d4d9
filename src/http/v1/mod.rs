//! Version 1 of the API: one file for each resource, the JSON of each in `shape`.

mod attachment;
mod audit;
mod batch;
mod bulk;
mod cursor;
mod extract;
mod folders;
mod inbox;
mod inject;
mod key;
mod message;
mod message_part;
mod messages;
mod meta;
mod project;
mod search;
mod shape;
mod stats;
mod take;
mod wait;
mod waits;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::state::State;

/// The routes of this version that want a key, each with its description.
pub(super) fn router() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(meta::get_meta))
        .routes(routes!(cursor::get_cursor))
        .routes(routes!(inbox::create_inbox, inbox::list_inboxes, bulk::delete_inboxes))
        .routes(routes!(bulk::create_inboxes))
        .routes(routes!(inbox::ensure_inbox))
        .routes(routes!(inbox::get_inbox, inbox::update_inbox, inbox::delete_inbox))
        .routes(routes!(inbox::empty_inbox))
        .routes(routes!(take::get_otp))
        .routes(routes!(take::get_link))
        .routes(routes!(extract::get_extraction, extract::extract_message))
        .routes(routes!(extract::extract))
        .routes(routes!(folders::list_folders, folders::create_folder))
        .routes(routes!(folders::delete_folder))
        .routes(routes!(key::create_inbox_token))
        .routes(routes!(wait::wait_inbox))
        .routes(routes!(wait::wait_project))
        .routes(routes!(waits::list_waits))
        .routes(routes!(waits::get_wait))
        .routes(routes!(messages::list_inbox_messages, inject::inject_message))
        .routes(routes!(messages::list_messages))
        .routes(routes!(search::search_messages))
        .routes(routes!(messages::get_latest_message))
        .routes(routes!(batch::change_messages))
        .routes(routes!(stats::get_stats))
        .routes(routes!(batch::move_message))
        .routes(routes!(message::get_message, message::update_message, message::delete_message))
        .routes(routes!(message_part::get_raw))
        .routes(routes!(message_part::get_headers))
        .routes(routes!(message_part::get_text))
        .routes(routes!(message_part::get_html))
        .routes(routes!(message_part::get_structure))
        .routes(routes!(message_part::get_transcript))
        .routes(routes!(attachment::list_attachments))
        .routes(routes!(attachment::get_attachment))
        .routes(routes!(key::create_key, key::list_keys))
        .routes(routes!(key::get_key, key::delete_key))
        .routes(routes!(key::rotate_key))
        .routes(routes!(project::create_project, project::list_projects))
        .routes(routes!(project::get_project, project::update_project, project::delete_project))
        .routes(routes!(audit::list_audit))
}

/// Routes that everyone may call: whoever has no key yet may need the certificate to send one safely.
pub(super) fn open_router() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(meta::get_ca))
}

/// The resource of the path, named by its id.
fn id<T: std::str::FromStr>(text: &str, what: &'static str) -> Result<T, super::Problem> {
    // A text that cannot be an id names nothing, which is what the caller needs to know.
    text.parse().map_err(|_| super::Problem::not_found(what))
}
