# Short names for what is done every day; each line works without `just` too.

# Runs the server with a store that is gone afterwards.
run *arguments:
    cargo run -- serve --ephemeral {{arguments}}

# All that must pass before a change lands.
test:
    ./test

# What can be told in seconds.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings
    cargo test --locked --test it tidy

# The figures of docs/performance.md are of this build.
release:
    cargo build --release --locked

# Licences, banned crates and sources; needs cargo-deny.
deny:
    cargo deny check licenses bans sources
