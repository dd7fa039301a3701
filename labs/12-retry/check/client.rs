//! What a right client of lab 12 asks, and what it takes for an answer.

use super::ADDRESS;
use super::message::{
    ADD, DONE, READ, REFUSED, amount, answer, fields, host_order, number, wrong_layout,
    wrong_length,
};
use crate::check::{Outcome, Program, Request, Server, Stage, Wrong};
use crate::evidence::Exit;

/// Starts the client with these words.
pub(super) fn started<'s>(
    stage: &'s Stage,
    words: &[String],
) -> Outcome<(Program<'s>, Server<'s>)> {
    let server = stage.server_at(ADDRESS)?;
    let program = stage.program_with(words)?;
    Ok((program, server))
}

/// The words of some adds, or of a read where there is no amount.
pub(super) fn words(amounts: &[Option<i32>]) -> Vec<String> {
    let of_one = |amount: &Option<i32>| match amount {
        Some(amount) => vec!["add".into(), amount.to_string()],
        None => vec!["read".into()],
    };
    amounts.iter().flat_map(of_one).collect()
}

/// Gets the request for an operation: an add of this amount, or a read.
pub(super) fn gets(server: Server<'_>, amount: Option<i32>) -> Outcome<Request> {
    let what = match amount {
        Some(amount) => format!("a request to add {amount}"),
        None => "a request to read".into(),
    };
    server.gets_that(what, |got| match got {
        Some(got) => is_a_request(got, amount),
        None => Err(Wrong::unknown()),
    })
}

fn is_a_request(got: &[u8], amount: Option<i32>) -> Result<(), Wrong> {
    let Some([_, _, operation, value]) = fields(got) else {
        return Err(wrong_length("the request", got.len()));
    };
    let wanted = if amount.is_some() { ADD } else { READ };
    if operation == wanted.swap_bytes() {
        // A right amount behind it shows that the bytes are not turned round.
        return Err(match amount {
            Some(amount) if value == amount as u32 => wrong_layout(
                "the third field of the request is a single byte, and what follows are gaps that a \
                 compiler puts into a struct: it should have four bytes, as the others",
            ),
            _ => host_order("the request"),
        });
    }
    if operation != wanted {
        return Err(wrong_layout(format!(
            "the request has {operation} in its third field, and should have {wanted} there"
        )));
    }
    match amount.map(|amount| amount as u32) {
        Some(amount) if value == amount.swap_bytes() => Err(host_order("the request")),
        Some(amount) if value != amount => Err(wrong_layout(format!(
            "the request has {} in its fourth field, and the amount belongs there",
            value as i32
        ))),
        _ => Ok(()),
    }
}

/// Answers a request, and from now on whoever sends it again.
pub(super) fn answers(server: Server<'_>, request: &Request, status: u32, value: i32) -> Outcome {
    let answer = answer(&request.payload, status, value);
    server.answers(request.from, &answer)?;
    server.repeats(&request.payload, answer);
    Ok(())
}

/// What came in the place of something else, in words.
pub(super) fn seen(program: Program<'_>, got: Option<&Request>) -> String {
    match (got, program.exit()) {
        (Some(request), _) => match fields(&request.payload) {
            Some([_, _, ADD, value]) => format!("a request to add {}", value as i32),
            Some([_, _, READ, _]) => "a request to read".into(),
            _ => format!("a datagram of {} bytes", request.payload.len()),
        },
        (None, Some(exit)) => format!("nothing; it {exit}"),
        (None, None) => "nothing; it is still there".into(),
    }
}

/// Gets the same request once more. `cause` is asked where something else came, or nothing.
pub(super) fn gets_again(
    stage: &Stage,
    server: Server<'_>,
    program: Program<'_>,
    request: &Request,
    cause: impl FnOnce(Option<&Request>, Option<Exit>) -> Wrong,
) -> Outcome<Request> {
    let again = server.next()?;
    match again {
        Some(again) if again.payload == request.payload => Ok(again),
        other => {
            let wrong = cause(other.as_ref(), program.exit());
            let observed = seen(program, other.as_ref());
            stage.judge("the same request again", observed, Err(wrong))?;
            Ok(request.clone())
        }
    }
}

/// Gets a request, and that again so many times: the later a try, the longer the client waits, and the
/// less it matters how busy the machine is.
pub(super) fn gets_to_try(
    stage: &Stage,
    server: Server<'_>,
    program: Program<'_>,
    amount: Option<i32>,
    tries: usize,
) -> Outcome<Request> {
    let mut request = gets(server, amount)?;
    for _ in 1..tries {
        request = gets_again(stage, server, program, &request, |_, _| Wrong::unknown())?;
    }
    Ok(request)
}

/// It prints a value, which is the counter's.
pub(super) fn prints_the_value(program: Program<'_>, value: i32) -> Outcome {
    program.prints_a_number("the counter's value", &[value.into()], |shown| {
        match value < 0 && shown.have_a_number((value as u32).into()) {
            false if shown.are_none() => Wrong::unknown(),
            // A client that gives up later has its reason: nobody answers it any more.
            false => Wrong::cause(
                "stats-invented",
                format!("numbers are printed, and none of them is {value}, as the answer says"),
                "print the answer's fourth field as soon as it has come, before the next request",
            ),
            true => Wrong::cause(
                "bin-sign-lost",
                format!("{} is printed, and the answer says {value}: its sign was not looked at", value as u32),
                "read the field as a signed number (Rust: i32::from_be_bytes, Python: struct's \"i\", C: a \
                 cast to int32_t behind ntohl)",
            ),
        }
    })
}

pub(super) fn asks(stage: &Stage) -> Outcome {
    let amount = amount(stage);
    let (_, server) = started(stage, &words(&[Some(amount)]))?;
    gets(server, Some(amount)).map(drop)
}

pub(super) fn prints(stage: &Stage) -> Outcome {
    let (amount, value) = (amount(stage), amount(stage));
    let (program, server) = started(stage, &words(&[Some(amount)]))?;
    let request = gets(server, Some(amount))?;
    answers(server, &request, DONE, value)?;
    prints_the_value(program, value)?;
    program.ends_well()
}

pub(super) fn each_operation(stage: &Stage) -> Outcome {
    let amount = amount(stage);
    // Two of them are the same but for their numbers.
    let operations = [Some(amount), Some(amount), None, Some(-amount)];
    let (program, server) = started(stage, &words(&operations))?;
    let mut ids: Vec<Vec<u8>> = Vec::new();
    let mut value = 0;
    for operation in operations {
        let request = server.next()?;
        let verdict = match &request {
            Some(request) if ids.contains(&id(request)) => Err(id_reused(
                "two operations of one run have the same first eight bytes: the server takes the \
                 second for the first again, and does not carry it out",
            )),
            Some(request) => is_a_request(&request.payload, operation),
            // It was answered as the one before, whose very bytes it has.
            None if program.exit().is_some() => Err(id_reused(
                "an operation was sent as the very bytes of another one: the server takes it for that \
                 one again, and does not carry it out",
            )),
            None => Err(Wrong::unknown()),
        };
        let observed = seen(program, request.as_ref());
        if verdict.is_err() {
            // That it has read the answer before belongs to the evidence.
            stage.comes_to_rest()?;
        }
        stage.judge("a request of its own for each operation", observed, verdict)?;
        let Some(request) = request else { return Ok(()) };
        ids.push(id(&request));
        // Below zero half of the time.
        value = -value - number(stage) as i32;
        answers(server, &request, DONE, value)?;
        prints_the_value(program, value)?;
    }
    program.ends_well()
}

/// What the server knows a request by.
fn id(request: &Request) -> Vec<u8> {
    request.payload.iter().take(8).copied().collect()
}

fn id_reused(what: &str) -> Wrong {
    Wrong::cause(
        "retry-id-reused",
        what,
        "draw the client's number at random when the program starts, and count its requests",
    )
}

pub(super) fn each_run(stage: &Stage) -> Outcome {
    let server = stage.server_at(ADDRESS)?;
    let mut ids: Vec<Vec<u8>> = Vec::new();
    for operation in [None, Some(amount(stage))] {
        let program = stage.program_with(&words(&[operation]))?;
        let request = gets(server, operation)?;
        answers(server, &request, DONE, 4711)?;
        program.ends_well()?;
        ids.push(id(&request));
    }
    let differ = if ids[0] == ids[1] {
        Err(id_reused(
            "two runs of the program began with the same eight bytes: the server takes the second \
             run's request for the first run's, and does not carry it out",
        ))
    } else if ids[0][..4] == ids[1][..4] {
        Err(id_reused(
            "two runs of the program have the same client number: who else has it is the same client, \
             and one day the request's number is the same too",
        ))
    } else {
        Ok(())
    };
    stage.judge("another client number in each run", "the same in both", differ)
}

pub(super) fn refused(stage: &Stage) -> Outcome {
    let amount = amount(stage);
    let (program, server) = started(stage, &words(&[Some(amount)]))?;
    let request = gets(server, Some(amount))?;
    answers(server, &request, REFUSED, i32::MAX)?;
    program.ends()?;
    let told = match program.exit() {
        Some(Exit::Code(0)) => Err(Wrong::cause(
            "bin-field-ignored",
            "the answer said that the request was refused, and your client ended as if it were done: \
             the third field was not looked at",
            "end with a message and a status that is not 0 when the third field is 129",
        )),
        _ => Ok(()),
    };
    stage.judge("its end with a status that is not 0", "it exited with status 0", told)?;
    program.prints_something()
}

pub(super) fn late_answer(stage: &Stage) -> Outcome {
    let (first, second) = (amount(stage), amount(stage));
    let (program, server) = started(stage, &words(&[Some(first), Some(second), None]))?;
    // The answer to the first try is late: it comes after the second was sent.
    let tried = gets_to_try(stage, server, program, Some(first), 2)?;
    let (value, next, last) = (amount(stage), amount(stage), amount(stage));
    answers(server, &tried, DONE, value)?;
    let request = gets_to_try(stage, server, program, Some(second), 3)?;
    // And here is the answer to the second try of the first request.
    server.answers(request.from, answer(&tried.payload, DONE, value))?;
    let request = gets_again(stage, server, program, &request, |_, _| {
        Wrong::cause(
            "match-late-reply",
            "your client took the answer to its first request for that to its second: it came twice, \
             since the request was sent twice",
            "compare the first eight bytes of an answer with those of the request that you wait for",
        )
    })?;
    answers(server, &request, DONE, next)?;
    let request = gets(server, None)?;
    answers(server, &request, DONE, last)?;
    prints_the_value(program, last)?;
    program.ends_well()
}

pub(super) fn stranger(stage: &Stage) -> Outcome {
    let (amount, bogus, value) = (amount(stage), amount(stage), amount(stage));
    let (program, server) = started(stage, &words(&[Some(amount), None]))?;
    let stranger = stage.stranger()?;
    let request = gets_to_try(stage, server, program, Some(amount), 3)?;
    stranger.answers(request.from, answer(&request.payload, DONE, bogus))?;
    let request = gets_again(stage, server, program, &request, |other, exit| {
        match (other, exit) {
            (None, Some(Exit::Code(1..))) => error_on_wrong_id(),
            _ => Wrong::cause(
                "match-source-unchecked",
                format!(
                    "your client took a datagram from {} for the answer: it asked {ADDRESS}, and anybody \
                 can send to its port",
                    stranger.address()
                ),
                "compare the sender with the address that you asked, and go on waiting when it is another",
            ),
        }
    })?;
    ends_with(program, server, &request, value)
}

/// The request is answered, and then the read that follows.
fn ends_with(program: Program<'_>, server: Server<'_>, request: &Request, value: i32) -> Outcome {
    answers(server, request, DONE, value)?;
    let read = gets(server, None)?;
    answers(server, &read, DONE, value + 1)?;
    prints_the_value(program, value + 1)?;
    program.ends_well()
}

pub(super) fn error_on_wrong_id() -> Wrong {
    Wrong::cause(
        "match-error-on-wrong-id",
        "your client ended when something came that is no answer: anybody can send that, and the \
         answer may be right behind it",
        "pass over what is no answer to this request, and wait on for the time that is left",
    )
}

pub(super) fn no_answer(stage: &Stage) -> Outcome {
    let (amount, value, last) = (amount(stage), amount(stage), amount(stage));
    let (program, server) = started(stage, &words(&[Some(amount), None]))?;
    let mut request = gets_to_try(stage, server, program, Some(amount), 2)?;
    let right = answer(&request.payload, DONE, value);
    let of_another_client = [&[!right[0]], &right[1..]].concat();
    let (cut, too_long) = (&right[..15], [&right[..], b"\0"].concat());
    for datagram in [of_another_client.as_slice(), cut, &too_long] {
        request = passes_over(stage, server, program, &request, datagram)?;
    }
    answers(server, &request, DONE, amount)?;
    let mut request = gets_to_try(stage, server, program, None, 2)?;
    let its_own = request.payload.clone();
    let other_status = answer(&request.payload, 130, value);
    for datagram in [its_own, other_status] {
        request = passes_over(stage, server, program, &request, &datagram)?;
    }
    answers(server, &request, DONE, last)?;
    prints_the_value(program, last)?;
    program.ends_well()
}

/// The client gets this in the place of an answer, and asks again when its time is up.
fn passes_over(
    stage: &Stage,
    server: Server<'_>,
    program: Program<'_>,
    request: &Request,
    datagram: &[u8],
) -> Outcome<Request> {
    server.answers(request.from, datagram)?;
    gets_again(stage, server, program, request, |other, exit| match (other, exit) {
        (None, Some(Exit::Code(1..))) => error_on_wrong_id(),
        _ => Wrong::cause(
            "bin-form-unchecked",
            "your client took a datagram for the answer that is none: the right one has 16 bytes, \
             begins with the request's first eight, and has 128 or 129 in its third field",
            "look at all of that before you believe it, and go on waiting when one is otherwise",
        ),
    })
}
