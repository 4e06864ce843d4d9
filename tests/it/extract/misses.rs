//! Shows what is missed in a folder of mails: `RESTANTE_EXTRACT_DIR=… cargo test --test it extract::misses -- --nocapture`.

use std::path::Path;

use super::corpus::{Case, cases};
use super::measure::{Answer, Figures, answer, is_link_right};

#[test]
fn folder_of_the_environment_is_shown() {
    let Some(folders) = std::env::var_os("RESTANTE_EXTRACT_DIR") else { return };
    let cases: Vec<Case> = std::env::split_paths(&folders).flat_map(|folder| cases(Path::new(&folder))).collect();
    for case in &cases {
        let is_code_right = match answer(case) {
            Answer::Right => true,
            Answer::Nothing => case.label.code.is_none(),
            Answer::Wrong | Answer::Ambiguous => false,
        };
        if !is_code_right && std::env::var_os("RESTANTE_EXTRACT_QUIET").is_none() {
            println!("{} wanted {:?} ({})", case.path.display(), case.label.code, case.label.shape);
            case.found.codes.iter().take(3).for_each(|code| {
                println!("    {} {} {:?} | {}", code.value, code.confidence, code.features, code.source.context);
            });
        }
        if !is_link_right(case) && std::env::var_os("RESTANTE_EXTRACT_QUIET").is_none() {
            println!("{} wanted {:?}", case.path.display(), case.label.link);
            case.found.links.iter().take(4).for_each(|link| {
                println!("    {:?} {} {:?} | {}", link.purpose, link.confidence, link.text, link.url);
            });
        }
    }
    println!("{:?}", Figures::of(&cases));
}
