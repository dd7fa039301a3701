//! Wrong programs for lab 12, each as short as its mistake allows: servers first, then clients.
//!
//! What they do right is in `server.rs` and `client.rs` of the folder `mistakes`, so that a program
//! shows only what is wrong.

#[path = "mistakes/client.rs"]
mod client;
#[path = "../mistakes.rs"]
mod mistakes;
#[path = "mistakes/server.rs"]
mod server;

use client::{Client, Heard};
use mistakes::Mistake;
use server::{ADD, Counter, READ};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

fn main() -> std::process::ExitCode {
    mistakes::run(&[
        Mistake::new("udp-no-bind", "is-bound", udp_no_bind),
        Mistake::new("bin-host-order.server", "adds", bin_host_order_server),
        Mistake::new("bin-field-ignored", "reads", field_ignored_operation),
        Mistake::new("dup-executed-twice", "at-most-once", dup_executed_twice),
        Mistake::new("dup-not-answered", "at-most-once", dup_not_answered),
        Mistake::new("dup-answered-anew", "old-answer", dup_answered_anew),
        Mistake::new("dup-wrong-key.address", "any-port", dup_wrong_key_address),
        Mistake::new("dup-wrong-key", "two-clients", dup_wrong_key_number),
        Mistake::new("dup-order-assumed", "any-order", dup_order_assumed),
        Mistake::new("bin-overflow", "full", num_overflow),
        Mistake::new("dup-executed-twice.refused", "full", dup_executed_twice_refused),
        Mistake::new("bin-form-unchecked", "no-request", form_unchecked_length),
        Mistake::new("bin-form-unchecked.operation", "no-request", form_unchecked_operation),
        Mistake::new("exit-crashed", "no-request", exit_crashed),
        Mistake::new("dup-forgotten", "remembers", dup_forgotten),
        Mistake::new("mem-keeps-messages", "bounded-memory", mem_keeps_answers),
        Mistake::new("mem-keeps-messages.noise", "survives-noise", mem_keeps_noise),
        Mistake::new("bin-host-order", "asks", bin_host_order),
        Mistake::new("bin-wrong-layout", "asks", bin_wrong_layout),
        Mistake::new("out-silent", "prints", out_silent),
        Mistake::new("exit-code-inverted", "prints", exit_code_inverted),
        Mistake::new("retry-id-reused", "each-operation", retry_id_reused),
        Mistake::new("retry-id-reused.run", "each-run", retry_id_reused_in_each_run),
        Mistake::new("bin-field-ignored.status", "refused", field_ignored_status),
        Mistake::new("retry-none", "retries", retry_none),
        Mistake::new("to-none", "retries", to_none),
        Mistake::new("retry-new-id", "retries", retry_new_id),
        Mistake::new("retry-wrong-waits", "backs-off", retry_fixed_interval),
        Mistake::new("retry-wrong-waits.seconds", "backs-off", retry_waits_seconds),
        Mistake::new("retry-wrong-waits.jitter", "jitter", retry_no_jitter),
        Mistake::new("retry-wrong-waits.seed", "jitter", retry_same_jitter),
        Mistake::new("retry-wrong-waits.cap", "gives-up", retry_no_cap),
        Mistake::new("retry-limit-wrong", "gives-up", retry_for_ever),
        Mistake::new("retry-limit-wrong.five", "gives-up", retry_five_times),
        Mistake::new("exit-code-inverted.gives-up", "gives-up", exit_code_inverted_at_the_end),
        Mistake::new("retry-limit-wrong.last", "gives-up", retry_last_not_awaited),
        Mistake::new("udp-refused-is-fatal", "nobody-there", retry_refused_fatal),
        Mistake::new("match-late-reply", "late-answer", match_late_reply),
        Mistake::new("match-source-unchecked", "stranger", match_source_unchecked),
        Mistake::new("bin-form-unchecked.client", "no-answer", form_unchecked_client),
        Mistake::new("bin-form-unchecked.number", "no-answer", field_ignored_client),
        Mistake::new("match-error-on-wrong-id", "no-answer", match_error_on_wrong_id),
        Mistake::new("to-restarted-by-noise", "one-deadline", deadline_restarted_by_noise),
        Mistake::new("retry-on-noise", "one-deadline", retry_on_noise),
    ])
}

// Servers.

// is-bound

/// Waits at a port that nobody knows.
fn udp_no_bind() -> io::Result<()> {
    let mut counter = Counter::default();
    server::serve_at("127.0.0.1:0", |datagram, _| counter.right(datagram))
}

// adds

/// Takes the fields in the byte order of this machine, and writes them so.
fn bin_host_order_server() -> io::Result<()> {
    let mut counter = Counter::default();
    server::serve(|datagram, _| {
        let swapped = |bytes: &[u8]| -> Vec<u8> {
            bytes.chunks(4).flat_map(|field| field.iter().rev().copied()).collect()
        };
        // What looks like another operation is taken for an add.
        let mut request = swapped(datagram);
        request[8..12].copy_from_slice(&ADD.to_be_bytes());
        counter.right(&request).map(|answer| swapped(&answer))
    })
}

// reads

/// Adds whatever comes: a read has an amount of 0 in any case, has it not?
fn field_ignored_operation() -> io::Result<()> {
    let mut counter = Counter::default();
    server::serve(|datagram, _| {
        let mut request = server::request(datagram)?;
        request[8..12].copy_from_slice(&ADD.to_be_bytes());
        counter.right(&request)
    })
}

// at-most-once

/// Carries out each datagram that comes.
fn dup_executed_twice() -> io::Result<()> {
    let mut counter = Counter::default();
    server::serve(|datagram, _| Some(counter.carry_out(&server::request(datagram)?)))
}

/// Carries out each request once, and says nothing when it comes again.
fn dup_not_answered() -> io::Result<()> {
    let mut counter = Counter::default();
    server::serve(|datagram, _| {
        let id = server::request(datagram)?[..8].to_vec();
        if counter.remembered(&id).is_some() {
            return None;
        }
        counter.right(datagram)
    })
}

// old-answer

/// Remembers that a request was carried out, and not what was answered.
fn dup_answered_anew() -> io::Result<()> {
    let mut counter = Counter::default();
    server::serve(|datagram, _| {
        let answer = counter.right(datagram)?;
        Some([&answer[..12], &counter.value.to_be_bytes()].concat())
    })
}

// any-port

/// Knows a client by its address: a retry from another port is a new request.
fn dup_wrong_key_address() -> io::Result<()> {
    let mut counter = Counter::default();
    server::serve(|datagram, sender| {
        let id = [&server::request(datagram)?[..8], sender.to_string().as_bytes()].concat();
        counter.once(&id, datagram)
    })
}

// two-clients

/// Knows a request by its number alone, whoever sends it.
fn dup_wrong_key_number() -> io::Result<()> {
    let mut counter = Counter::default();
    server::serve(|datagram, _| {
        let request = server::request(datagram)?;
        let mut answer = counter.once(&request[4..8], datagram)?;
        answer[..4].copy_from_slice(&request[..4]);
        Some(answer)
    })
}

// any-order

/// Takes each number that is lower than the highest for one that was served long ago.
fn dup_order_assumed() -> io::Result<()> {
    let (mut counter, mut last) = (Counter::default(), (0, 0));
    server::serve(|datagram, _| {
        let request = server::request(datagram)?;
        let now = (server::field(&request, 0), server::field(&request, 1));
        let is_old = now.0 == last.0 && now.1 < last.1;
        if is_old && counter.remembered(&request[..8]).is_none() {
            return None;
        }
        last = now;
        counter.right(datagram)
    })
}

// full

/// Lets the sum wrap around.
fn num_overflow() -> io::Result<()> {
    let mut counter = Counter { wraps: true, ..Counter::default() };
    server::serve(|datagram, _| counter.right(datagram))
}

/// Remembers only what was done: what was refused is tried again when it comes again.
fn dup_executed_twice_refused() -> io::Result<()> {
    let mut counter = Counter::default();
    server::serve(|datagram, _| {
        let answer = counter.right(datagram)?;
        if server::field(&answer, 2) == server::REFUSED {
            counter.forget(&answer[..8]);
        }
        Some(answer)
    })
}

// no-request

/// Takes the first sixteen bytes of anything that is long enough.
fn form_unchecked_length() -> io::Result<()> {
    let mut counter = Counter::default();
    server::serve(|datagram, _| counter.right(datagram.get(..16)?))
}

/// Takes every operation that it does not know for a read.
fn form_unchecked_operation() -> io::Result<()> {
    let mut counter = Counter::default();
    server::serve(|datagram, _| {
        let mut request: [u8; 16] = datagram.try_into().ok()?;
        if server::field(&request, 2) != ADD {
            request[8..12].copy_from_slice(&READ.to_be_bytes());
        }
        counter.right(&request)
    })
}

/// Takes sixteen bytes out of what comes, however few there are.
fn exit_crashed() -> io::Result<()> {
    let mut counter = Counter::default();
    server::serve(|datagram, _| {
        let _client = &datagram[..16];
        counter.right(datagram)
    })
}

// remembers

/// Remembers a hundred answers.
fn dup_forgotten() -> io::Result<()> {
    let mut counter = Counter { remembers: 100, ..Counter::default() };
    server::serve(|datagram, _| counter.right(datagram))
}

// bounded-memory

/// Forgets nothing.
fn mem_keeps_answers() -> io::Result<()> {
    let mut counter = Counter { remembers: usize::MAX, ..Counter::default() };
    server::serve(|datagram, _| counter.right(datagram))
}

// survives-noise

/// Keeps all that it could not read, for later.
fn mem_keeps_noise() -> io::Result<()> {
    let (mut counter, mut unread) = (Counter::default(), Vec::new());
    server::serve(|datagram, _| {
        let answer = counter.right(datagram);
        if answer.is_none() {
            // With the buffer in which it came.
            let mut kept = datagram.to_vec();
            kept.resize(2048, b'.');
            unread.push(kept);
        }
        answer
    })
}

// Clients.

// asks

/// Writes the fields in the byte order of this machine.
fn bin_host_order() -> io::Result<()> {
    Client { bytes: u32::to_ne_bytes, waits: client::seconds, ..Client::RIGHT }.run()
}

/// Sends the request as text.
fn bin_wrong_layout() -> io::Result<()> {
    let request = |[client, number, operation, amount]: [u32; 4]| {
        format!("{client} {number} {operation} {}", amount as i32).into_bytes()
    };
    Client { request: Some(request), waits: client::seconds, ..Client::RIGHT }.run()
}

// prints

/// Ends without a word.
fn out_silent() -> io::Result<()> {
    Client { says: |_, _| Ok(()), ..Client::RIGHT }.run()
}

/// Ends with status 1 when all went well.
fn exit_code_inverted() -> io::Result<()> {
    Client::RIGHT.run()?;
    std::process::exit(1)
}

// each-operation

/// Numbers each request 1.
fn retry_id_reused() -> io::Result<()> {
    Client { number: |_| 1, waits: client::seconds, ..Client::RIGHT }.run()
}

// each-run

/// Is client 1 in each run.
fn retry_id_reused_in_each_run() -> io::Result<()> {
    Client { client: || 1, ..Client::RIGHT }.run()
}

// refused

/// Prints the value, whatever the status says.
fn field_ignored_status() -> io::Result<()> {
    let says = |_, value| {
        println!("The counter is at {value}");
        Ok(())
    };
    Client { says, ..Client::RIGHT }.run()
}

// retries

/// Gives up when the first time is up.
fn retry_none() -> io::Result<()> {
    Client { tries: 1, waits: client::seconds, ..Client::RIGHT }.run()
}

/// Waits for the answer without a limit.
fn to_none() -> io::Result<()> {
    Client { waits: |_| None, ..Client::RIGHT }.run()
}

/// Makes a new request of each try.
fn retry_new_id() -> io::Result<()> {
    let number_of_try = |number, tried| number + 1000 * tried;
    Client { number_of_try, waits: client::seconds, ..Client::RIGHT }.run()
}

// backs-off

/// Waits as long each time.
fn retry_fixed_interval() -> io::Result<()> {
    Client { waits: |_| Some(Duration::from_millis(100)), ..Client::RIGHT }.run()
}

/// Waits for seconds instead of tenths of them.
fn retry_waits_seconds() -> io::Result<()> {
    Client { waits: |tried| Some(10 * client::wait(tried)), ..Client::RIGHT }.run()
}

// jitter

/// Waits exactly as long as everybody else.
fn retry_no_jitter() -> io::Result<()> {
    let waits = |tried| Some(Duration::from_millis(client::WAITS_MS[tried as usize]));
    Client { waits, ..Client::RIGHT }.run()
}

/// Draws its waits, and the same ones in each run.
fn retry_same_jitter() -> io::Result<()> {
    fastrand::seed(12);
    Client::RIGHT.run()
}

// gives-up

/// Doubles on and on.
fn retry_no_cap() -> io::Result<()> {
    Client { waits: |tried| Some(client::jittered(100 << tried.min(4))), ..Client::RIGHT }.run()
}

/// Tries for ever.
fn retry_for_ever() -> io::Result<()> {
    Client { tries: u32::MAX, ..Client::RIGHT }.run()
}

/// Counts from 1 and stops before 6.
fn retry_five_times() -> io::Result<()> {
    Client { tries: 5, ..Client::RIGHT }.run()
}

/// Says that there was no answer, and ends as if there had been one.
fn exit_code_inverted_at_the_end() -> io::Result<()> {
    if let Err(error) = Client::RIGHT.run() {
        if error.kind() != io::ErrorKind::TimedOut {
            return Err(error);
        }
        eprintln!("{error}");
    }
    Ok(())
}

/// Gives up as soon as it has sent for the last time.
fn retry_last_not_awaited() -> io::Result<()> {
    let waits = |tried| Some(if tried == 5 { Duration::ZERO } else { client::wait(tried) });
    Client { waits, ..Client::RIGHT }.run()
}

// nobody-there

/// Connects, and takes it for the end that nobody is there yet.
fn retry_refused_fatal() -> io::Result<()> {
    Client { connects: true, ..Client::RIGHT }.run()
}

// late-answer

/// Takes the answer to any request of its own for that to the last one.
fn match_late_reply() -> io::Result<()> {
    let hears = |request: &[u8], datagram: &[u8], sender: SocketAddr| {
        let mut like_mine = datagram.to_vec();
        if like_mine.len() == 16 {
            like_mine[4..8].copy_from_slice(&request[4..8]);
        }
        client::hears(request, &like_mine, sender)
    };
    Client { hears, ..Client::RIGHT }.run()
}

// stranger

/// Asks what an answer says, and not who sent it.
fn match_source_unchecked() -> io::Result<()> {
    let hears = |request: &[u8], datagram: &[u8], _| {
        client::hears(request, datagram, SocketAddr::from(([127, 0, 0, 1], 12012)))
    };
    Client { hears, ..Client::RIGHT }.run()
}

// no-answer

/// Looks at the ids alone: its own request, sent back, is an answer too.
fn form_unchecked_client() -> io::Result<()> {
    let hears = |request: &[u8], datagram: &[u8], sender| {
        let mut done = datagram.to_vec();
        if done.len() == 16 && done[8..12] != server::REFUSED.to_be_bytes() {
            done[8..12].copy_from_slice(&server::DONE.to_be_bytes());
        }
        client::hears(request, &done, sender)
    };
    Client { hears, ..Client::RIGHT }.run()
}

/// Compares the request's number, and not the client's.
fn field_ignored_client() -> io::Result<()> {
    let hears = |request: &[u8], datagram: &[u8], sender| {
        let mut like_mine = datagram.to_vec();
        if like_mine.len() == 16 {
            like_mine[..4].copy_from_slice(&request[..4]);
        }
        client::hears(request, &like_mine, sender)
    };
    Client { hears, ..Client::RIGHT }.run()
}

/// Takes what is no answer for the end of everything.
fn match_error_on_wrong_id() -> io::Result<()> {
    let hears = |request: &[u8], datagram: &[u8], sender| {
        let is_of_another = datagram.get(..4) != request.get(..4);
        match client::hears(request, datagram, sender) {
            Heard::Nothing if is_of_another => Heard::Enough,
            heard => heard,
        }
    };
    Client { hears, ..Client::RIGHT }.run()
}

// one-deadline

/// Begins the wait anew after each datagram.
fn deadline_restarted_by_noise() -> io::Result<()> {
    Client { begins_anew: true, ..Client::RIGHT }.run()
}

/// Sends again at once when the answer is not the one it wants.
fn retry_on_noise() -> io::Result<()> {
    let hears =
        |request: &[u8], datagram: &[u8], sender| match client::hears(request, datagram, sender) {
            Heard::Nothing => Heard::AskAgain,
            heard => heard,
        };
    Client { hears, ..Client::RIGHT }.run()
}
