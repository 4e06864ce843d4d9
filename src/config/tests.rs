//! The layers, the checks and the messages.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;

use super::environment::variable;
use super::{AuthMode, Config, Error, MANUAL, Settings, UnknownRecipient};

fn defaults() -> Settings {
    Settings::defaults().unwrap()
}

fn with_file(text: &str) -> Result<Settings, Error> {
    let mut settings = defaults();
    settings.apply_file(Path::new("r.toml"), text)?;
    Ok(settings)
}

fn with_environment(variables: &[(&str, &str)]) -> Result<Settings, Error> {
    let mut settings = defaults();
    let variables = variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
    settings.apply_environment(variables)?;
    Ok(settings)
}

fn with_set(given: &[&str]) -> Result<Config, Error> {
    let mut settings = defaults();
    given.iter().try_for_each(|given| settings.apply_set(given))?;
    settings.config()
}

fn message<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn manual_gives_every_setting_its_default() {
    let config = defaults().config().unwrap();
    assert_eq!(config.smtp.listen, ["127.0.0.1:1025".parse().unwrap()]);
    assert_eq!(config.smtp.max_message_bytes, 50 << 20);
    assert_eq!(config.http.auth, AuthMode::Open);
    assert!(config.http.root_key.is_none() && config.store.url.is_none() && config.store.data.is_none());
}

#[test]
fn every_setting_of_the_manual_has_a_comment_of_its_own() {
    let mut before = "";
    for line in MANUAL.lines() {
        if line.contains(" = ") && !line.starts_with('#') {
            assert!(before.starts_with("# "), "no comment above: {line}");
        }
        before = line;
    }
}

#[test]
fn variables_of_the_environment_are_distinct() {
    let settings = defaults();
    let names: BTreeSet<String> = settings.entries.iter().map(|entry| variable(&entry.key)).collect();
    assert_eq!(names.len(), settings.entries.len());
}

#[test]
fn flag_wins_over_environment_over_file_in_whatever_order_they_are_applied() {
    let mut settings = defaults();
    settings.apply_set("smtp.max_recipients=3").unwrap();
    settings.apply_environment([("RESTANTE_SMTP_MAX_RECIPIENTS".into(), "2".into())]).unwrap();
    settings.apply_environment([("RESTANTE_SMTP_HOSTNAME".into(), "env.test".into())]).unwrap();
    let file = "[smtp]\nmax_recipients = 1\nhostname = 'file.test'\ncommand_timeout_s = 7\n";
    settings.apply_file(Path::new("r.toml"), file).unwrap();
    let smtp = settings.config().unwrap().smtp;
    assert_eq!((smtp.max_recipients, smtp.hostname.as_str(), smtp.command_timeout_s), (3, "env.test", 7));
}

#[test]
fn unknown_key_of_a_file_names_its_line_and_the_nearest_one() {
    let said = message(with_file("[smtp]\n\nlistn = ['127.0.0.1:1']\n"));
    assert_eq!(said, "r.toml, line 3: there is no setting smtp.listn; did you mean smtp.listen?");
    assert!(message(with_file("[smpt]\n")).starts_with("r.toml, line 1: there is no setting smpt"));
    assert!(message(with_file("listen = 1\n")).starts_with("r.toml, line 1: there is no setting listen"));
    assert!(with_file("[smtp]\n# nothing yet\n").is_ok());
}

#[test]
fn unknown_key_like_no_other_points_to_the_list() {
    assert!(message(with_set(&["x=1"])).ends_with("`restante config` lists them all"));
}

#[test]
fn unknown_variable_refuses_and_names_the_nearest_one() {
    let said = message(with_environment(&[("RESTANTE_SMTP_LISTNE", "x")]));
    assert_eq!(
        said,
        "the environment has RESTANTE_SMTP_LISTNE, which is no setting; did you mean RESTANTE_SMTP_LISTEN?"
    );
}

#[test]
fn unknown_variable_like_no_other_is_given_no_neighbour() {
    assert!(message(with_environment(&[("RESTANTE_QQQ", "x")])).ends_with("`restante config` lists them all"));
}

#[test]
fn variables_of_clients_tests_and_others_are_no_settings() {
    let others = [("RESTANTE_URL", "u"), ("RESTANTE_KEY", "k"), ("RESTANTE_RUN_ID", "r"), ("PATH", "p")];
    assert!(with_environment(&others).is_ok());
    assert!(with_environment(&[("RESTANTE_TEST_POSTGRES", "postgres://localhost")]).is_ok());
}

#[test]
fn short_names_set_what_they_stand_for() {
    let set = [("RESTANTE_ROOT_KEY", "0123456789abcdef"), ("RESTANTE_AUTH", "key")];
    let http = with_environment(&set).unwrap().config().unwrap().http;
    assert_eq!(http.auth, AuthMode::Key);
    assert_eq!(http.root_key.unwrap().expose(), "0123456789abcdef");
}

#[test]
fn lists_are_separated_by_commas_in_the_environment() {
    let set = [("RESTANTE_SMTP_LISTEN", "127.0.0.1:0, [::1]:0"), ("RESTANTE_SMTP_LISTEN_TLS", "")];
    let smtp = with_environment(&set).unwrap().config().unwrap().smtp;
    assert_eq!((smtp.listen.len(), smtp.listen_tls.len()), (2, 0));
}

#[test]
fn value_of_the_wrong_kind_names_key_place_and_what_is_allowed() {
    let said = message(with_file("[smtp]\nmax_recipients = 'many'\n"));
    assert_eq!(said, "smtp.max_recipients = 'many' (r.toml, line 2): allowed is a whole number");
}

#[test]
fn value_outside_its_range_names_key_place_and_what_is_allowed() {
    let said = message(with_file("[smtp]\nmax_recipients = 0\n").unwrap().config());
    assert_eq!(said, "smtp.max_recipients = 0 (r.toml, line 2): allowed is 1 to 100000");
    let said = message(with_set(&["http.auth=closed"]));
    assert_eq!(said, "http.auth = \"closed\" (--set http.auth): allowed is auto, open or key");
}

#[test]
fn values_that_no_module_could_use_are_refused() {
    let wrong = [
        "smtp.listen=localhost",
        "smtp.listen=127.0.0.1:99999",
        "smtp.max_message_bytes=1KiB",
        "smtp.max_message_bytes=-1",
        "smtp.hostname=",
        "smtp.xclient_networks=10.0.0.0/33",
        "http.public_url=mail.example",
        "log.level=loud",
        "log.level=warn,,",
        "inboxes.unknown_recipient=catch_all:",
        "inboxes.unknown_recipient=drop",
        "store.readers=0",
        "http.allow_open=maybe",
        "tls.cert=only-this.pem",
        "http.root_key=short",
    ];
    for given in wrong {
        assert!(with_set(&[given]).is_err(), "{given}");
    }
}

#[test]
fn catch_all_carries_its_address() {
    let config = with_set(&["inboxes.unknown_recipient=catch_all:all@t.test"]).unwrap();
    assert!(
        matches!(config.inboxes.unknown_recipient, UnknownRecipient::CatchAll(address) if address.local() == "all")
    );
}

#[test]
fn secret_is_shown_neither_by_print_nor_by_an_error() {
    let secret = "sesame-sesame-sesame";
    let mut settings = defaults();
    settings.apply_set(&format!("http.root_key={secret}")).unwrap();
    settings.apply_set(&format!("store.url=postgres://u:{secret}@h/d")).unwrap();
    let printed = settings.to_toml();
    assert!(!printed.contains(secret) && printed.matches("\"***\"").count() == 2, "{printed}");
    assert!(!format!("{:?}", settings.config().unwrap()).contains(secret));
    assert!(!message(with_set(&["http.root_key=hunter2"])).contains("hunter2"));
    assert!(!message(with_file("[http]\nroot_key = 12345678901234567\n")).contains("1234567"));
}

#[test]
fn printed_settings_can_be_read_back() {
    let mut settings = defaults();
    settings.apply_set("smtp.max_message_bytes=1048577").unwrap();
    settings.apply_set("smtp.listen=127.0.0.1:1,[::1]:2").unwrap();
    let printed = settings.to_toml();
    assert!(printed.contains("listen = [\"127.0.0.1:1\", \"[::1]:2\"]  # --set smtp.listen\n"), "{printed}");
    let again = with_file(&printed).unwrap();
    assert_eq!(format!("{:?}", again.config().unwrap()), format!("{:?}", settings.config().unwrap()));
}

#[test]
fn syntax_error_names_the_line() {
    assert!(message(with_file("[smtp]\n\nlisten = [\n")).starts_with("r.toml, line "));
}

#[test]
fn open_api_needs_loopback_or_consent() {
    let key = "http.root_key=0123456789abcdef";
    let outside = "http.listen=0.0.0.0:8025";
    let decided = |given: &[&str]| with_set(given).map(|config| config.http.auth);
    assert_eq!(decided(&[]).unwrap(), AuthMode::Open);
    assert_eq!(decided(&["http.listen=[::ffff:127.0.0.1]:0"]).unwrap(), AuthMode::Open);
    assert_eq!(decided(&[key]).unwrap(), AuthMode::Key);
    assert_eq!(decided(&[outside, key]).unwrap(), AuthMode::Key);
    assert_eq!(decided(&[outside, "http.auth=open", "http.allow_open=true"]).unwrap(), AuthMode::Open);
    assert!(matches!(decided(&[outside]), Err(Error::NoKey)));
    assert!(matches!(decided(&["http.auth=key"]), Err(Error::NoKey)));
    assert!(matches!(decided(&[outside, "http.auth=open"]), Err(Error::OpenToOthers { .. })));
}
