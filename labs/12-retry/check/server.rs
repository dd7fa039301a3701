//! What a right server of lab 12 does.

use super::ADDRESS;
use super::message::{
    ADD, DONE, READ, REFUSED, amount, answer, fields, host_order, message, number, wrong_layout,
    wrong_length,
};
use crate::check::{Client, Outcome, Program, Stage, Wrong};

pub(super) fn bound(stage: &Stage) -> Outcome<Program<'_>> {
    let server = stage.program()?;
    server.is_bound_to(ADDRESS)?;
    Ok(server)
}

/// An answer's status and value, or what is wrong with its form.
fn read(got: &[u8], request: &[u8; 16]) -> Result<(u32, i32), Wrong> {
    let Some([client, number, status, value]) = fields(got) else {
        return Err(wrong_length("the answer", got.len()));
    };
    if [DONE, REFUSED].contains(&status.swap_bytes()) {
        return Err(host_order("the answer"));
    }
    if got[..8] != request[..8] {
        return Err(wrong_layout(format!(
            "the answer is to request {number} of client {client}, and that is not the one that was \
             sent: an answer begins with the request's first eight bytes"
        )));
    }
    if ![DONE, REFUSED].contains(&status) {
        return Err(wrong_layout(format!(
            "the answer has {status} in its third field, where 128 says that it is done"
        )));
    }
    Ok((status, value as i32))
}

/// Sends a request, and gets this status and value in answer. `cause` is told of another, or that no
/// answer came.
pub(super) fn exchange(
    client: Client<'_>,
    request: &[u8; 16],
    wanted: (u32, i32),
    cause: impl FnOnce(Option<(u32, i32)>) -> Wrong,
) -> Outcome {
    client.sends(request)?;
    let (status, value) = wanted;
    let what = match status {
        DONE => format!("an answer that says done, and {value}"),
        _ => format!("an answer that says refused, and {value}"),
    };
    client.gets_that(what, |got| {
        let got = got.map(|got| read(got, request)).transpose()?;
        if got == Some(wanted) { Ok(()) } else { Err(cause(got)) }
    })?;
    Ok(())
}

/// As [`exchange`], where nothing is known of what else may come.
pub(super) fn gets(client: Client<'_>, request: &[u8; 16], wanted: (u32, i32)) -> Outcome {
    exchange(client, request, wanted, |_| Wrong::unknown())
}

fn executed_twice(what: &str) -> Wrong {
    Wrong::cause(
        "dup-executed-twice",
        format!(
            "{what} was carried out again: a client whose answer was lost sends it again, and does \
             not mean it twice"
        ),
        "look the first eight bytes up among the requests that were answered, before you do anything",
    )
}

pub(super) fn not_answered() -> Wrong {
    Wrong::cause(
        "dup-not-answered",
        "a request that came again got no answer: its client has not heard the first one, and asks \
         in vain until it gives up",
        "send the answer that you have kept, as often as the request comes",
    )
}

fn answered_anew(what: &str) -> Wrong {
    Wrong::cause(
        "dup-answered-anew",
        format!(
            "{what} came again, and was answered with the counter's newest value: its client asked \
             about an earlier one"
        ),
        "keep the whole answer with the request, and send that",
    )
}

pub(super) fn is_bound(stage: &Stage) -> Outcome {
    bound(stage).map(drop)
}

pub(super) fn adds(stage: &Stage) -> Outcome {
    bound(stage)?;
    let (one, other) = (stage.client()?, stage.client()?);
    let (me, first) = (number(stage), number(stage));
    let mut sum = 0;
    for (place, client) in (0..).zip([one, one, other, one]) {
        let amount = if place == 1 { -amount(stage) } else { amount(stage) };
        sum += amount;
        exchange(client, &message(me, first + place, ADD, amount), (DONE, sum), |got| match got {
            Some((_, value)) if value.swap_bytes() == sum => host_order("the answer"),
            _ => Wrong::unknown(),
        })?;
    }
    one.gets_nothing_more()?;
    other.gets_nothing_more()
}

pub(super) fn reads(stage: &Stage) -> Outcome {
    bound(stage)?;
    let client = stage.client()?;
    let (me, amount, unused) = (number(stage), amount(stage), amount(stage));
    gets(client, &message(me, 1, READ, 0), (DONE, 0))?;
    gets(client, &message(me, 2, ADD, amount), (DONE, amount))?;
    let read = message(me, 3, READ, unused);
    exchange(client, &read, (DONE, amount), |got| match got {
        Some((_, value)) if value == amount + unused => Wrong::cause(
            "bin-field-ignored",
            format!(
                "a read has changed the counter by {unused}: its fourth field was added, and its \
                 third, which says what is asked for, was not looked at"
            ),
            "look at the third field: 1 adds the fourth to the counter, 2 does not look at it",
        ),
        _ => Wrong::unknown(),
    })?;
    gets(client, &message(me, 4, READ, 0), (DONE, amount))
}

pub(super) fn at_most_once(stage: &Stage) -> Outcome {
    bound(stage)?;
    let client = stage.client()?;
    let (me, amount) = (number(stage), amount(stage));
    let add = message(me, 1, ADD, amount);
    gets(client, &add, (DONE, amount))?;
    for _ in 0..2 {
        exchange(client, &add, (DONE, amount), |got| match got {
            None => not_answered(),
            Some((_, value)) if value == 2 * amount => executed_twice("a request that came again"),
            Some(_) => Wrong::unknown(),
        })?;
    }
    let read = message(me, 2, READ, 0);
    exchange(client, &read, (DONE, amount), |got| match got {
        Some((_, value)) if value > amount => executed_twice("a request that came again"),
        _ => Wrong::unknown(),
    })
}

pub(super) fn old_answer(stage: &Stage) -> Outcome {
    bound(stage)?;
    let client = stage.client()?;
    let me = number(stage);
    let (first, second) = (amount(stage), amount(stage));
    let (read, add) = (message(me, 1, READ, 0), message(me, 2, ADD, first));
    gets(client, &read, (DONE, 0))?;
    gets(client, &add, (DONE, first))?;
    gets(client, &message(me, 3, ADD, second), (DONE, first + second))?;
    let sum = first + second;
    for (request, wanted, what) in [(&add, first, "an add"), (&read, 0, "a read")] {
        exchange(client, request, (DONE, wanted), |got| match got {
            None => not_answered(),
            Some((_, value)) if value == sum => answered_anew(what),
            Some((_, value)) if value == sum + first => executed_twice(what),
            Some(_) => Wrong::unknown(),
        })?;
    }
    gets(client, &message(me, 4, READ, 0), (DONE, sum))
}

fn wrong_key(what: &str) -> Wrong {
    Wrong::cause(
        "dup-wrong-key",
        what,
        "know a request by its first two fields together: the client's number and the request's",
    )
}

pub(super) fn any_port(stage: &Stage) -> Outcome {
    bound(stage)?;
    let (one, other) = (stage.client()?, stage.client()?);
    let (me, amount) = (number(stage), amount(stage));
    let add = message(me, 1, ADD, amount);
    gets(one, &add, (DONE, amount))?;
    exchange(other, &add, (DONE, amount), |got| match got {
        Some((_, value)) if value == 2 * amount => wrong_key(
            "a request that came again from another port was carried out again: a client may use a \
             new socket for each try, and is still the same client",
        ),
        _ => Wrong::unknown(),
    })?;
    gets(one, &message(me, 2, READ, 0), (DONE, amount))
}

pub(super) fn two_clients(stage: &Stage) -> Outcome {
    bound(stage)?;
    let (one, other) = (stage.client()?, stage.client()?);
    let first = number(stage);
    let mut sum = 0;
    // The third is at the second one's port: a program that was started anew.
    for (place, client) in (0..).zip([one, other, other]) {
        let (amount, before) = (amount(stage), sum);
        sum += amount;
        let add = message(first + place, 1, ADD, amount);
        exchange(client, &add, (DONE, sum), |got| match got {
            Some((_, value)) if value <= before => wrong_key(
                "request 1 of another client was taken for one that had come before: each client \
                 counts its own requests",
            ),
            _ => Wrong::unknown(),
        })?;
    }
    // Both are known again.
    gets(one, &message(first, 2, READ, 0), (DONE, sum))?;
    gets(other, &message(first + 1, 2, READ, 0), (DONE, sum))
}

pub(super) fn any_order(stage: &Stage) -> Outcome {
    bound(stage)?;
    let client = stage.client()?;
    let me = number(stage);
    let mut sum = 0;
    for number in [9, 8, u32::MAX, 0, 1 << 31] {
        let amount = amount(stage);
        let before = sum;
        sum += amount;
        exchange(client, &message(me, number, ADD, amount), (DONE, sum), |got| match got {
            Some((_, value)) if value > before => Wrong::unknown(),
            _ => Wrong::cause(
                "dup-order-assumed",
                format!(
                    "request {number} came for the first time, and was not carried out: that its \
                     number is lower than another's does not say that it is old, since datagrams \
                     overtake one another"
                ),
                "look whether this request was answered, and not which number was the highest",
            ),
        })?;
    }
    Ok(())
}

pub(super) fn full(stage: &Stage) -> Outcome {
    bound(stage)?;
    let client = stage.client()?;
    let me = number(stage);
    let wraps = |got: Option<(u32, i32)>| match got {
        Some((DONE, value)) => Wrong::cause(
            "bin-overflow",
            format!("a sum that no 32 bits can hold was answered with {value}"),
            "add with a look at the range (Rust: checked_add, Python: compare with 2**31, C: add in \
             64 bits), and answer 129 when it does not fit",
        ),
        _ => Wrong::unknown(),
    };
    gets(client, &message(me, 1, ADD, i32::MAX), (DONE, i32::MAX))?;
    let too_much = message(me, 2, ADD, 1);
    exchange(client, &too_much, (REFUSED, i32::MAX), wraps)?;
    gets(client, &message(me, 3, ADD, -1), (DONE, i32::MAX - 1))?;
    // It would fit now, but this one was refused.
    exchange(client, &too_much, (REFUSED, i32::MAX), |got| match got {
        Some((DONE, _)) => executed_twice("a request that had been refused"),
        Some((REFUSED, _)) => answered_anew("a request that had been refused"),
        None => not_answered(),
        _ => Wrong::unknown(),
    })?;
    gets(client, &message(me, 4, ADD, i32::MIN), (DONE, -2))?;
    exchange(client, &message(me, 5, ADD, i32::MIN), (REFUSED, -2), wraps)?;
    gets(client, &message(me, 6, READ, 0), (DONE, -2))?;
    // The lowest number fits, and nothing below it.
    let to_the_end = message(me, 7, ADD, i32::MIN + 2);
    exchange(client, &to_the_end, (DONE, i32::MIN), |got| match got {
        Some((REFUSED, _)) => Wrong::cause(
            "bin-overflow",
            format!("a sum of {} was refused, and 32 bits hold it", i32::MIN),
            "refuse what is below -2**31 or above 2**31 - 1, and neither of these two",
        ),
        _ => Wrong::unknown(),
    })?;
    exchange(client, &message(me, 8, ADD, -1), (REFUSED, i32::MIN), wraps)
}

pub(super) fn no_request(stage: &Stage) -> Outcome {
    bound(stage)?;
    let client = stage.client()?;
    let (me, amount) = (number(stage), amount(stage));
    let add = |number| message(me, number, ADD, amount).to_vec();
    gets(client, &message(me, 1, ADD, amount), (DONE, amount))?;
    let with_more = |more: &[u8]| [&add(2)[..], more].concat();
    let of_another_kind = |what| message(me, 3, what, amount).to_vec();
    let wrong: [Vec<u8>; 10] = [
        b"".to_vec(),
        b"\x01".to_vec(),
        add(2)[..15].to_vec(),
        with_more(b"\0"),
        with_more(&add(2)),
        b"add 5 to the counter".to_vec(),
        of_another_kind(0),
        of_another_kind(3),
        of_another_kind(ADD.swap_bytes()),
        // An answer. A server that answers it keeps another one busy for ever.
        of_another_kind(DONE),
    ];
    for (place, wrong) in (100..).zip(wrong) {
        client.sends(&wrong)?;
        // One after the other: what crosses on its way is drawn in another order each time.
        stage.comes_to_rest()?;
        let read = message(me, place, READ, 0);
        client.sends(read)?;
        client.gets_that(format!("an answer to the read alone, and {amount} in it"), |got| {
            let Some(got) = got else { return Err(Wrong::unknown()) };
            if got == answer(&read, DONE, amount) {
                return Ok(());
            }
            let is_to_the_read = got.get(..8) == Some(&read[..8]);
            Err(Wrong::cause(
                "bin-form-unchecked",
                match is_to_the_read {
                    true => "a datagram that is no request has changed the counter",
                    false => "a datagram that is no request was answered",
                },
                "look at the length, which is 16, and at the third field, which is 1 or 2, before you \
                 do anything; all else gets no answer",
            ))
        })?;
    }
    client.gets_nothing_more()
}
