//! What a right monitor does with what no right sender sends.

use std::time::Duration;

use super::events::{ALIVE, Watch, names};
use super::monitor::untold;
use crate::check::{Outcome, Stage, Wrong};
use crate::course::Plan;

/// How many senders are watched at most, and how many the check makes up.
const MOST: usize = 100;
const MADE_UP: usize = 250;

/// So many heartbeats fit into a socket's queue at any time.
const BURST: usize = 50;

/// How many datagrams of noise: more than a small table holds, and few enough that a monitor may tell of
/// each.
const NOISES: usize = 300;

pub(super) fn checks(plan: Plan) -> Plan {
    plan.check("garbage", "survives what is no heartbeat, and goes on", garbage)
        .needs("alive")
        .check("noise", "survives hundreds of datagrams of noise", noise)
        .needs("garbage")
        .check("form", "believes nothing that is only nearly one", form)
        .needs("alive")
        .check("limits", "takes the longest and the highest that the form allows", limits)
        .needs("begins-anywhere")
        .check("many-names", "watches 100 senders at most, and goes on", many_names)
        .needs("alive")
}

fn garbage(stage: &Stage) -> Outcome {
    let watch = Watch::begin(stage)?;
    let sender = watch.sender(&names(stage, 1)[0]);
    let name = sender.name.as_bytes();
    let long = stage.message_of(1400);
    let all: [&[u8]; 10] = [
        b"",
        b" ",
        b"\xff\xfe 1",
        b"\0\0\0\0\0\0\0\x01",
        name,
        &[name, b" "].concat(),
        &[name, b" one"].concat(),
        &[name, b" \xd9\xa3\xff"].concat(),
        long.as_bytes(),
        &[name, b" ", &b"7".repeat(1000)].concat(),
    ];
    for datagram in all {
        watch.client.throws(&[datagram])?;
        watch.monitor.keeps_running()?;
    }
    let since = sender.beats([1])?;
    sender.is_told(&sender.event(ALIVE, None), since, Duration::ZERO, untold).map(drop)
}

fn noise(stage: &Stage) -> Outcome {
    let watch = Watch::begin(stage)?;
    let sender = watch.sender(&names(stage, 1)[0]);
    watch.client.pours(&noises(stage))?;
    watch.monitor.keeps_running()?;
    let since = sender.beats([1])?;
    sender.is_told(&sender.event(ALIVE, None), since, Duration::ZERO, untold).map(drop)
}

/// Datagrams of random bytes, some of them behind the name of a sender. The first byte is one of no text,
/// so that none is a heartbeat.
fn noises(stage: &Stage) -> Vec<Vec<u8>> {
    let seed = stage.message().bytes().fold(1, |seed: u32, byte| {
        seed.wrapping_mul(31).wrapping_add(byte.into())
    });
    let mut state = seed;
    let mut random = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let noise = |number| {
        let name: &[u8] = if number % 3 == 0 { b"pump " } else { b"" };
        let length = random() % 40;
        let bytes: Vec<u8> = (0..length).map(|_| random()).collect();
        [name, b"\xff", &bytes].concat()
    };
    (0..NOISES).map(noise).collect()
}

fn form(stage: &Stage) -> Outcome {
    let watch = Watch::begin(stage)?;
    let names = names(stage, 11);
    let long = "x".repeat(17);
    let longest = "y".repeat(16);
    let foreign = format!("{}é", names[8]);
    // Each has a name of its own: that one is taken for a heartbeat shows in the line that tells of it.
    let all: [(&str, String); 14] = [
        (&names[0], format!("{} +7", names[0])),
        (&names[1], format!("{} -7", names[1])),
        (&names[2], format!("{} 0", names[2])),
        (&names[3], format!("{} 4294967296", names[3])),
        (&names[4], format!("{} 7 8", names[4])),
        (&names[5], format!("{} 7x", names[5])),
        (&names[6], format!(" {} 7", names[6])),
        (&long, format!("{long} 7")),
        (&names[7], format!("{} 7\n", names[7])),
        (&foreign, format!("{foreign} 7")),
        (&names[9], format!("{} \u{663}", names[9])),
        (&names[10], format!("{} 00000000007", names[10])),
        (&longest, format!("{longest} 4294967295x")),
        (&longest, format!("{longest} 42949672950")),
    ];
    for (_, datagram) in &all {
        watch.client.sends(datagram)?;
    }
    watch.monitor.keeps_running()?;
    let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    let told = watch.told_of(&names, stage.now(), |_| true)?;
    let believed = told.events.first().map(|(_, event)| &event.name);
    let believed = believed.and_then(|name| all.iter().find(|(known, _)| known == name));
    let verdict = believed.map_or(Ok(()), |(_, datagram)| {
        let datagram = datagram.escape_debug();
        Err(Wrong::cause(
            "beat-form-loose",
            format!("your monitor takes \"{datagram}\" for a heartbeat"),
            "look at every character: 1 to 16 letters or digits, a space, 1 to 10 digits, and a number \
             from 1 to 4294967295; what turns text into numbers takes more than that",
        ))
    });
    watch.judge("no line for any of these: none is a heartbeat", &told, verdict)
}

fn limits(stage: &Stage) -> Outcome {
    let watch = Watch::begin(stage)?;
    let name = &names(stage, 1)[0];
    // Each with what it stands for.
    let all = [
        (format!("{name:z<16}"), "4294967295"),
        (format!("{name}1"), "4294967295"),
        (name.clone(), "0000000007"),
    ];
    for (name, number) in &all {
        watch.client.sends(format!("{name} {number}"))?;
    }
    for (name, number) in all {
        let sender = watch.sender(&name);
        let alive = sender.event(ALIVE, None);
        sender.is_told(&alive, stage.now(), Duration::ZERO, |_| {
            Wrong::cause(
                "beat-form-strict",
                format!("your monitor does not take \"{name} {number}\" for a heartbeat"),
                "the limits belong to the form: a name of 16 characters, a number of 10 digits, the first \
                 of which may be 0, and 4294967295",
            )
        })?;
    }
    Ok(())
}

fn many_names(stage: &Stage) -> Outcome {
    let watch = Watch::begin(stage)?;
    let family = &names(stage, 1)[0];
    let names: Vec<String> = (1..=MADE_UP).map(|number| format!("{family}{number}")).collect();
    for burst in names.chunks(BURST) {
        for name in burst {
            watch.client.sends(format!("{name} 1"))?;
        }
        watch.monitor.keeps_running()?;
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let told = watch.told_of(&names, stage.now(), |_| true)?;
    let alive = told.count(ALIVE);
    let wrong = match alive > MOST {
        true => Wrong::cause(
            "mem-names-unbounded",
            format!("your monitor keeps something for each of {alive} names, and anybody can make up more"),
            "count the senders that you watch, and ignore a new name when they are 100",
        ),
        false => Wrong::unknown(),
    };
    let verdict = (alive == MOST).then_some(()).ok_or(wrong);
    let expected = format!("{MOST} senders alive, of {MADE_UP} that sent a heartbeat");
    stage.judge(expected, format!("{alive} of them"), verdict)
}
