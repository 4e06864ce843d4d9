//! Where the server is, and who calls.

use std::fmt;

/// Where a server listens that was started without settings.
const DEFAULT_URL: &str = "http://localhost:8025";

/// What a client needs to know.
#[derive(Clone, PartialEq, Eq)]
pub struct Config {
    /// Where the API is, `http://localhost:8025`.
    pub url: String,
    /// The key; none where the server is open.
    pub key: Option<String>,
    /// The CI run that new inboxes belong to.
    pub run_id: Option<String>,
}

impl Config {
    /// `RESTANTE_URL` (else `http://localhost:8025`), `RESTANTE_KEY` and `RESTANTE_RUN_ID`; without the last, the run
    /// is that of GitHub Actions, GitLab or Jenkins, where the process runs in one.
    #[must_use]
    pub fn from_env() -> Self {
        Self::from_variables(|name| std::env::var(name).ok())
    }

    /// The same from other variables; empty ones count as missing.
    pub(crate) fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let github = || {
            let attempt = set("GITHUB_RUN_ATTEMPT").unwrap_or_else(|| "1".to_owned());
            set("GITHUB_RUN_ID").map(|id| format!("github-{id}-{attempt}"))
        };
        let gitlab = || set("CI_PIPELINE_ID").map(|id| format!("gitlab-{id}"));
        Self {
            url: set("RESTANTE_URL").unwrap_or_else(|| DEFAULT_URL.to_owned()),
            key: set("RESTANTE_KEY"),
            run_id: set("RESTANTE_RUN_ID").or_else(github).or_else(gitlab).or_else(|| set("BUILD_TAG")),
        }
    }
}

/// The key is never printed.
impl fmt::Debug for Config {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = self.key.as_ref().map(|_| "***");
        out.debug_struct("Config").field("url", &self.url).field("key", &key).field("run_id", &self.run_id).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Config;

    fn config(variables: &[(&str, &str)]) -> Config {
        Config::from_variables(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn without_variables_it_is_the_server_next_door() {
        let config = config(&[("RESTANTE_KEY", "")]);
        assert_eq!((config.url.as_str(), config.key, config.run_id), ("http://localhost:8025", None, None));
    }

    #[test]
    fn run_is_told_by_the_pipeline_unless_it_is_set() {
        let of = |variables: &[(&str, &str)]| config(variables).run_id.unwrap();
        assert_eq!(of(&[("GITHUB_RUN_ID", "7"), ("GITHUB_RUN_ATTEMPT", "2")]), "github-7-2");
        assert_eq!(of(&[("CI_PIPELINE_ID", "8")]), "gitlab-8");
        assert_eq!(of(&[("BUILD_TAG", "jenkins-a-9")]), "jenkins-a-9");
        assert_eq!(of(&[("RESTANTE_RUN_ID", "mine"), ("GITHUB_RUN_ID", "7")]), "mine");
    }

    #[test]
    fn key_is_never_printed() {
        assert!(!format!("{:?}", config(&[("RESTANTE_KEY", "sesame")])).contains("sesame"));
    }
}
