//! Tests of preconditions.
