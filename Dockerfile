# Builds with the toolchain that rust-toolchain.toml pins; runs as a user without rights, with one folder to write to.
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
# The caches stay on the machine that builds; the binary has to leave them in the same step.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin restante \
    && cp target/release/restante /restante

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /data restante \
    && install -d -o restante -g restante -m 0700 /data
COPY --from=build /restante /usr/local/bin/restante
USER 10001:10001
# Inside of a container every interface is the container's own; which of them others reach is said by -p.
# Open access still has to be asked for: RESTANTE_ROOT_KEY=… or RESTANTE_AUTH=open, else the server does not start.
ENV RESTANTE_STORE_DATA=/data \
    RESTANTE_SMTP_LISTEN=0.0.0.0:1025 \
    RESTANTE_SMTP_LISTEN_TLS=0.0.0.0:1465 \
    RESTANTE_HTTP_LISTEN=0.0.0.0:8025 \
    RESTANTE_HTTP_ALLOW_OPEN=true
VOLUME /data
EXPOSE 1025 1465 8025
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 CMD ["restante", "health"]
ENTRYPOINT ["restante"]
CMD ["serve"]
