//! Addresses that someone could have meant.

use crate::model::Address;

/// Most letters that may differ.
const MAX_DISTANCE: usize = 2;
/// Octets of a character in UTF-8, at most.
const LONGEST_CHARACTER: usize = 4;

/// The one of `addresses` that `other` resembles most, and in how many letters it differs: at most two of them, or any
/// number when only the domain is another. `None` when it is like none, and when it is one of them.
pub(super) fn similar<'a>(other: &Address, addresses: &'a [Address]) -> Option<(&'a Address, u32)> {
    let other = base(other);
    let key = other.key();
    let distances = addresses.iter().filter_map(|address| {
        let own = base(address).key();
        let is_moved = local(&key) == local(&own);
        // Most addresses differ in length by more: a hundred of them are compared with thousands.
        if !is_moved && key.len().abs_diff(own.len()) > MAX_DISTANCE * LONGEST_CHARACTER {
            return None;
        }
        let distance = strsim::osa_distance(&key, &own);
        (distance <= MAX_DISTANCE || is_moved).then_some((address, distance))
    });
    let nearest = distances.min_by_key(|(_, distance)| *distance);
    nearest
        .filter(|(_, distance)| *distance > 0)
        .map(|(address, distance)| (address, u32::try_from(distance).unwrap_or(u32::MAX)))
}

/// Whether mail for `path` is for one of `addresses`, its `+detail` aside.
pub(super) fn is_one_of(path: &Address, addresses: &[Address]) -> bool {
    addresses.iter().any(|address| {
        path.key() == address.key() || path.without_detail().is_some_and(|base| base.key() == address.key())
    })
}

fn local(key: &str) -> Option<&str> {
    key.split_once('@').map(|(local, _)| local)
}

/// The address without its detail, which leads to the same inbox.
fn base(address: &Address) -> Address {
    address.without_detail().unwrap_or_else(|| address.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_someone_could_have_meant_is_similar() {
        let own = [Address::parse("signup-7@t.test").unwrap(), Address::parse("other@x.test").unwrap()];
        for (text, distance) in [
            ("sign-up7@t.test", Some(2)),
            ("signup-8@t.test", Some(1)),
            ("singup-7@t.test", Some(1)),
            ("SIGNUP-7@mail.t.test", Some(5)),
            ("signup-77@t.tset", Some(2)),
            ("signup-8+x@t.test", Some(1)),
            ("invoice@t.test", None),
            ("signup-7@t.test", None),
            ("signup-7+x@t.test", None),
            ("other@x.test", None),
        ] {
            let found = similar(&Address::parse(text).unwrap(), &own).map(|(_, distance)| distance);
            assert_eq!(found, distance, "{text}");
        }
    }
}
