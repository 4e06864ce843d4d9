//! The known name that a misspelt one was most likely meant to be.

/// Least likeness, of 0 to 1, at which a name is worth proposing.
const LIKE_ENOUGH: f64 = 0.75;

/// The one of `known` that is most like `wrong`, or `None` when none is like it.
pub(super) fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let scored = known.into_iter().map(|name| (strsim::jaro_winkler(wrong, name), name));
    let (score, name) = scored.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (score >= LIKE_ENOUGH).then(|| name.to_owned())
}
