//! Tests of prefer.
