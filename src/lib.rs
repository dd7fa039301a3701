//! socklab
pub mod check;
pub mod evidence;
pub mod inspect;
pub mod interrupt;
pub mod network;
pub mod peer;
pub mod procfs;
pub mod program;
mod sys;
