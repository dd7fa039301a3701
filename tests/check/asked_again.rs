//! Words for what comes again, or does not come at all.

use std::time::Duration;

use socklab::check::Stage;
use socklab::evidence::{Exit, Role};
use socklab::network::{Choice, Layout};

use super::{ADDRESS, finish, play, stage};

fn client(script: &str) -> Stage {
    let beginning = "from socket import *\ns = socket(AF_INET, SOCK_DGRAM)\ns.settimeout(10)\n";
    let script = format!("{beginning}to = ('127.0.0.1', 12345)\n{script}");
    stage(Role::Client, &script, Choice::Auto, Layout::default())
}

pub fn what_is_repeated_is_answered_and_nobody_is_told() {
    let asks = "for _ in range(3):\n    s.sendto(b'ask', to)\n    assert s.recv(99) == b'answer'\n\
                s.sendto(b'end', to)\ns.recv(99)";
    let played = finish(client(asks), |stage| {
        let server = stage.server_at(ADDRESS)?;
        let program = stage.program()?;
        let from = server.gets("ask")?;
        server.answers(from, "answer")?;
        server.repeats("ask", "answer");
        let from = server.gets("end")?;
        server.answers(from, "")?;
        program.ends_well()
    });
    played.passes();
}

pub fn what_came_before_it_is_repeated_is_answered_too() {
    let asks = "s.sendto(b'ask', to)\ns.sendto(b'ask', to)\ns.sendto(b'more', to)\n\
                assert s.recv(99) == s.recv(99) == b'answer'";
    let played = finish(client(asks), |stage| {
        let server = stage.server_at(ADDRESS)?;
        let program = stage.program()?;
        let from = server.gets("ask")?;
        stage.comes_to_rest()?;
        server.answers(from, "answer")?;
        server.repeats("ask", "answer");
        server.gets("more")?;
        program.ends_well()
    });
    played.passes();
}

pub fn where_nothing_comes_next_there_is_none() {
    let played = finish(client("s.sendto(b'one', to)\nexit(3)"), |stage| {
        let server = stage.server_at(ADDRESS)?;
        let program = stage.program()?;
        assert_eq!(server.next()?.map(|request| request.payload), Some(b"one".to_vec()));
        assert!(server.next()?.is_none());
        assert_eq!(program.exit(), Some(Exit::Code(3)));
        assert_eq!(program.ends()?, Exit::Code(3));
        Ok(())
    });
    played.passes();
}

/// The first runs on when the second starts, and has asked twice.
pub fn what_an_earlier_program_sent_is_forgotten() {
    let asks = "import sys\nfor _ in range(2):\n    s.sendto(sys.argv[1].encode(), to)\ns.recv(99)";
    let played = finish(client(asks), |stage| {
        let server = stage.server_at(ADDRESS)?;
        stage.program_with(&["first"])?;
        let first = server.gets("first")?;
        let program = stage.program_with(&["second"])?;
        let second = server.gets("second")?;
        assert_ne!(first, second);
        server.answers(first, "nobody is there")?;
        stage.comes_to_rest()?;
        assert!(!server.has_got(|got| got == b"first") && program.exit().is_none());
        server.answers(second, "here")?;
        program.ends_well()
    });
    played.passes();
}

pub fn what_is_called_off_is_not_sent() {
    let played = finish(client("s.sendto(b'one', to)\ns.recv(99)"), |stage| {
        let server = stage.server_at(ADDRESS)?;
        let program = stage.program()?;
        let from = server.gets("one")?;
        server.answers_in(Duration::from_secs(3600), from, "late");
        stage.calls_off();
        stage.comes_to_rest()?;
        server.answers(from, "now")?;
        program.ends_well()
    });
    played.passes();
}

pub fn a_flood_of_ones_own_counts_its_answers() {
    let played = play(
        "n = 0",
        "m, who = s.recvfrom(99); n += 1; n % 2 or s.sendto(m, who)",
        |server, client| {
            let bursts = (0..20).map(|number: u8| vec![vec![number], vec![number]]);
            client.floods_with(bursts, 1)?;
            client.sends("odd")?;
            client.gets_no_answer()?;
            client.sends("even")?;
            client.gets("even")?;
            server.keeps_running()
        },
    );
    played.passes();
    assert!(played.tells("sent 40 datagrams"));
}
