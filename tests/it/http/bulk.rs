//! Tests of bulk.
