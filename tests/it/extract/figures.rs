//! The figures of `docs/extraction.md`: measured, held above a floor, and the same in the document.
//!
//! `RESTANTE_WRITE_FIGURES=1 cargo test --test it extract::figures` writes them anew.

use std::collections::BTreeSet;

use super::corpus::{Case, set};
use super::measure::{Figures, THRESHOLD};
use super::table::{percent, share};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/extraction.md");
const BEGIN: &str = "<!-- figures: made by the test, not by hand -->\n";
const END: &str = "<!-- end of figures -->";

/// What a set must reach, in percent.
struct Floor {
    precision: f64,
    recall: f64,
    first_links: f64,
    max_false: f64,
}

fn tables(name: &str, cases: &[Case]) -> String {
    let all = Figures::of(cases);
    let senders: BTreeSet<_> = cases.iter().map(|case| case.path.parent()).collect();
    let languages: BTreeSet<&str> = cases.iter().map(|case| case.label.language.as_str()).collect();
    let shapes: BTreeSet<&str> =
        cases.iter().filter(|case| case.label.code.is_some()).map(|case| case.label.shape.as_str()).collect();
    let mut text = format!(
        "### {name}: {} mails of {} senders in {} languages\n\n| figure | n | % (95 % interval) |\n| --- | --- | --- |\n",
        cases.len(),
        senders.len(),
        languages.len()
    );
    for (figure, k, n) in [
        (format!("precision: answers at {THRESHOLD} that are right"), all.right, all.answered()),
        ("recall: codes that are answered".to_owned(), all.right, all.codes),
        ("top-1: codes that are the likeliest candidate".to_owned(), all.first, all.codes),
        ("answered wrongly though there is a code".to_owned(), all.wrong, all.codes),
        ("refused as ambiguous".to_owned(), all.ambiguous, all.codes),
        ("false codes: mails without one that are answered".to_owned(), all.false_codes, all.none),
        ("link top-1: first of its purpose".to_owned(), all.first_links, all.links),
        ("link top-1: first of all links".to_owned(), all.first_of_all, all.links),
    ] {
        text += &format!("| {figure} | {n} | {} |\n", share(k, n));
    }
    let row = |kind: &str, of: &dyn Fn(&Case) -> bool| {
        let figures = Figures::of(cases.iter().filter(|case| of(case)));
        format!(
            "| {kind} | {} | {} | {} | {}/{} | {}/{} |\n",
            figures.codes,
            share(figures.right, figures.codes),
            share(figures.first, figures.codes),
            figures.false_codes,
            figures.none,
            figures.first_links,
            figures.links
        )
    };
    let head = "codes | recall % | top-1 % | false codes | links right |\n| --- | --- | --- | --- | --- | --- |\n";
    text += &format!("\n| language | {head}");
    languages.iter().for_each(|language| text += &row(language, &|case| case.label.language == *language));
    text += &format!("\n| shape | {head}");
    shapes
        .iter()
        .for_each(|shape| text += &row(shape, &|case| case.label.shape == *shape && case.label.code.is_some()));
    text
}

fn assert_above(cases: &[Case], floor: &Floor) {
    let figures = Figures::of(cases);
    println!("{figures:?}");
    assert!(percent(figures.right, figures.answered()) >= floor.precision, "precision: {figures:?}");
    assert!(percent(figures.right, figures.codes) >= floor.recall, "recall: {figures:?}");
    assert!(percent(figures.first_links, figures.links) >= floor.first_links, "links: {figures:?}");
    assert!(
        figures.none == 0 || percent(figures.false_codes, figures.none) <= floor.max_false,
        "false codes: {figures:?}"
    );
}

#[test]
fn figures_are_above_their_floors_and_stand_in_the_document() {
    let (tuning, figures) = (set("tuning"), set("figures"));
    let made = format!("{}\n{}", tables("Unseen half", &figures), tables("Tuning half", &tuning));
    println!("{made}");
    let document = std::fs::read_to_string(DOCUMENT).unwrap();
    let (before, rest) = document.split_once(BEGIN).unwrap();
    let (written, after) = rest.split_once(END).unwrap();
    if std::env::var_os("RESTANTE_WRITE_FIGURES").is_some() {
        std::fs::write(DOCUMENT, format!("{before}{BEGIN}\n{made}\n{END}{after}")).unwrap();
    } else {
        assert!(written.trim() == made.trim(), "docs/extraction.md is stale: RESTANTE_WRITE_FIGURES=1 writes it");
    }
    assert_above(&tuning, &Floor { precision: 98.0, recall: 93.0, first_links: 97.0, max_false: 1.5 });
    assert_above(&figures, &Floor { precision: 91.0, recall: 88.0, first_links: 97.0, max_false: 8.3 });
}
