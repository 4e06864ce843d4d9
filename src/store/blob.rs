//! The octets of messages: once per digest, compressed where that helps, given back exactly.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;

use super::Error;
use super::dialect::{Conn, on};
use super::message::StoredMessage;
use super::multi_row::MultiRow;
use crate::model::Content;

/// Below this a compressed form saves less than it costs.
const WORTH_COMPRESSING: usize = 512;
/// Level 1: on mail, level 3 takes half as long again and saves nothing (measured on four kinds of mail).
const LEVEL: i32 = 1;
/// First octet of a stored [`Content`]: the form it is written in.
const CONTENT_FORM: u8 = 1;

/// A message's octets as they are stored.
#[derive(Clone, Debug)]
pub struct Packed {
    /// SHA-256 of the octets as received.
    pub digest: [u8; 32],
    /// Octets as received.
    pub size: u64,
    /// How `bytes` are written.
    pub(super) codec: Codec,
    /// What is stored.
    pub(super) bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codec {
    Plain = 0,
    Zstd = 1,
}

/// Packs a message for the store. Takes about 2 ms for each MiB: above 256 KiB call it on a blocking thread.
#[must_use]
pub fn pack(raw: bytes::Bytes) -> Packed {
    let digest = ring::digest::digest(&ring::digest::SHA256, &raw);
    let digest: [u8; 32] = digest.as_ref().try_into().unwrap_or_default();
    let size = raw.len() as u64;
    match compress(&raw) {
        Some(bytes) => Packed { digest, size, codec: Codec::Zstd, bytes },
        None => Packed { digest, size, codec: Codec::Plain, bytes: raw.into() },
    }
}

thread_local! {
    /// Compressing takes a context of some 100 kB; it is made once for each thread.
    static COMPRESSOR: RefCell<Option<zstd::bulk::Compressor<'static>>> = const { RefCell::new(None) };
}

fn compress(raw: &[u8]) -> Option<Vec<u8>> {
    if raw.len() < WORTH_COMPRESSING {
        return None;
    }
    COMPRESSOR.with_borrow_mut(|compressor| {
        if compressor.is_none() {
            *compressor = zstd::bulk::Compressor::new(LEVEL).ok();
        }
        let mut packed = compressor.as_mut()?.compress(raw).ok()?;
        packed.shrink_to_fit();
        (packed.len() < raw.len()).then_some(packed)
    })
}

/// Each row: digest, uses, size, codec, content, bytes. A digest that is there only gains uses.
pub(super) static UPSERT: MultiRow = MultiRow::rows(
    "INSERT INTO blob (digest, refs, size, codec, content, bytes) VALUES ",
    "(?,?,?,?,?,?)",
    " ON CONFLICT (digest) DO UPDATE SET refs = blob.refs + excluded.refs",
);

/// `$1` blob.
const LOAD: &str = "SELECT size, codec, bytes FROM blob WHERE id = $1";

/// The exact octets of blob `id`; `None` when it is gone.
pub(super) async fn load(conn: &mut Conn, id: i64) -> Result<Option<Vec<u8>>, Error> {
    let row: Option<(i64, i64, Vec<u8>)> = on!(conn, c => sqlx::query_as(LOAD).bind(id).fetch_optional(c).await)?;
    let Some((size, codec, bytes)) = row else { return Ok(None) };
    unpack(size, codec, Cow::Owned(bytes)).map(Some)
}

/// `$1` blobs as a JSON list.
const LOAD_MANY_SQLITE: &str = "SELECT id, size, codec, bytes FROM blob WHERE id IN (SELECT value FROM json_each($1))";
const LOAD_MANY_POSTGRES: &str = "SELECT id, size, codec, bytes FROM blob WHERE id IN \
    (SELECT value::bigint FROM json_array_elements_text($1::json))";

/// Octets of many messages as they are stored: unpacking takes longer than reading, and can be done elsewhere.
#[derive(Debug, Default)]
pub struct PackedBlobs(HashMap<i64, (i64, i64, Vec<u8>)>);

impl PackedBlobs {
    /// The exact octets of a message; `None` when they are gone.
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn unpack(&self, found: &StoredMessage) -> Result<Option<Vec<u8>>, Error> {
        let blob = self.0.get(&found.blob);
        blob.map(|(size, codec, bytes)| unpack(*size, *codec, Cow::Borrowed(bytes))).transpose()
    }
}

/// The stored octets of blobs.
pub(super) async fn load_packed(conn: &mut Conn, ids: &[i64]) -> Result<PackedBlobs, Error> {
    if ids.is_empty() {
        return Ok(PackedBlobs::default());
    }
    let sql = conn.dialect().pick(LOAD_MANY_SQLITE, LOAD_MANY_POSTGRES);
    let list: Vec<String> = ids.iter().map(i64::to_string).collect();
    let list = format!("[{}]", list.join(","));
    let rows: Vec<(i64, i64, i64, Vec<u8>)> = on!(conn, c => sqlx::query_as(sql).bind(list).fetch_all(c).await)?;
    Ok(PackedBlobs(rows.into_iter().map(|(id, size, codec, bytes)| (id, (size, codec, bytes))).collect()))
}

fn unpack(size: i64, codec: i64, bytes: Cow<'_, [u8]>) -> Result<Vec<u8>, Error> {
    let size = usize::try_from(size).map_err(|_| Error::Damaged("message"))?;
    let raw = match codec {
        0 => bytes.into_owned(),
        1 => zstd::bulk::decompress(&bytes, size).map_err(|_| Error::Damaged("message"))?,
        _ => return Err(Error::Damaged("message")),
    };
    if raw.len() == size { Ok(raw) } else { Err(Error::Damaged("message")) }
}

/// [`Content`] as stored.
pub(super) fn write_content(content: &Content) -> Result<Vec<u8>, Error> {
    let bytes = vec![CONTENT_FORM];
    postcard::to_extend(content, bytes).map_err(|_| Error::Damaged("content"))
}

/// The inverse of [`write_content`].
pub(super) fn parse_content(bytes: &[u8]) -> Result<Content, Error> {
    match bytes.split_first() {
        Some((&CONTENT_FORM, rest)) => postcard::from_bytes(rest).map_err(|_| Error::Damaged("content")),
        _ => Err(Error::Damaged("content")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_octets_come_back() {
        let compressible = vec![b'x'; 5_000];
        let random: Vec<u8> = (0..5_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()[0]).collect();
        for raw in [Vec::new(), b"short".to_vec(), compressible, random] {
            let packed = pack(raw.clone().into());
            assert!(packed.bytes.len() <= raw.len());
            let codec = packed.codec as i64;
            assert_eq!(unpack(packed.size as i64, codec, packed.bytes.into()).unwrap(), raw);
        }
    }

    #[test]
    fn damage_is_noticed() {
        let packed = pack(vec![b'x'; 5_000].into());
        assert!(unpack(4_999, 1, Cow::Borrowed(&packed.bytes)).is_err());
        assert!(unpack(5_000, 0, Cow::Borrowed(&packed.bytes)).is_err());
        assert!(unpack(5_000, 1, vec![1, 2, 3].into()).is_err());
        assert!(parse_content(&[9, 9]).is_err());
    }
}
