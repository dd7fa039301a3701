//! Sequence diagrams: who sent what to whom, drawn.
//!
//! [`Cast`] says who takes part and which addresses each holds, [`Exchange`] turns evidence into
//! lanes and arrows, or a [`Reader`] packets while more come, and three functions draw them:
//! [`text()`] for a terminal, [`mermaid()`] for a page, [`svg()`] for a picture. All of it is pure.
//! The same exchange always gives the same text: times and ports that the system chose are left out
//! of it.

mod cast;
mod connection;
mod exchange;
mod label;
mod mermaid;
mod svg;
#[cfg(test)]
mod tests;
mod text;

pub use cast::Cast;
pub use exchange::{Arrow, End, Exchange, Fate, Lane, Reader};
pub use label::Label;
pub use mermaid::mermaid;
pub use svg::{Scene, svg};
pub use text::text;

/// The first and the last of some arrows, and how many are left out between them.
fn ends(arrows: &[Arrow], most: usize) -> (&[Arrow], usize, &[Arrow]) {
    if arrows.len() <= most {
        return (arrows, 0, &[]);
    }
    let first = most.div_ceil(2);
    let last = arrows.len() - (most - first);
    (&arrows[..first], last - first, &arrows[last..])
}
