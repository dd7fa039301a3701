//! Whatever was seen of a program, it is judged, drawn and reported.

use std::time::Instant;

use proptest::prelude::*;
use socklab::causes;
use socklab::diagnose::{Case, diagnose, right};
use socklab::diagram::{self, Cast, Exchange, Scene};
use socklab::evidence::{
    About, CheckResult, Ending, Evidence, Expectation, LabResult, Method, Payload, Role, Status,
    Step, StepKind, Stream, Unmet, What,
};
use socklab::report;

use crate::evidence::{address, evidence, role, unmet};

/// The result of a lab whose only check has failed.
fn failed(role: Role, unmet: Unmet, evidence: Evidence) -> LabResult {
    let case = Case { role, address: None, unmet: &unmet, evidence: &evidence };
    let diagnoses = diagnose(&case).diagnoses();
    let right = right(&case);
    let check = CheckResult {
        id: "answers",
        title: "answers",
        status: Status::Failed,
        needs: None,
        reason: None,
        duration_ms: 0,
        diagnoses,
        right,
        steps: vec![Step { text: "your program was started".into(), kind: StepKind::Start }],
        unmet: Some(unmet),
        trouble: None,
        evidence,
    };
    LabResult {
        lab: "ack-server",
        number: 6,
        part: None,
        role,
        program: vec!["./server".into()],
        status: Status::Failed,
        duration_ms: 0,
        seed: 7,
        network: "private",
        fallback: None,
        inspection: Some(Method::Notify),
        reading: None,
        diagnosis: None,
        checks: vec![check],
    }
}

/// True for a text that a terminal shows and does not obey.
fn is_harmless(text: &str) -> bool {
    let plain = anstream::adapter::strip_str(text).to_string();
    !plain.contains(|c: char| c.is_control() && c != '\n')
}

proptest! {
    #[test]
    fn whatever_was_seen_gets_the_same_diagnosis_with_a_page_every_time(
        role in role(),
        address in proptest::option::of(address()),
        unmet in unmet(),
        evidence in evidence(),
    ) {
        let case = Case { role, address, unmet: &unmet, evidence: &evidence };
        let diagnoses = diagnose(&case).diagnoses();
        prop_assert!(!diagnoses.is_empty());
        prop_assert!(!diagnoses[0].next.is_empty());
        for diagnosis in &diagnoses {
            prop_assert!(!diagnosis.message.is_empty());
            prop_assert!(causes::find(diagnosis.id).is_ok(), "no page on {}", diagnosis.id);
        }
        let copy = (unmet.clone(), evidence.clone());
        let again = diagnose(&Case { unmet: &copy.0, evidence: &copy.1, ..case });
        prop_assert_eq!(again.diagnoses(), diagnoses);
    }

    #[test]
    fn whatever_a_second_run_shows_a_cause_is_left(
        role in role(),
        unmet in unmet(),
        runs in [evidence(), evidence()],
    ) {
        let [first, second] = &runs;
        let case = Case { role, address: None, unmet: &unmet, evidence: first };
        let left = diagnose(&case).after(&case, second);
        let told = diagnose(&case).diagnoses();
        prop_assert!(!left.is_empty());
        prop_assert!(left.iter().all(|it| told.iter().any(|known| known.id == it.id)));
    }

    #[test]
    fn whatever_was_sent_is_drawn_in_any_width(
        role in role(),
        evidence in evidence(),
        width in 20..=200_usize,
        most in 0..12_usize,
    ) {
        let exchange = Exchange::of(&evidence, &Cast::of_check(&evidence, role));
        for exchange in [exchange.clone().briefly(), exchange] {
            let text = diagram::text(&exchange, width, most);
            prop_assert!(is_harmless(&text), "{:?}", text);
            prop_assert_eq!(text.is_empty(), exchange.is_empty());
            prop_assert!(is_harmless(&diagram::mermaid(&exchange)));
            let svg = diagram::svg(&[Scene { title: "a scene".into(), exchange }]);
            prop_assert!(is_harmless(&svg) && svg.ends_with("</svg>\n"));
        }
    }

    #[test]
    fn whatever_was_seen_is_reported(role in role(), unmet in unmet(), evidence in evidence()) {
        let result = failed(role, unmet, evidence);
        let text = report::text(&result);
        prop_assert!(is_harmless(&text), "{:?}", text);
        for diagnosis in &result.checks[0].diagnoses {
            let named = format!("[{}]", diagnosis.id);
            prop_assert!(text.contains(&named), "{}", text);
        }
        let json = report::json(std::slice::from_ref(&result));
        let json: serde_json::Value = serde_json::from_str(&json)?;
        let seen = json["results"][0]["checks"][0]["evidence"].as_array().map(Vec::len);
        prop_assert_eq!(seen, Some(result.checks[0].evidence.events.len()));
    }

    #[test]
    fn wrapping_loses_nothing_in_any_width(text in "\\PC{0,120}", width in 0..200_usize) {
        let lines = report::wrap(&text, width);
        let words = |line: &str| line.split(' ').filter(|it| !it.is_empty()).count();
        prop_assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        prop_assert!(lines.iter().all(|it| words(it) < 2 || it.chars().count() <= width));
    }
}

/// A datagram can be so long, and so much of what is printed is kept.
#[test]
fn what_is_long_is_judged_in_bounded_time() {
    let [from, to] = [40000, 12345].map(|port| ([127, 0, 0, 1], port).into());
    let message = "copper walnut ".repeat(65_507 / 14);
    let printed = "copper walnut copper ".repeat(128 * 1024 / 21);
    let mut evidence = Evidence::default();
    let payload = Payload::from(&message);
    evidence.record(0, What::Sent { from, to, payload: payload.clone() });
    evidence.record(1, What::Output { stream: Stream::Terminal, text: Payload::from(printed) });
    for expectation in [
        Expectation::Output { text: payload.clone(), about: About::Message },
        Expectation::Answer { to: from, from: to, payload },
    ] {
        let unmet = Unmet {
            expectation,
            ending: Ending::Contradicted,
            exit: None,
            expected: String::new(),
            observed: String::new(),
            instead: Some(Payload::from(&message[1..])),
            difference: None,
            claim: None,
        };
        let case = Case { role: Role::Server, address: None, unmet: &unmet, evidence: &evidence };
        let began = Instant::now();
        assert!(!diagnose(&case).diagnoses().is_empty());
        assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
    }
}
