//! File descriptors: the limit that connections meet before any of ours.

/// Raises this process's limit of open files to what the system allows it, and returns how many that is.
///
/// Shells commonly start programs with 1,024, and the store needs some of them: let a service's
/// [`super::Limits::total`] stay well below the answer.
#[must_use]
pub fn raise_descriptor_limit() -> u64 {
    raise()
}

#[cfg(unix)]
fn raise() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    // Descriptors cost kernel memory; more than this no listener asks for.
    const ENOUGH: u64 = 65_536;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let (Some(now), wanted) = (current, maximum.unwrap_or(ENOUGH).min(ENOUGH)) else {
        return ENOUGH; // `None` is "no limit".
    };
    if now >= wanted || setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum }).is_err() {
        return now;
    }
    wanted
}

#[cfg(not(unix))]
fn raise() -> u64 {
    u64::MAX
}

#[cfg(all(test, unix))]
mod tests {
    use rustix::process::{Resource, getrlimit};

    #[test]
    fn the_answer_is_the_limit_that_holds_then() {
        let before = getrlimit(Resource::Nofile);
        let answer = super::raise_descriptor_limit();
        let after = getrlimit(Resource::Nofile);
        assert!(after.current.is_none_or(|now| now >= answer));
        assert!(after.current.is_none() || after.current >= before.current);
        assert_eq!(after.maximum, before.maximum);
    }
}
