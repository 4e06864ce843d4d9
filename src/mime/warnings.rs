//! The list of what was odd, each thing once and not without end.

use super::limits;
use crate::model::content::Warning;

/// Warnings in the order in which they were met.
#[derive(Default)]
pub(super) struct Warnings(Vec<Warning>);

impl Warnings {
    /// Notes `warning` unless it stands there already or the list is full.
    pub(super) fn note(&mut self, warning: Warning) {
        if self.0.len() < limits::MAX_WARNINGS && !self.0.contains(&warning) {
            self.0.push(warning);
        }
    }

    /// The list.
    pub(super) fn into_vec(self) -> Vec<Warning> {
        self.0
    }
}
