//! All links of a message, ranked.

use std::collections::HashMap;

use super::collect::{Found, collect};
use super::purpose::{Evidence, longest, sign_in};
use super::score::score;
use super::target::{Target, registrable};
use super::wrapper;
use crate::extract::found::{Link, Purpose};
use crate::extract::lexicon::Word;
use crate::extract::limits;
use crate::extract::options::{LinkConstraint, Mail, Options};
use crate::extract::view::Message;

/// A link with its log-odds.
struct Scored {
    link: Link,
    log_odds: f64,
    order: usize,
}

/// The links of `message`, the likeliest first; one for each URL.
pub(in crate::extract) fn links(message: &Message, mail: &Mail<'_>, options: &Options) -> Vec<Link> {
    let sender = options.hints.from_domain.as_deref().or(mail.from_domain).map(registrable);
    let subject: &[Word] = message.reads.first().map_or(&[], |subject| &subject.words);
    let about = message.reads.iter().find_map(|read| longest(&read.words)).or_else(|| sign_in(message));
    let mut scored: Vec<Scored> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for found in collect(message) {
        let Some(one) = rate(&found, subject, about, sender.as_deref()) else { continue };
        match places.get(&one.link.url).and_then(|place| scored.get_mut(*place)) {
            Some(known) => known.merge(one),
            None => {
                places.insert(one.link.url.clone(), scored.len());
                scored.push(one);
            }
        }
    }
    only_one(&mut scored);
    scored.retain(|one| fits(&one.link, &options.link));
    let is_last = |one: &Scored| matches!(one.link.purpose, Purpose::Unsubscribe | Purpose::Tracking);
    let likelier = |a: &Scored, b: &Scored| b.log_odds.total_cmp(&a.log_odds).then(a.order.cmp(&b.order));
    // However sure it is that a link ends a subscription, no message is about that.
    scored.sort_by(|a, b| is_last(a).cmp(&is_last(b)).then_with(|| likelier(a, b)));
    scored.truncate(limits::MAX_LINKS_OUT);
    scored.into_iter().map(Scored::finished).collect()
}

fn rate(found: &Found, subject: &[Word], about: Option<usize>, sender: Option<&str>) -> Option<Scored> {
    let target = Target::of(&found.url)?;
    let resolved_url = wrapper::resolve(&target);
    let resolved = resolved_url.as_deref().and_then(Target::of);
    let meant = resolved.as_ref().unwrap_or(&target);
    let mut evidence = Evidence::of(found, meant, subject);
    if meant.has_token() && !evidence.is_chrome {
        evidence.lean(about);
    }
    let host_matches_sender = sender.is_some_and(|sender| registrable(&meant.host) == sender);
    let purpose = if found.is_pixel { Purpose::Tracking } else { evidence.best().0 };
    let log_odds = if found.is_pixel { -6.0 } else { score(found, meant, &evidence, host_matches_sender) };
    Some(Scored {
        link: Link {
            url: found.url.clone(),
            text: found.label.clone(),
            purpose,
            confidence: 0.0,
            host: target.host.clone(),
            host_matches_sender,
            resolved_url,
        },
        log_odds,
        order: found.order,
    })
}

impl Scored {
    /// The same target again: as a button and as the URL below it.
    fn merge(&mut self, other: Self) {
        let was = self.log_odds;
        if other.log_odds > self.log_odds {
            let order = self.order;
            *self = other;
            self.order = order;
        }
        // Twice, and once as what it is: nobody repeats a link by chance.
        self.log_odds += if was.min(self.log_odds) > -1.0 { 0.5 } else { 0.0 };
    }

    fn finished(self) -> Link {
        let exact = 1.0 / (1.0 + (-self.log_odds).exp());
        Link { confidence: ((exact * 1_000.0).round() / 1_000.0).min(0.99), ..self.link }
    }
}

/// The one link that asks for something is the one that the message is about; of several the best gains on the others.
fn only_one(scored: &mut [Scored]) {
    let actions = || |one: &&mut Scored| one.link.purpose.is_action();
    let best =
        scored.iter().filter(|one| one.link.purpose.is_action()).map(|one| one.log_odds).fold(f64::MIN, f64::max);
    for one in scored.iter_mut().filter(actions()) {
        if one.log_odds < best - 1.5 {
            one.log_odds -= 2.0;
        }
    }
    let left = scored.iter().filter(|one| one.link.purpose.is_action() && one.log_odds > -2.0).count();
    if left == 1
        && let Some(one) = scored.iter_mut().filter(actions()).find(|one| one.log_odds > -2.0)
    {
        one.log_odds += 1.0;
    }
}

fn fits(link: &Link, constraint: &LinkConstraint) -> bool {
    let meant = Target::of(link.resolved_url.as_deref().unwrap_or(&link.url));
    let host = meant.as_ref().map_or("", |meant| &meant.host);
    let is_host = |wanted: &String| {
        let wanted = wanted.to_ascii_lowercase();
        host == wanted || host.strip_suffix(&wanted).is_some_and(|rest| rest.ends_with('.'))
    };
    constraint.host.as_ref().is_none_or(is_host)
        && constraint
            .path_contains
            .as_ref()
            .is_none_or(|part| meant.as_ref().is_some_and(|meant| meant.path.contains(part)))
        && constraint.purpose.is_none_or(|purpose| purpose == link.purpose)
}
