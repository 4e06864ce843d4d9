//! Which of several explanations is told first.

use super::summary::{Case, summary};
use super::told::{Candidate, ConditionTold, Diagnostics, Excluded, Misdirected, Refused};
use crate::inboxes::Count;
use crate::model::Timestamp;

const ONE: Count = Count::AtLeast { min: 1, settle: None };

fn nothing() -> Diagnostics {
    Diagnostics {
        summary: String::new(),
        arrived: 0,
        candidates: Vec::new(),
        excluded_by_since: Vec::new(),
        elsewhere: Vec::new(),
        rejected: Vec::new(),
        connections: 0,
        last_connection_at: None,
        other_inboxes_received: 0,
    }
}

fn everything() -> Diagnostics {
    let at = Timestamp::from_micros(1_795_165_200_000_000);
    let failed = ConditionTold {
        path: "none/0".to_owned(),
        passed: false,
        field: "header".to_owned(),
        name: Some("X-Env".to_owned()),
        op: "equals".to_owned(),
        expected: Some("ci".to_owned()),
        actual: Some("ci".to_owned()),
        hint: None,
    };
    let misdirected = |address: &str, would_have_matched, reply| Misdirected {
        address: address.to_owned(),
        inbox: None,
        distance: 1,
        would_have_matched,
        similar_to: "w@t.test".to_owned(),
        reply,
    };
    let refused = |envelope_to: Option<&str>| Refused {
        at,
        stage: "RCPT".to_owned(),
        reply: "550 5.1.1 no such inbox".to_owned(),
        cause: "unknown_inbox".to_owned(),
        envelope_from: None,
        envelope_to: envelope_to.map(str::to_owned),
    };
    Diagnostics {
        arrived: 2,
        candidates: vec![Candidate {
            message: 1,
            received_at: at,
            score: 0.5,
            conditions: vec![failed.clone(), failed],
        }],
        excluded_by_since: vec![Excluded {
            message: 2,
            subject: "x".repeat(70),
            before_ms: 1_240,
            would_have_matched: true,
        }],
        elsewhere: vec![
            misdirected("v@t.test", Some(true), None),
            misdirected("u@t.test", None, Some("550 5.1.1 no such inbox".to_owned())),
        ],
        rejected: vec![refused(Some("w@t.test")), refused(None)],
        connections: 2,
        last_connection_at: Some(at),
        other_inboxes_received: 1,
        ..nothing()
    }
}

fn case(told: &Diagnostics) -> Case<'_> {
    Case {
        count: ONE,
        matched: &[],
        address: Some("w@t.test".to_owned()),
        is_project: false,
        refusals_from: Timestamp::from_micros(0),
        told,
    }
}

#[test]
fn a_refusal_explains_nothing_that_came_after_it_and_little_in_a_whole_project() {
    let told = Diagnostics { excluded_by_since: Vec::new(), elsewhere: Vec::new(), ..everything() };
    let refused = "Mail for w@t.test was refused at RCPT";
    let closest = "2 messages arrived, none matched. Closest: ";
    assert!(summary(&case(&told)).starts_with(refused));
    let later = Timestamp::from_micros(1_795_165_200_000_001);
    assert!(summary(&Case { refusals_from: later, ..case(&told) }).starts_with(closest));
    assert!(summary(&Case { is_project: true, ..case(&told) }).starts_with(closest));
    let quiet = Diagnostics { arrived: 0, candidates: Vec::new(), ..told };
    assert!(summary(&Case { is_project: true, ..case(&quiet) }).starts_with(refused));
    assert!(!summary(&Case { refusals_from: later, ..case(&quiet) }).contains("refused"));
}

#[test]
fn the_surest_explanation_comes_first() {
    let mut told = everything();
    let line = |told: &Diagnostics| summary(&case(told));
    assert_eq!(
        line(&told),
        format!(
            "A message that matches came before the wait's beginning: msg_00000000000000000000000002 \"{}…\". \
             Take the cursor before the action that sends the mail.",
            "x".repeat(59)
        )
    );
    // What came hours ago was hardly what was waited for.
    told.excluded_by_since[0].before_ms = 7_200_000;
    assert_eq!(
        line(&told),
        "Mail for w@t.test was refused at RCPT: \"550 5.1.1 no such inbox\" (cause: unknown_inbox)."
    );
    told.rejected.remove(0);
    assert_eq!(
        line(&told),
        "A message that matches went to v@t.test, not to w@t.test. Check the address that the mail is sent to."
    );
    told.elsewhere.remove(0);
    assert_eq!(
        line(&told),
        "2 messages arrived, none matched. Closest: msg_00000000000000000000000001 failed not header X-Env equals \
         \"ci\" and 1 other condition: it is \"ci\"."
    );
    (told.arrived, told.candidates) = (0, Vec::new());
    assert_eq!(
        line(&told),
        "Mail for u@t.test, not w@t.test, was refused: \"550 5.1.1 no such inbox\". Check the address that the mail is \
         sent to."
    );
    told.elsewhere.clear();
    assert_eq!(
        line(&told),
        "No message arrived for w@t.test. A client was refused at RCPT: \"550 5.1.1 no such inbox\" (cause: \
         unknown_inbox)."
    );
    told.rejected.clear();
    assert_eq!(
        line(&told),
        "No message arrived for w@t.test, though SMTP had 2 connections, the last at 2026-11-20T09:00:00.000Z. \
         Other inboxes received 1 message. Was the mail sent, and to this address?"
    );
    assert_eq!(
        line(&nothing()),
        "No message arrived, and nothing has connected to SMTP since the server started: is the sender pointed at this \
         server?"
    );
}

#[test]
fn what_the_log_keeps_is_read_back() {
    let told = everything();
    let kept = told.write().unwrap();
    assert_eq!(Diagnostics::read(&kept), Some(told));
    assert_eq!(Diagnostics::read(&[0, 1, 2]), None);
    assert_eq!(Diagnostics::read(&[]), None);
}
