//! Results: shown in the labs' order, whichever comes first.

use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use super::programs::Prepared;
use super::{CheckArgs, exit_code, judged, remember, tell};
use crate::cli::capture::Recording;
use crate::cli::diagram::Form;
use crate::cli::screen::Screen;
use crate::cli::{Format, Stop};
use crate::course::{self, Interrupted, Lab, Options};
use crate::evidence::{LabResult, Status};
use crate::{labs, report};

/// Where results are put down and shown, in the labs' order.
pub(super) struct Desk<'a> {
    args: &'a CheckArgs,
    options: &'a Options,
    form: Option<Form>,
    recording: Option<Recording>,
    results: Vec<LabResult>,
    forgotten: Option<String>,
}

impl<'a> Desk<'a> {
    /// An empty desk.
    pub(super) fn new(
        args: &'a CheckArgs,
        options: &'a Options,
        form: Option<Form>,
        recording: Option<Recording>,
    ) -> Desk<'a> {
        Desk { args, options, form, recording, results: Vec::new(), forgotten: None }
    }

    /// Checks all programs, as many checks at once as there is room for, and shows each lab's result
    /// as soon as it and those before it are there.
    pub(super) fn check(
        &mut self,
        prepared: Vec<Prepared>,
        screen: &mut Screen,
    ) -> Result<(), Stop> {
        let mut programs = Vec::new();
        let mut slots: Vec<Slot> = Vec::new();
        for one in prepared {
            slots.push(match one {
                Prepared::Refused(result) => Slot::Done(result),
                Prepared::Program(lab, submission) => {
                    programs.push((lab, submission));
                    Slot::Awaited(programs.len() - 1)
                }
            });
        }
        let options = self.options;
        let queue = Queue { slots, shown: 0, trouble: None };
        let state = Mutex::new((self, screen, queue));
        let lock = || state.lock().unwrap_or_else(PoisonError::into_inner);
        let show = |state: &mut (&mut Self, &mut Screen, Queue)| {
            let (desk, screen, queue) = state;
            queue.show(|result| desk.take(result, screen));
        };
        show(&mut lock());
        let waiting = |holder| lock().1.wait_for(holder);
        let done = |at, result| {
            let mut state = lock();
            state.2.put(at, result);
            show(&mut state);
        };
        course::check_all(&programs, options, &waiting, &done)
            .map_err(|Interrupted| Stop::Interrupted)?;
        let queue = state.into_inner().unwrap_or_else(PoisonError::into_inner).2;
        queue.trouble.map_or(Ok(()), Err)
    }

    /// Shows a result, and keeps it.
    fn take(&mut self, result: LabResult, screen: &mut Screen) -> Result<(), Stop> {
        let Some(lab) = labs::find(result.lab) else { return Ok(()) };
        if self.args.format == Format::Text {
            tell(&result, self.form.as_ref(), screen)?;
        }
        if let Some(form) = &mut self.form {
            form.draw(form.scenes(lab, &result), screen)?;
        }
        if let Some(recording) = &mut self.recording {
            record(recording, lab, &result);
        }
        if result.status == Status::Passed
            && let Some(by) = judged(self.args)
        {
            let trouble = remember(lab, result.role, by).err();
            self.forgotten = self.forgotten.take().or(trouble);
        }
        self.results.push(result);
        Ok(())
    }

    /// Shows what is told at the end.
    pub(super) fn close(self, screen: &mut Screen) -> Result<ExitCode, Stop> {
        if self.args.format == Format::Json {
            screen.print(&report::json(&self.results))?;
        }
        self.form.map_or(Ok(()), Form::finish)?;
        if let Some(recording) = self.recording {
            if !self.options.network.is_private() {
                screen.note("the capture is empty: packets are seen in private networks only");
            }
            recording.finish()?;
        }
        if let Some(trouble) = self.forgotten {
            screen.note(&trouble);
        }
        Ok(exit_code(&self.results))
    }
}

/// A place for a result.
enum Slot {
    /// The program of this number is being checked.
    Awaited(usize),
    Done(Box<LabResult>),
    Shown,
}

/// Results that are shown in order, though they come in any.
struct Queue {
    slots: Vec<Slot>,
    shown: usize,
    trouble: Option<Stop>,
}

impl Queue {
    fn put(&mut self, program: usize, result: LabResult) {
        let is_its = |slot: &&mut Slot| matches!(slot, Slot::Awaited(number) if *number == program);
        if let Some(slot) = self.slots.iter_mut().find(is_its) {
            *slot = Slot::Done(Box::new(result));
        }
    }

    /// Shows those that are next and are there. After a first trouble nothing more is shown.
    fn show(&mut self, mut show: impl FnMut(LabResult) -> Result<(), Stop>) {
        while let Some(slot @ Slot::Done(_)) = self.slots.get_mut(self.shown) {
            let Slot::Done(result) = std::mem::replace(slot, Slot::Shown) else { return };
            self.shown += 1;
            if self.trouble.is_none() {
                self.trouble = show(*result).err();
            }
        }
    }
}

/// Adds what was seen in all checks of a lab.
fn record(recording: &mut Recording, lab: &Lab, result: &LabResult) {
    let role = result.role;
    let program = result.program.join(" ");
    for check in &result.checks {
        recording.scene(&lab.plan.hosts, |host| {
            let here = host == "lo" || host == role.name();
            let who = if here { format!("{role}: {program}") } else { "socklab".to_owned() };
            format!("lab {} {}, {who}", lab.number, check.id)
        });
        recording.add_all(&check.evidence);
    }
}
