//! socklab
pub mod evidence;
pub mod inspect;
pub mod network;
pub mod procfs;
pub mod program;
mod sys;
