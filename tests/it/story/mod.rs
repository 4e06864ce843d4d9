//! Stories of hardship: the program is killed, stopped, starved and lied to, and nothing acknowledged is lost.

mod disk;
mod ledger;
mod load;
mod sync_shim;

mod disk_full;
mod failed_sync;
mod hostile_load;
mod kill_ledger;
mod lost_commit;
mod power_cut;
mod schemathesis;
mod shutdown;
mod wait_race;
