//! socklab: a course in socket programming that runs itself.
//!
//! A learner writes small programs. socklab runs them against a partner, sees every socket and
//! every datagram, and says whether the program is right and, where it is not, what is wrong.
//!
//! From the outside in:
//!
//! - [`cli`] reads the command line and prints.
//! - [`labs`] knows the labs, and [`course`] runs the checks of one; each lab's `check.rs` says what
//!   a right program does in the language of [`check`].
//! - [`causes`] holds a page on each cause that a report may name.
//! - [`demo`] plays a handout's transcript for real.
//! - [`doctor`] finds out what this machine offers.
//! - [`diagnose`] reads the likely cause off the evidence, and [`report`] shows it. Both are pure.
//! - [`diagram`] draws who sent what to whom, as text, Mermaid or SVG. It is pure too.
//! - [`evidence`] is what was seen, as plain data: the waist between those above and those below.
//! - [`program`] starts, watches and ends programs; [`inspect`] looks into them; [`peer`] plays the
//!   other role; [`network`] is where they meet.
//! - [`packet`] reads headers and writes captures. It is pure.
//! - [`procfs`], [`interrupt`], `channel` and `sys` are the ground: `/proc`, Ctrl-C, messages with
//!   descriptors, system calls.
//!
//! ARCHITECTURE.md says why it is cut this way.

#[cfg(not(target_os = "linux"))]
compile_error!(
    "socklab looks into the Linux kernel, and runs on Linux only; a virtual machine will do"
);

pub mod causes;
mod channel;
pub mod check;
pub mod cli;
pub mod course;
#[cfg(test)]
#[path = "../tests/fuzz/damage.rs"]
mod damage;
pub mod demo;
pub mod diagnose;
pub mod diagram;
pub mod doctor;
pub mod evidence;
pub mod inspect;
pub mod interrupt;
pub mod labs;
pub mod network;
pub mod packet;
pub mod peer;
pub mod procfs;
pub mod program;
pub mod report;
mod sys;

/// Turns this process into one of socklab's helpers, if that is what it was started for: the guard
/// of a program, or the agent of a network.
///
/// Every executable that checks programs calls this before anything else in `main`, and ends with
/// the exit status that it gives.
pub fn become_helper_if_asked() -> Option<std::process::ExitCode> {
    program::become_guard_if_asked().or_else(network::become_agent_if_asked)
}
