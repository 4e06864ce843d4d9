//! Hints by inbox and by project: they carry no data, so they can be merged, doubled or lost without harm.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use tokio::sync::watch;

use crate::model::{InboxId, ProjectId};

/// Enough that two cores hinting and subscribing rarely meet in one shard.
const SHARDS: usize = 64;

/// Wakes whoever waits for an inbox or a project. Cheap to clone; every clone is the same bus.
///
/// It cannot lag, since a hint that was not yet seen is merged with the next one. It cannot grow either: only what
/// has a subscriber has an entry, and a hint for anything else leaves nothing behind.
#[derive(Clone, Debug)]
pub struct Bus(Arc<[Shard; SHARDS]>);

/// One subscription; the entry goes when the last one of an inbox or project is dropped.
#[derive(Debug)]
pub struct Hints {
    bus: Bus,
    topic: Topic,
    receiver: watch::Receiver<()>,
}

/// The bus was closed: the application is shutting down, and no hint will come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("shutting down")]
pub struct Closed;

impl Bus {
    /// A bus without subscribers.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(std::array::from_fn(|_| Shard::default())))
    }

    /// Subscribes to an inbox. Subscribe before the first look into the store, so that nothing falls in between.
    #[must_use]
    pub fn subscribe_inbox(&self, inbox: InboxId) -> Hints {
        self.subscribe(Topic::Inbox(inbox))
    }

    /// Subscribes to everything in a project. Subscribe before the first look into the store.
    #[must_use]
    pub fn subscribe_project(&self, project: ProjectId) -> Hints {
        self.subscribe(Topic::Project(project))
    }

    /// Says that something changed in `inbox`.
    pub fn hint_inbox(&self, inbox: InboxId) {
        self.hint(Topic::Inbox(inbox));
    }

    /// Says that something changed in `project`.
    pub fn hint_project(&self, project: ProjectId) {
        self.hint(Topic::Project(project));
    }

    /// Says that something changed in some project that cannot be named.
    pub fn hint_projects(&self) {
        for shard in self.0.iter() {
            for (topic, entry) in &shard.read().entries {
                if matches!(topic, Topic::Project(_)) {
                    entry.sender.send_replace(());
                }
            }
        }
    }

    /// Tells everyone to look again, because hints from elsewhere may have been lost.
    pub fn hint_all(&self) {
        for shard in self.0.iter() {
            for entry in shard.read().entries.values() {
                entry.sender.send_replace(());
            }
        }
    }

    /// Ends every subscription, now and from now on: [`Hints::changed`] answers [`Closed`]. For the shutdown.
    pub fn close(&self) {
        for shard in self.0.iter() {
            let mut topics = shard.write();
            topics.closed = true;
            topics.entries.clear();
        }
    }

    /// How many inboxes and projects have a subscriber.
    #[must_use]
    pub fn topics(&self) -> usize {
        self.0.iter().map(|shard| shard.read().entries.len()).sum()
    }

    fn subscribe(&self, topic: Topic) -> Hints {
        let mut topics = self.shard(topic).write();
        let receiver = if topics.closed {
            watch::channel(()).1 // Its sender is gone already, which is what `Closed` looks like.
        } else {
            let entry = topics.entries.entry(topic).or_default();
            entry.subscribers += 1;
            entry.sender.subscribe()
        };
        Hints { bus: self.clone(), topic, receiver }
    }

    fn hint(&self, topic: Topic) {
        if let Some(entry) = self.shard(topic).read().entries.get(&topic) {
            entry.sender.send_replace(());
        }
    }

    #[expect(clippy::indexing_slicing, reason = "the index is a remainder of the array's length")]
    fn shard(&self, topic: Topic) -> &Shard {
        &self.0[usize::from(topic.low_byte()) % SHARDS]
    }
}

impl Default for Bus {
    fn default() -> Self {
        Self::new()
    }
}

impl Hints {
    /// Waits for a hint; returns at once when one came since the subscription or since the last call.
    ///
    /// Many hints may be told as one. Cancel-safe: a hint is taken only by a call that returns.
    ///
    /// # Errors
    /// [`Closed`] once the bus is closed and every earlier hint was told.
    pub async fn changed(&mut self) -> Result<(), Closed> {
        self.receiver.changed().await.map_err(|_| Closed)
    }
}

impl Drop for Hints {
    fn drop(&mut self) {
        let mut topics = self.bus.shard(self.topic).write();
        if let Some(entry) = topics.entries.get_mut(&self.topic) {
            entry.subscribers -= 1;
            if entry.subscribers == 0 {
                topics.entries.remove(&self.topic);
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Topic {
    Inbox(InboxId),
    Project(ProjectId),
}

impl Topic {
    /// The end of a UUID v7 is random, so it spreads ids that were made together.
    fn low_byte(self) -> u8 {
        let uuid = match self {
            Self::Inbox(id) => id.uuid(),
            Self::Project(id) => id.uuid(),
        };
        let [.., last] = uuid.into_bytes();
        last
    }
}

#[derive(Debug, Default)]
struct Shard(RwLock<Topics>);

#[derive(Debug, Default)]
struct Topics {
    entries: HashMap<Topic, Entry>,
    closed: bool,
}

/// `subscribers` changes only under the shard's write lock. `watch`'s own count does not: a receiver leaves it after
/// its owner's `drop` has let go of the lock, and two that leave together could both see each other.
#[derive(Debug, Default)]
struct Entry {
    sender: watch::Sender<()>,
    subscribers: usize,
}

impl Shard {
    fn read(&self) -> RwLockReadGuard<'_, Topics> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Topics> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}
