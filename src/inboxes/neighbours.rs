//! What other nodes changed: their calls become hints here.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::events::Bus;
use crate::store::{Bell, Error, Rung, Store};

/// Between two tries to reach the database.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// Passes the calls of other nodes on until `shutdown`; ends at once where there can be none.
pub async fn listen(store: Store, bus: Bus, shutdown: CancellationToken) {
    while !shutdown.is_cancelled() {
        match shutdown.run_until_cancelled(hear(&store, &bus)).await {
            None | Some(Ok(())) => return,
            Some(Err(error)) => {
                tracing::warn!(error = %error, "the calls of other nodes cannot be heard; waits look by themselves once a second")
            }
        }
        let _ = shutdown.run_until_cancelled(tokio::time::sleep(TRY_AGAIN)).await;
    }
}

async fn hear(store: &Store, bus: &Bus) -> Result<(), Error> {
    let Some(mut bell) = store.bell().await? else { return Ok(()) };
    // What was rung before anyone listened is not known.
    bus.hint_all();
    loop {
        pass_on(&mut bell, bus).await?;
    }
}

async fn pass_on(bell: &mut Bell, bus: &Bus) -> Result<(), Error> {
    match bell.next().await? {
        Rung::All => bus.hint_all(),
        Rung::Inboxes(inboxes) => {
            for inbox in inboxes {
                bus.hint_inbox(inbox);
            }
            bus.hint_projects();
        }
    }
    Ok(())
}
