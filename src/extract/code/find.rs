//! All codes of a message, ranked.

use super::candidate::{Candidate, Shape, candidates};
use super::context::Context;
use super::score::{Score, score};
use super::{mask, special};
use crate::extract::found::{Code, CodeKind, Feature, PartName, Source};
use crate::extract::options::{Charset, CodeConstraint, Options};
use crate::extract::view::{Message, Read};
use crate::extract::{expiry, limits};

/// Characters of a line that are given as context, on each side.
const CONTEXT_CHARS: usize = 40;
/// Below it a candidate is given out only on request.
const MIN_CONFIDENCE: f64 = 0.05;
/// From this distance on the best leaves no doubt about the others, whatever they scored.
const CLEAR_LEAD: f64 = 1.5;
/// How much likelier a message with one code is to have no other.
const RIVAL: f64 = 2.5;

/// With a code as likely as this, one that is not shown is none.
const SURE: f64 = 0.5;
/// How likely a code is that the HTML names and does not show.
const HIDDEN: f64 = 0.85;
/// So many codes of one shape are a list.
const LIST: usize = 4;

/// A candidate with its score; of equal ones the likeliest.
struct Found {
    view: usize,
    candidate: Candidate,
    score: Score,
    views: Vec<usize>,
}

/// The codes of `message`, the likeliest first.
pub(in crate::extract) fn codes(message: &Message, options: &Options) -> Vec<Code> {
    let expires_in_s = message.reads.iter().find_map(expiry::expiry);
    let context = Context::of(message, expires_in_s);
    let mut codes = Vec::new();
    codes.extend(custom(message, options));
    codes.extend(bound(message));
    let mut found = scored(message, &context);
    let hidden = special_fields(message, &context, &mut found);
    listed(&mut found);
    found.retain(|one| fits(&one.candidate, &options.code));
    found.sort_by(|a, b| b.score.log_odds.total_cmp(&a.score.log_odds));
    only_one(&mut found, &context);
    rival(&mut found);
    for one in found {
        let confidence = confidence(one.score.log_odds);
        let is_known = codes.iter().any(|code: &Code| key(&code.value) == key(&one.candidate.value));
        if is_known || codes.len() >= limits::MAX_CODES_OUT || (confidence < MIN_CONFIDENCE && !options.explain) {
            continue;
        }
        codes.extend(code(message, &one, confidence));
    }
    if codes.iter().all(|code| code.confidence < SURE) {
        codes.extend(hidden.into_iter().filter(|code| fits_value(&code.value, &options.code)).take(1));
    }
    for code in &mut codes {
        code.expires_in_s = expires_in_s;
    }
    codes.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    codes
}

fn confidence(log_odds: f64) -> f64 {
    let exact = 1.0 / (1.0 + (-log_odds).exp());
    // Three digits are all that a person reads, and the same on every machine.
    ((exact * 1_000.0).round() / 1_000.0).min(0.99)
}

/// What two ways to write the same code have in common.
fn key(value: &str) -> String {
    value.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

fn scored(message: &Message, context: &Context) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for (view, read) in message.reads.iter().enumerate() {
        let masked = mask::mask(&read.view);
        let all = candidates(&read.view, &masked);
        for (index, candidate) in all.iter().enumerate() {
            let score = score(read, &all, index, context);
            match found.iter_mut().find(|known| key(&known.candidate.value) == key(&candidate.value)) {
                Some(known) => {
                    if !known.views.contains(&view) {
                        known.views.push(view);
                    }
                    if score.log_odds > known.score.log_odds || known.view == 0 {
                        (known.view, known.candidate, known.score) = (view, candidate.clone(), score);
                    }
                }
                None => found.push(Found { view, candidate: candidate.clone(), score, views: vec![view] }),
            }
        }
    }
    for one in &mut found {
        let is_other = one.score.features.contains(&Feature::OtherNumber);
        if one.views.contains(&0) && !is_other {
            let leads = one.views.len() > 1 && leads_subject(message, &one.candidate.value);
            one.score.add(Feature::InSubject, if leads { 2.5 } else { 1.0 });
        }
        if one.views.iter().filter(|view| **view > 0).count() > 1 && !is_other && one.score.log_odds > 0.0 {
            one.score.add(Feature::InTwoParts, 0.5);
        }
    }
    found
}

/// `482913: your sign-in`: the subject begins with the number and says what it is, or from whom.
fn leads_subject(message: &Message, value: &str) -> bool {
    let subject: String = message.reads.iter().take(1).flat_map(|read| &read.view.chars).collect();
    let rest = subject.strip_prefix(value).filter(|_| value.chars().all(|c| c.is_ascii_digit()));
    rest.is_some_and(|rest| rest.trim_start().starts_with([':', '-', '|', '–', '—', '·', '，', ',']))
}

/// Codes that the HTML names: those that it shows too gain by it, the others are given back.
fn special_fields(message: &Message, context: &Context, found: &mut [Found]) -> Vec<Code> {
    let Some(page) = &message.page else { return Vec::new() };
    // A shop's data calls its voucher a code as well.
    let is_about_codes = context.has_strong || (context.is_auth && !context.is_commerce);
    let in_links = special::in_links(&page.anchors);
    let mut hidden: Vec<Code> = Vec::new();
    for (values, feature) in [
        (special::structured(page), Feature::StructuredData),
        (page.one_time.clone(), Feature::OneTimeField),
        (in_links, Feature::OneTimeField),
    ] {
        for value in values.into_iter().filter(|value| special::is_code(value)) {
            match found.iter_mut().find(|known| key(&known.candidate.value) == key(&value)) {
                Some(known) => {
                    let missing = (1.8 - known.score.log_odds).max(1.0);
                    known.score.add(feature, missing);
                }
                None if is_about_codes => hidden.push(hidden_code(value, feature)),
                None => {}
            }
        }
    }
    hidden
}

/// A code that no line shows: it has no place in the text.
fn hidden_code(value: String, feature: Feature) -> Code {
    let is_digits = value.bytes().all(|b| b.is_ascii_digit());
    Code {
        display: value.clone(),
        value,
        confidence: HIDDEN,
        kind: if is_digits { CodeKind::Numeric } else { CodeKind::Alnum },
        bound_domain: None,
        source: Source { part: PartName::Html, start: 0, end: 0, context: String::new() },
        features: vec![feature],
        expires_in_s: None,
    }
}

/// Codes to be kept for the day that one cannot sign in: several of one shape, a line for each.
fn listed(found: &mut [Found]) {
    let is_alone = |one: &&mut Found| one.score.has(Feature::Isolated);
    let mut shapes: Vec<(Shape, usize)> = Vec::new();
    for one in found.iter_mut().filter(is_alone) {
        match shapes.iter_mut().find(|(shape, _)| *shape == one.candidate.shape) {
            Some((_, count)) => *count += 1,
            None => shapes.push((one.candidate.shape, 1)),
        }
    }
    let is_list =
        |one: &&mut Found| shapes.iter().any(|(shape, count)| *shape == one.candidate.shape && *count >= LIST);
    for one in found.iter_mut().filter(is_alone).filter(is_list) {
        one.score.add(Feature::Listed, -4.0);
    }
}

/// A message that speaks of a one-time code, and has one number that may be it.
fn only_one(found: &mut [Found], context: &Context) {
    let Some((best, others)) = found.split_first_mut() else { return };
    let lead = others.first().map_or(f64::MAX, |second| best.score.log_odds - second.score.log_odds);
    let is_told = context.may_be_told() && best.score.has(Feature::KwEnter);
    let is_spoken_of = context.has_strong || (context.subject.is_some() && context.is_auth) || is_told;
    let is_spoilt =
        [Feature::OtherNumber, Feature::Negated, Feature::Year, Feature::Footer, Feature::Quoted, Feature::Elsewhere];
    let stands_out = [Feature::Isolated, Feature::KwDirect, Feature::AuthNear, Feature::Emphasised];
    let has = |feature: &Feature| best.score.features.contains(feature);
    let is_named = stands_out.iter().any(has) || (has(&Feature::KwBefore) && !has(&Feature::KwPlain));
    if lead >= 0.9 && is_named && is_spoken_of && !best.score.features.iter().any(|feature| is_spoilt.contains(feature))
    {
        best.score.add(Feature::OnlyOne, 1.2);
    }
}

/// A message has one code: a clear lead of the best speaks against the others.
fn rival(found: &mut [Found]) {
    let Some((best, others)) = found.split_first_mut() else { return };
    let lead = best.score.log_odds;
    for other in others.iter_mut().filter(|other| lead > 0.0 && lead - other.score.log_odds >= CLEAR_LEAD) {
        other.score.add(Feature::Rivalled, -RIVAL);
    }
}

fn fits(candidate: &Candidate, constraint: &CodeConstraint) -> bool {
    let is_words = matches!(candidate.shape, Shape::Words { .. });
    fits_value(&candidate.value, constraint) && !(constraint.charset == Charset::Alnum && is_words)
}

fn fits_value(value: &str, constraint: &CodeConstraint) -> bool {
    let length = value.chars().filter(|c| c.is_ascii_alphanumeric()).count();
    constraint.length.is_none_or(|wanted| wanted == length || wanted == value.chars().count())
        && constraint.min_length.is_none_or(|min| length >= min)
        && constraint.max_length.is_none_or(|max| length <= max)
        && (constraint.charset != Charset::Digits || value.chars().all(|c| c.is_ascii_digit()))
}

fn code(message: &Message, found: &Found, confidence: f64) -> Option<Code> {
    let read = message.reads.get(found.view)?;
    let candidate = &found.candidate;
    let kind = match candidate.shape {
        Shape::Digits { .. } | Shape::Prefixed => CodeKind::Numeric,
        Shape::Mixed { .. } | Shape::LetterGroups | Shape::Letters => CodeKind::Alnum,
        Shape::Words { .. } => CodeKind::Words,
    };
    Some(Code {
        value: candidate.value.clone(),
        display: read.view.shown(candidate.start, candidate.end),
        confidence,
        kind,
        bound_domain: None,
        source: source(read, candidate.start, candidate.end),
        features: found.score.features.clone(),
        expires_in_s: None,
    })
}

fn source(read: &Read, start: usize, end: usize) -> Source {
    let view = &read.view;
    let line = view.line_of(start).and_then(|line| view.lines.get(line).copied());
    let (first, last) = line.map_or((start, end), |line| (line.start, line.end));
    let from = first.max(start.saturating_sub(CONTEXT_CHARS));
    let to = last.min(end + CONTEXT_CHARS).max(end);
    Source {
        part: view.part,
        start: view.origin(start),
        end: view.origin(end.saturating_sub(1)) + 1,
        context: view.shown(from, to),
    }
}

/// What the caller's pattern finds, in the order of the views; the text before the subject.
fn custom(message: &Message, options: &Options) -> Option<Code> {
    let pattern = options.code.pattern.as_ref()?;
    message.reads.iter().skip(1).chain(message.reads.first()).find_map(|read| {
        let text: String = read.view.chars.iter().collect();
        let (start, end) = pattern.find(&text)?;
        let count = |until: usize| text.get(..until).map_or(0, |text| text.chars().count());
        let (start, end) = (count(start), count(end));
        let value = read.view.slice(start, end).iter().collect::<String>();
        Some(special_code(read, start, end, value, CodeKind::Custom, Feature::CustomPattern, 0.99))
    })
}

fn bound(message: &Message) -> Option<Code> {
    let bound = special::domain_bound(message)?;
    let read = message.reads.get(bound.view)?;
    let kind = CodeKind::DomainBound;
    let mut code = special_code(read, bound.start, bound.end, bound.value, kind, Feature::DomainBound, 1.0);
    code.bound_domain = Some(bound.domain);
    Some(code)
}

fn special_code(
    read: &Read,
    start: usize,
    end: usize,
    value: String,
    kind: CodeKind,
    feature: Feature,
    confidence: f64,
) -> Code {
    Code {
        value,
        display: read.view.shown(start, end),
        confidence,
        kind,
        bound_domain: None,
        source: source(read, start, end),
        features: vec![feature],
        expires_in_s: None,
    }
}
