//! socklab

pub mod demo;
