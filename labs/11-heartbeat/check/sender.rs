//! What a right sender does: it counts, by the clock, and whether anybody listens is not its affair.

use std::time::Duration;

use super::events::names;
use super::{INTERVAL, MONITOR, SLACK};
use crate::check::{Failure, Outcome, Program, Request, Server, Stage, Wrong};
use crate::course::Plan;
use crate::evidence::{Exit, Role};

/// How long the sender is held up: much longer than a machine does so by itself.
const HELD_UP: Duration = Duration::from_millis(500);

/// So long a program may take to start, some of which compile first.
const START: Duration = Duration::from_secs(10);

pub(super) fn checks(plan: Plan) -> Plan {
    plan.of(Role::Client)
        .check("counts", "sends its name and 1, 2, 3, one a datagram", counts)
        .idles()
        .check("ten-a-second", "sends one each 100 ms", ten_a_second)
        .needs("counts")
        .idles()
        .check("by-the-schedule", "is on schedule again after it was held up", by_the_schedule)
        .needs("ten-a-second")
        .idles()
        .check("nobody-listens", "goes on when nobody listens", nobody_listens)
        .needs("counts")
        .idles()
        .check("answered", "takes no notice of what is sent to it", answered)
        .needs("counts")
        .idles()
        .check("ends", "ends after as many as it was told, with status 0", ends)
        .needs("counts")
        .idles()
}

/// The program, told to send under a name, and the monitor that it sends to.
struct Sending<'s> {
    stage: &'s Stage,
    name: String,
    program: Program<'s>,
    monitor: Server<'s>,
}

impl<'s> Sending<'s> {
    fn begin(stage: &'s Stage, count: Option<u32>) -> Outcome<Sending<'s>> {
        let monitor = stage.server_at(MONITOR)?;
        let name = names(stage, 1).remove(0);
        let count = count.map(|count| count.to_string());
        let words: Vec<String> = [Some(name.clone()), count].into_iter().flatten().collect();
        let program = stage.program_with(&words)?;
        Ok(Sending { stage, name, program, monitor })
    }

    /// The heartbeat with this number comes.
    fn gets(&self, number: u32) -> Outcome<Request> {
        let wanted = format!("{} {number}", self.name);
        if number == 1 {
            // Where the first one may have gone instead is known in general.
            return self.monitor.gets_that(format!("\"{wanted}\""), |got| match got {
                Some(got) if got == wanted.as_bytes() => Ok(()),
                Some(got) => Err(self.another(number, &wanted, got)),
                None => Err(Wrong::unknown()),
            });
        }
        let got = self.monitor.next_by(self.stage.now() + INTERVAL + 2 * SLACK)?;
        let observed = got.as_ref().map_or("nothing".to_owned(), |got| {
            format!("\"{}\"", String::from_utf8_lossy(&got.payload).escape_debug())
        });
        let verdict = match got {
            Some(got) if got.payload == wanted.as_bytes() => return Ok(got),
            Some(got) => self.another(number, &wanted, &got.payload),
            None => self.none(number)?,
        };
        self.stage.judge(format!("\"{wanted}\", sent to {MONITOR}"), observed, Err(verdict))?;
        Err(Failure::Interrupted)
    }

    /// Why none has come. One that has broken is another matter.
    fn none(&self, number: u32) -> Outcome<Wrong> {
        if let Err(failure) = self.program.keeps_running() {
            let is_done = matches!(&failure, Failure::Unmet(it) if it.exit == Some(Exit::Code(0)));
            return match is_done && number > 1 {
                false => Err(failure),
                true => Ok(Wrong::cause(
                    "count-off-by-one",
                    format!("your sender ended after {} heartbeats", number - 1),
                    "count from 1 to the number that it was told, and that one too; and close the socket only \
                     when the last one has left",
                )),
            };
        }
        Ok(Wrong::unknown())
    }

    /// Why another one has come.
    fn another(&self, number: u32, wanted: &str, got: &[u8]) -> Wrong {
        let text = String::from_utf8_lossy(got);
        if text.trim_end_matches(['\r', '\n']) == wanted {
            return Wrong::cause(
                "frame-line-end-sent",
                "your sender sends a line end behind the number",
                "send the text without it: a datagram has its own end",
            );
        }
        if text.trim_end_matches('\0') == wanted {
            return match got.len() - wanted.len() {
                1 => Wrong::cause(
                    "frame-length-off",
                    "your sender sends the zero byte that ends a text in C",
                    "send as many bytes as strlen says, and not one more",
                ),
                _ => Wrong::cause(
                    "size-sends-whole-buffer",
                    "your sender sends its whole buffer, with what is not used of it",
                    "send as many bytes as the text has",
                ),
            };
        }
        let said = text.strip_prefix(&self.name).and_then(|rest| rest.strip_prefix(' '));
        let Some(said) = said.and_then(|said| said.parse::<u32>().ok()) else {
            return Wrong::unknown();
        };
        let message = match (number, said) {
            (1, said) => format!("your sender begins with number {said}: the first one is 1"),
            _ if said + 1 == number => format!("your sender sends number {said} twice"),
            _ => format!("your sender sends number {said} where {number} is next"),
        };
        Wrong::cause(
            "beat-number-wrong",
            message,
            "begin with 1, and add 1 for every heartbeat that you send, whatever becomes of it",
        )
    }
}

fn counts(stage: &Stage) -> Outcome {
    let sending = Sending::begin(stage, None)?;
    let first = sending.gets(1)?.from.port();
    let mut port = first;
    for number in 2..=4 {
        port = sending.gets(number)?.from.port();
    }
    let same = (port == first).then_some(()).ok_or_else(|| {
        Wrong::cause(
            "udp-socket-per-message",
            "your sender makes a new socket for every heartbeat",
            "make the socket once, before the loop",
        )
    });
    let observed = format!("number 1 from port {first}, number 4 from port {port}");
    stage.judge("all heartbeats from one port", observed, same)
}

fn ten_a_second(stage: &Stage) -> Outcome {
    const COUNT: usize = 8;
    let sending = Sending::begin(stage, None)?;
    let first = sending.gets(1)?.at;
    let mut times = vec![first];
    // What takes much too long need not be waited for to its end.
    while times.len() <= COUNT && times[times.len() - 1] < first + INTERVAL * 16 {
        times.push(sending.gets(times.len() as u32 + 1)?.at);
    }
    let mut intervals: Vec<Duration> =
        times.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect();
    intervals.sort_unstable();
    // The one in the middle: some may be longer, and others shorter, where the machine was busy.
    let usual = intervals[intervals.len() / 2];
    let right = usual > INTERVAL * 7 / 10 && usual < INTERVAL * 15 / 10;
    let wrong = Wrong::cause(
        "beat-interval-wrong",
        format!("your sender sends a heartbeat each {} ms, about", rounded(usual, 10)),
        "look at the unit of the time that you wait: seconds, milliseconds or microseconds",
    );
    let observed = format!("about {} ms", rounded(usual, 10));
    stage.judge("100 ms from one heartbeat to the next", observed, right.then_some(()).ok_or(wrong))
}

/// A time in whole milliseconds, to the next multiple of so many: exact enough to be read.
fn rounded(time: Duration, to: u128) -> u128 {
    (time.as_millis() + to / 2) / to * to
}

fn by_the_schedule(stage: &Stage) -> Outcome {
    let sending = Sending::begin(stage, None)?;
    let first = sending.gets(1)?;
    sending.gets(2)?;
    sending.program.is_held_up(HELD_UP)?;
    // How late the most punctual one is of those that follow. The first of them may have been on their way
    // before it was held up.
    let mut late = Duration::MAX;
    for number in 3..=11 {
        let due = first.at + INTERVAL * (number - 1);
        let heartbeat = sending.gets(number)?;
        if number > 6 {
            late = late.min(heartbeat.at.saturating_sub(due));
        }
    }
    let punctual = (late < HELD_UP / 2).then_some(()).ok_or_else(|| {
        Wrong::cause(
            "beat-drifts",
            "your sender stays behind once it was late: it waits 100 ms from wherever it is",
            "work out when heartbeat n is due, 100 ms times n-1 after the first, and wait until then",
        )
    });
    let expected = "the heartbeats that follow when they are due, by the clock";
    let observed = format!("each of them about {} ms after that, or more", rounded(late, 100));
    stage.judge(expected, observed, punctual)
}

fn nobody_listens(stage: &Stage) -> Outcome {
    let monitor = stage.server_at(MONITOR)?;
    let name = names(stage, 1).remove(0);
    let program = stage.program_with(&[&name])?;
    monitor.next_by(stage.now() + START)?;
    // What follows finds nobody, and is refused.
    monitor.leaves()?;
    stage.lets_pass(INTERVAL * 4)?;
    let monitor = stage.server_at(MONITOR)?;
    let got = monitor.next_by(stage.now() + INTERVAL + 2 * SLACK)?;
    if got.is_none() {
        program.keeps_running()?;
    }
    let verdict = got.map(drop).ok_or_else(|| {
        Wrong::cause(
            "udp-refused-is-fatal",
            "your sender has fallen silent because nobody listened for a moment",
            "print the error of a send that was refused, and go on with the next heartbeat",
        )
    });
    stage.judge("the next heartbeat, once somebody listens again", "nothing", verdict)
}

fn answered(stage: &Stage) -> Outcome {
    let sending = Sending::begin(stage, None)?;
    for (number, answer) in [(1, &b"ok"[..]), (2, b""), (3, &[b'x'; 1400]), (4, b"\xff\xfe\0")] {
        let heartbeat = sending.gets(number)?;
        sending.monitor.answers(heartbeat.from, answer)?;
    }
    sending.gets(5)?;
    sending.gets(6).map(drop)
}

fn ends(stage: &Stage) -> Outcome {
    const COUNT: u32 = 3;
    let sending = Sending::begin(stage, Some(COUNT))?;
    for number in 1..=COUNT {
        sending.gets(number)?;
    }
    let mut more = 0;
    while more < 3 && sending.monitor.next_by(stage.now() + INTERVAL * 3)?.is_some() {
        more += 1;
    }
    let wrong = match more {
        1 => Wrong::cause(
            "count-off-by-one",
            format!("your sender sends one more than the {COUNT} that it was told"),
            "count from 1 to the number that it was told, and no further",
        ),
        _ => Wrong::cause(
            "exit-never",
            format!("your sender goes on after the {COUNT} heartbeats that it was told to send"),
            "take the second argument for their number, and leave the loop after so many",
        ),
    };
    let expected = format!("{COUNT} heartbeats, and nothing more");
    let observed = format!("{more} or more besides");
    stage.judge(expected, observed, (more == 0).then_some(()).ok_or(wrong))?;
    match sending.program.ends_well() {
        Err(Failure::Unmet(unmet)) => {
            let wrong = match unmet.exit {
                None => Wrong::cause(
                    "exit-never",
                    "your sender does not end after its last heartbeat",
                    "leave the loop, and let main return",
                ),
                Some(_) => Wrong::cause(
                    "exit-code-inverted",
                    "your sender ends with a status that says that it failed",
                    "end with status 0 when all heartbeats were sent; its last words may say more",
                ),
            };
            stage.judge(unmet.expected, unmet.observed, Err(wrong))
        }
        other => other,
    }
}
