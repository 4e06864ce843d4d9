//! What the whole finds in small messages.
