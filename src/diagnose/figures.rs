//! Causes of figures that are wrong.

use super::{Case, Cause, Finding};
use crate::evidence::{Expectation, Figure, numbers};

pub(super) const CAUSES: &[Cause] = &[
    Cause { id: "rtt-cpu-clock", shows: measures_nothing },
    Cause { id: "stats-invented", shows: another_figure },
];

fn figure<'e>(case: &Case<'e>) -> Option<&'e Figure> {
    match &case.unmet.expectation {
        Expectation::Figure { figure } => Some(figure),
        _ => None,
    }
}

/// The numbers with a fraction, or an exponent, that were printed since something was last sent: a
/// time that is measured is one of these.
fn fractions(case: &Case<'_>) -> Vec<f64> {
    let all = numbers(&case.printed_since_sent()).into_iter();
    all.filter(|number| number.digit < 1.0 && !number.is_percentage).map(|it| it.value).collect()
}

/// Next to nothing, also where the numbers are milliseconds, and nothing that could be seconds.
fn measures_nothing(case: &Case<'_>) -> Option<Finding> {
    let Figure::Time { least_us, .. } = figure(case)? else { return None };
    let times = fractions(case);
    let least_ms = *least_us as f64 / 1e3;
    // A tenth of the least in milliseconds is more than many a time in seconds.
    let is_small = |time: &f64| (0.0..least_ms / 10.0).contains(time) && *time < least_ms / 1e3;
    (!times.is_empty() && times.iter().all(is_small)).then_some(())?;
    Finding::new(
        "the time that is printed is next to nothing: it may be the time that your program has \
         computed, which does not grow while it waits",
        "measure with a monotonic clock (Python: time.monotonic(), Rust: Instant, C: clock_gettime \
         with CLOCK_MONOTONIC), from before the send to after the receive",
    )
}

fn another_figure(case: &Case<'_>) -> Option<Finding> {
    let figure = figure(case)?;
    (!numbers(&case.printed_since_sent()).is_empty()).then_some(())?;
    match figure {
        Figure::Time { what, .. } => Finding::new(
            format!("times are printed, and none of them is {what}, as it was on the wire"),
            "take the time just before the send and just after the receive of the right answer; \
             a figure of several is worked out of these",
        ),
        Figure::Number { what, forms } => Finding::new(
            format!("{what} is not {}, as it was on the wire", forms.first()?),
            "count what was sent and what was answered, and work the figure out of that",
        ),
        Figure::Percentage { what, percent } => {
            let all = numbers(&case.printed_since_sent());
            let finding = Finding::new(
                format!("{percent} % is not among the figures that are printed: {what} is another"),
                "count what was sent and what was answered, and work the figure out of that",
            );
            match all.iter().any(|number| number.is_percentage) {
                true => finding,
                false => finding.and_then(Finding::or("out-silent", "it is not printed at all")),
            }
        }
    }
}
