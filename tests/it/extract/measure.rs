//! What is counted.

use super::corpus::Case;

/// Below it an answer is refused.
pub(super) const THRESHOLD: f64 = 0.8;

/// Counts over some mails.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Figures {
    /// Mails with a code.
    pub(super) codes: usize,
    /// … whose likeliest candidate is it.
    pub(super) first: usize,
    /// … that are answered with it.
    pub(super) right: usize,
    /// … that are answered with something else.
    pub(super) wrong: usize,
    /// … that are not answered because several are as likely.
    pub(super) ambiguous: usize,
    /// Mails without a code.
    pub(super) none: usize,
    /// … that are answered with one.
    pub(super) false_codes: usize,
    /// Mails with a link that they are about.
    pub(super) links: usize,
    /// … that is the first of its purpose.
    pub(super) first_links: usize,
    /// … that is the first of all.
    pub(super) first_of_all: usize,
}

/// How a mail was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Right,
    Wrong,
    Ambiguous,
    Nothing,
}

impl Figures {
    pub(super) fn of<'a>(cases: impl IntoIterator<Item = &'a Case>) -> Self {
        let mut figures = Self::default();
        cases.into_iter().for_each(|case| figures.count(case));
        figures
    }

    fn count(&mut self, case: &Case) {
        let answer = answer(case);
        if case.label.code.is_some() {
            self.codes += 1;
            self.first += usize::from(case.found.codes.first().is_some_and(|code| is_right(case, &code.value)));
            self.right += usize::from(answer == Answer::Right);
            self.wrong += usize::from(answer == Answer::Wrong);
            self.ambiguous += usize::from(answer == Answer::Ambiguous);
        } else {
            self.none += 1;
            self.false_codes += usize::from(answer == Answer::Wrong);
        }
        if case.label.link.is_some() {
            self.links += 1;
            self.first_links += usize::from(is_link_right(case));
            self.first_of_all += usize::from(is_first_of_all(case));
        }
    }

    pub(super) fn answered(&self) -> usize {
        self.right + self.wrong + self.false_codes
    }
}

pub(super) fn answer(case: &Case) -> Answer {
    match case.found.best_code(THRESHOLD) {
        Ok(code) if is_right(case, &code.value) => Answer::Right,
        Ok(_) => Answer::Wrong,
        Err(restante::extract::Pick::Ambiguous(_)) => Answer::Ambiguous,
        Err(restante::extract::Pick::None) => Answer::Nothing,
    }
}

fn is_right(case: &Case, value: &str) -> bool {
    let bare = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_uppercase();
    let also = case.label.also.iter().flatten();
    case.label.code.iter().chain(also).any(|wanted| bare(wanted) == bare(value))
}

/// Whether the first link of the label's purpose is the label's.
pub(super) fn is_link_right(case: &Case) -> bool {
    let Some(label) = &case.label.link else { return true };
    let Some(purpose) = label.purpose() else { return is_first_of_all(case) };
    let first = case.found.best_link(Some(purpose), 0.0);
    first.is_ok_and(|link| link.url == label.url)
}

fn is_first_of_all(case: &Case) -> bool {
    let first = case.found.links.first().map(|link| link.url.as_str());
    case.label.link.as_ref().is_none_or(|label| first == Some(label.url.as_str()))
}
