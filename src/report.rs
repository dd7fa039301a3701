//! Reports: results as text for people and as JSON for machines. Pure functions.

mod json;
mod story;
mod text;

pub use json::json;
pub use text::{text, wrap};
