//! Wrong programs for lab 13: the server's first, then the client's.
//!
//! What they do right is in `mistakes/`, so that a program shows only what is wrong.

#[path = "mistakes/client.rs"]
mod client;
#[path = "../mistakes.rs"]
mod mistakes;
mod packet;
#[path = "mistakes/server.rs"]
mod server;
#[path = "mistakes/transfer.rs"]
mod transfer;

use std::io;

use client::Client;
use mistakes::Mistake;
use server::Server;
use transfer::Ways;

fn main() -> std::process::ExitCode {
    mistakes::run(&[
        Mistake::new("udp-wrong-port", "is-bound", udp_wrong_port),
        Mistake::new("tftp-ack-ignored", "sends-a-file", tftp_ack_ignored),
        Mistake::new("tftp-server-uses-69", "sends-a-file", tftp_server_uses_69),
        Mistake::new("tftp-block-order", "sends-a-file", tftp_block_order),
        Mistake::new("tftp-end-missing", "ends-files", tftp_end_missing),
        Mistake::new("tftp-end-missing.empty", "takes-files", tftp_end_missing_empty),
        Mistake::new("tftp-text-mode", "takes-files", tftp_text_mode),
        Mistake::new("tftp-half-file", "whole-or-not", tftp_half_file),
        Mistake::new("tftp-half-file.kept", "whole-or-not", tftp_half_file_kept),
        Mistake::new("tftp-error-missing", "says-not-found", tftp_error_missing),
        Mistake::new("tftp-error-code", "says-not-found", tftp_error_code),
        Mistake::new("tftp-traversal", "stays-inside", tftp_traversal),
        Mistake::new("tftp-traversal.letters", "stays-inside", tftp_traversal_letters),
        Mistake::new("tftp-traversal.link", "stays-inside", tftp_traversal_link),
        Mistake::new("tftp-netascii-binary", "octet-only", tftp_netascii_binary),
        Mistake::new("tftp-options-refused", "passes-over-options", tftp_options_refused),
        Mistake::new("tftp-options-blind.all", "passes-over-options", tftp_options_blind_all),
        Mistake::new("tftp-options-blind", "keeps-to-options", tftp_options_blind),
        Mistake::new("tftp-never-resends", "sends-again", tftp_never_resends),
        Mistake::new("tftp-never-gives-up.served", "ends-silence", tftp_never_gives_up_served),
        Mistake::new("tftp-wrong-waits.few", "ends-silence", tftp_wrong_waits_few),
        Mistake::new("tftp-socket-kept", "ends-silence", tftp_socket_kept),
        Mistake::new("exit-crashed.silence", "ends-silence", exit_crashed_silence),
        Mistake::new("tftp-half-file.silence", "drops-halves", tftp_half_file_silence),
        Mistake::new("tftp-sas", "sends-once", tftp_sas),
        Mistake::new("tftp-ack-ignored.number", "sends-once", tftp_ack_ignored_number),
        Mistake::new("tftp-wrong-waits", "sends-in-time", tftp_wrong_waits),
        Mistake::new("to-restarted-by-noise", "sends-in-time", to_restarted_by_noise),
        Mistake::new("tftp-dup-written", "acknowledges-again", tftp_dup_written),
        Mistake::new("tftp-last-ack-lost", "last-ack", tftp_last_ack_lost),
        Mistake::new("tftp-tid-unchecked", "strangers", tftp_tid_unchecked),
        Mistake::new("tftp-tid-silent", "strangers", tftp_tid_silent),
        Mistake::new("tftp-tid-unchecked.error", "strangers", tftp_tid_unchecked_error),
        Mistake::new("tftp-error-answered", "answers-no-error", tftp_error_answered),
        Mistake::new("tftp-one-at-a-time", "serves-many", tftp_one_at_a_time),
        Mistake::new("exit-crashed", "serves-on", exit_crashed),
        Mistake::new("tftp-rollover.byte", "large-file", tftp_rollover_byte),
        Mistake::new("tftp-rollover", "many-blocks", tftp_rollover),
        Mistake::new("tftp-rollover.taken", "takes-many", tftp_rollover_taken),
        Mistake::new("tftp-rollover.placed", "takes-many", tftp_rollover_placed),
        Mistake::new("tftp-request-malformed", "asks", tftp_request_malformed),
        Mistake::new("tftp-netascii-binary.asked", "asks", tftp_netascii_binary_asked),
        Mistake::new("tftp-client-stays-on-69", "fetches", tftp_client_stays_on_69),
        Mistake::new("tftp-client-connects-to-69", "fetches", tftp_client_connects_to_69),
        Mistake::new("tftp-text-mode.fetched", "fetches", tftp_text_mode_fetched),
        Mistake::new("tftp-end-missing.fetched", "fetches-lengths", tftp_end_missing_fetched),
        Mistake::new("tftp-end-missing.brought", "brings", tftp_end_missing_brought),
        Mistake::new("tftp-never-resends.request", "asks-again", tftp_never_resends_request),
        Mistake::new("tftp-never-gives-up", "gives-up", tftp_never_gives_up),
        Mistake::new("tftp-never-gives-up.late", "gives-up", tftp_never_gives_up_late),
        Mistake::new("tftp-wrong-waits.asked-few", "gives-up", tftp_wrong_waits_asked_few),
        Mistake::new("tftp-error-ignored", "heeds-errors", tftp_error_ignored),
        Mistake::new("tftp-error-ignored.status", "heeds-errors", tftp_error_ignored_status),
        Mistake::new("tftp-half-file.fetched", "keeps-no-half", tftp_half_file_fetched),
        Mistake::new("tftp-half-file.fetched-kept", "keeps-no-half", tftp_half_file_fetched_kept),
        Mistake::new("tftp-dup-unanswered", "fetches-once", tftp_dup_unanswered),
        Mistake::new("tftp-dup-written.fetched", "fetches-once", tftp_dup_written_fetched),
        Mistake::new("tftp-last-ack-lost.fetched", "fetches-last", tftp_last_ack_lost_fetched),
        Mistake::new("tftp-never-resends.block", "brings-again", tftp_never_resends_block),
        Mistake::new("tftp-sas.brought", "brings-once", tftp_sas_brought),
        Mistake::new("tftp-wrong-waits.asked", "brings-in-time", tftp_wrong_waits_asked),
        Mistake::new(
            "to-restarted-by-noise.brought",
            "brings-in-time",
            to_restarted_by_noise_brought,
        ),
        Mistake::new("tftp-tid-unchecked.fetched", "fetches-no-other", tftp_tid_unchecked_fetched),
        Mistake::new(
            "tftp-tid-unchecked.fetched-error",
            "fetches-no-other",
            tftp_tid_unchecked_fetched_error,
        ),
        Mistake::new("tftp-error-answered.fetched", "says-no-error", tftp_error_answered_fetched),
        Mistake::new("tftp-options-blind.asked", "fetches-in-blocks", tftp_options_blind_asked),
        Mistake::new("tftp-options-blind.wanted", "fetches-in-blocks", tftp_options_blind_wanted),
        Mistake::new("exit-crashed.fetched", "bears-garbage", exit_crashed_fetched),
        Mistake::new("tftp-rollover.fetched-byte", "fetches-large", tftp_rollover_fetched_byte),
        Mistake::new("tftp-rollover.fetched", "fetches-many", tftp_rollover_fetched),
        Mistake::new("tftp-rollover.brought", "brings-many", tftp_rollover_brought),
    ])
}

// The server: is-bound, sends-a-file

/// Is one port too high.
fn udp_wrong_port() -> io::Result<()> {
    server::serve(Server { is_next_door: true, ..Server::default() })
}

/// Sends all blocks, and reads no ACK.
fn tftp_ack_ignored() -> io::Result<()> {
    server::transfers(Ways { awaits_no_ack: true, ..Ways::default() })
}

/// Serves everybody from the port to which requests come.
fn tftp_server_uses_69() -> io::Result<()> {
    server::serve(Server { has_one_port: true, ..Server::default() })
}

/// Writes block numbers with their lower byte first, and reads them so.
fn tftp_block_order() -> io::Result<()> {
    server::transfers(Ways { swaps_numbers: true, ..Ways::default() })
}

// ends-files, takes-files

/// Ends with the last byte of the file, also where the last block is full.
fn tftp_end_missing() -> io::Result<()> {
    server::transfers(Ways { forgets_the_end: true, ..Ways::default() })
}

/// Takes an empty block for nothing.
fn tftp_end_missing_empty() -> io::Result<()> {
    server::transfers(Ways { sees_no_empty_end: true, ..Ways::default() })
}

/// Makes text of what comes.
fn tftp_text_mode() -> io::Result<()> {
    server::transfers(Ways { takes_for_text: true, ..Ways::default() })
}

// whole-or-not, says-not-found, stays-inside, octet-only

/// Writes into the file itself.
fn tftp_half_file() -> io::Result<()> {
    server::transfers(Ways { writes_in_place: true, ..Ways::default() })
}

/// Leaves the file of another name where it is when the transfer fails.
fn tftp_half_file_kept() -> io::Result<()> {
    server::transfers(Ways { keeps_the_part: true, ..Ways::default() })
}

/// Tells its log what the system says, and not the client.
fn tftp_error_missing() -> io::Result<()> {
    server::serve(Server { keeps_errors_to_itself: true, ..Server::default() })
}

/// Sends the same code for whatever goes wrong.
fn tftp_error_code() -> io::Result<()> {
    server::serve(Server { has_one_code: true, ..Server::default() })
}

/// Joins the folder and the name, whatever that is.
fn tftp_traversal() -> io::Result<()> {
    server::serve(Server { joins_any_name: true, ..Server::default() })
}

/// Looks whether the path begins with the letters of the folder's: so does `served-not`.
fn tftp_traversal_letters() -> io::Result<()> {
    server::serve(Server { compares_letters: true, ..Server::default() })
}

/// Looks at the name, and not at where it leads.
fn tftp_traversal_link() -> io::Result<()> {
    server::serve(Server { follows_links: true, ..Server::default() })
}

/// Does not look at the mode.
fn tftp_netascii_binary() -> io::Result<()> {
    server::serve(Server { takes_any_mode: true, ..Server::default() })
}

// passes-over-options, keeps-to-options

/// Refuses what it does not know.
fn tftp_options_refused() -> io::Result<()> {
    server::serve(Server { refuses_options: true, ..Server::default() })
}

/// Grants whatever is asked for.
fn tftp_options_blind_all() -> io::Result<()> {
    server::serve(Server { grants_all: true, ..Server::default() })
}

/// Grants a size, and sends blocks of 512 bytes.
fn tftp_options_blind() -> io::Result<()> {
    server::serve(Server { forgets_what_it_grants: true, ..Server::default() })
}

// sends-again, ends-silence, drops-halves

/// Waits for an ACK without a limit.
fn tftp_never_resends() -> io::Result<()> {
    server::transfers(Ways { sends_data_once: true, ..Ways::default() })
}

/// Sends a block again and again, until its ACK comes.
fn tftp_never_gives_up_served() -> io::Result<()> {
    server::transfers(Ways { sends_for_ever: true, ..Ways::default() })
}

/// Gives up when a block and its repetition are lost.
fn tftp_wrong_waits_few() -> io::Result<()> {
    server::transfers(Ways { tries: Some(2), first_wait_ms: Some(400), ..Ways::default() })
}

/// Gives up, and keeps the socket.
fn tftp_socket_kept() -> io::Result<()> {
    server::transfers(Ways { keeps_the_socket: true, ..Ways::default() })
}

/// Ends, and all other transfers with it.
fn exit_crashed_silence() -> io::Result<()> {
    server::transfers(Ways { ends_with_its_client: true, ..Ways::default() })
}

/// Writes what comes until nothing comes any more.
fn tftp_half_file_silence() -> io::Result<()> {
    server::transfers(Ways { takes_silence_for_the_end: true, ..Ways::default() })
}

// sends-once, sends-in-time, acknowledges-again, last-ack

/// Sends a block again when another ACK comes than that of the block.
fn tftp_sas() -> io::Result<()> {
    server::transfers(Ways { sends_on_old_ack: true, ..Ways::default() })
}

/// Takes any ACK for that of the block.
fn tftp_ack_ignored_number() -> io::Result<()> {
    server::transfers(Ways { takes_any_ack: true, ..Ways::default() })
}

/// Waits for a second.
fn tftp_wrong_waits() -> io::Result<()> {
    server::transfers(Ways { first_wait_ms: Some(1000), ..Ways::default() })
}

/// Waits anew whenever something comes.
fn to_restarted_by_noise() -> io::Result<()> {
    server::transfers(Ways { begins_anew: true, ..Ways::default() })
}

/// Writes what comes, also when it has it.
fn tftp_dup_written() -> io::Result<()> {
    server::transfers(Ways { writes_twice: true, ..Ways::default() })
}

/// Forgets the transfer once the last ACK is sent.
fn tftp_last_ack_lost() -> io::Result<()> {
    server::transfers(Ways { leaves_at_once: true, ..Ways::default() })
}

// strangers, answers-no-error, serves-many, serves-on

/// Does not compare who has sent.
fn tftp_tid_unchecked() -> io::Result<()> {
    server::transfers(Ways { believes_strangers: true, ..Ways::default() })
}

/// Passes over others without a word.
fn tftp_tid_silent() -> io::Result<()> {
    server::transfers(Ways { ignores_strangers: true, ..Ways::default() })
}

/// Looks for an ERROR before it compares who has sent.
fn tftp_tid_unchecked_error() -> io::Result<()> {
    server::transfers(Ways { heeds_any_error: true, ..Ways::default() })
}

/// Answers an ERROR as whatever else it cannot use.
fn tftp_error_answered() -> io::Result<()> {
    server::transfers(Ways { answers_errors: true, ..Ways::default() })
}

/// Has one thread for all.
fn tftp_one_at_a_time() -> io::Result<()> {
    server::serve(Server { serves_one: true, ..Server::default() })
}

/// Reads the second byte of every datagram.
fn exit_crashed() -> io::Result<()> {
    server::serve(Server { dies_of_garbage: true, ..Server::default() })
}

// large-file, many-blocks, takes-many

/// Counts blocks in one byte.
fn tftp_rollover_byte() -> io::Result<()> {
    server::transfers(Ways { last_sent: Some(255), ..Ways::default() })
}

/// Lets nothing follow block 65535.
fn tftp_rollover() -> io::Result<()> {
    server::transfers(Ways { last_sent: Some(65535), ..Ways::default() })
}

/// Takes no block behind 65535.
fn tftp_rollover_taken() -> io::Result<()> {
    server::transfers(Ways { last_taken: Some(65535), ..Ways::default() })
}

/// Puts each block where its number says.
fn tftp_rollover_placed() -> io::Result<()> {
    server::transfers(Ways { places_by_number: true, ..Ways::default() })
}

// The client: asks, fetches

/// Leaves out the zero byte behind the mode.
fn tftp_request_malformed() -> io::Result<()> {
    client::ask(Client { forgets_the_zero: true, ..Client::default() })
}

/// Asks in the mode for text.
fn tftp_netascii_binary_asked() -> io::Result<()> {
    client::ask(Client { asks_in: Some("netascii"), ..Client::default() })
}

/// Acknowledges to the port that it has asked.
fn tftp_client_stays_on_69() -> io::Result<()> {
    client::ask(Client { stays: true, ..Client::default() })
}

/// Connects its socket to the port that it asks.
fn tftp_client_connects_to_69() -> io::Result<()> {
    client::ask(Client { connects: true, ..Client::default() })
}

/// Makes text of what comes.
fn tftp_text_mode_fetched() -> io::Result<()> {
    client::transfers(Ways { takes_for_text: true, ..Ways::default() })
}

// fetches-lengths, brings, asks-again, gives-up

/// Takes an empty block for nothing.
fn tftp_end_missing_fetched() -> io::Result<()> {
    client::transfers(Ways { sees_no_empty_end: true, ..Ways::default() })
}

/// Ends with the last byte of the file, also where the last block is full.
fn tftp_end_missing_brought() -> io::Result<()> {
    client::transfers(Ways { forgets_the_end: true, ..Ways::default() })
}

/// Asks once, and waits without a limit.
fn tftp_never_resends_request() -> io::Result<()> {
    client::ask(Client { asks_once: true, ..Client::default() })
}

/// Asks until somebody answers.
fn tftp_never_gives_up() -> io::Result<()> {
    client::ask(Client { asks_for_ever: true, ..Client::default() })
}

/// Gives up, but not before a quarter of a minute has passed.
fn tftp_never_gives_up_late() -> io::Result<()> {
    client::transfers(Ways { tries: Some(18), ..Ways::default() })
}

/// Gives up when the request and its repetition are lost.
fn tftp_wrong_waits_asked_few() -> io::Result<()> {
    client::transfers(Ways { tries: Some(2), first_wait_ms: Some(400), ..Ways::default() })
}

// heeds-errors, keeps-no-half

/// Takes an ERROR in the place of the first block for the end of the file.
fn tftp_error_ignored() -> io::Result<()> {
    client::ask(Client { takes_an_error_for_the_end: true, ..Client::default() })
}

/// Prints the error, and ends as if all were well.
fn tftp_error_ignored_status() -> io::Result<()> {
    client::ask(Client { ends_errors_well: true, ..Client::default() })
}

/// Writes into the file itself.
fn tftp_half_file_fetched() -> io::Result<()> {
    client::transfers(Ways { writes_in_place: true, ..Ways::default() })
}

/// Leaves the file of another name where it is when the transfer fails.
fn tftp_half_file_fetched_kept() -> io::Result<()> {
    client::transfers(Ways { keeps_the_part: true, ..Ways::default() })
}

// fetches-once, fetches-last, brings-again, brings-once, brings-in-time

/// Passes over a block that it has.
fn tftp_dup_unanswered() -> io::Result<()> {
    client::transfers(Ways { never_repeats_an_ack: true, ..Ways::default() })
}

/// Writes what comes, also when it has it.
fn tftp_dup_written_fetched() -> io::Result<()> {
    client::transfers(Ways { writes_twice: true, ..Ways::default() })
}

/// Ends with the last ACK.
fn tftp_last_ack_lost_fetched() -> io::Result<()> {
    client::transfers(Ways { leaves_at_once: true, ..Ways::default() })
}

/// Repeats its request, and no block.
fn tftp_never_resends_block() -> io::Result<()> {
    client::transfers(Ways { sends_data_once: true, ..Ways::default() })
}

/// Sends a block again when another ACK comes than that of the block.
fn tftp_sas_brought() -> io::Result<()> {
    client::transfers(Ways { sends_on_old_ack: true, ..Ways::default() })
}

/// Waits for a second.
fn tftp_wrong_waits_asked() -> io::Result<()> {
    client::transfers(Ways { first_wait_ms: Some(1000), ..Ways::default() })
}

/// Waits anew whenever something comes.
fn to_restarted_by_noise_brought() -> io::Result<()> {
    client::transfers(Ways { begins_anew: true, ..Ways::default() })
}

// fetches-no-other, says-no-error, fetches-in-blocks, bears-garbage

/// Does not compare who has sent.
fn tftp_tid_unchecked_fetched() -> io::Result<()> {
    client::transfers(Ways { believes_strangers: true, ..Ways::default() })
}

/// Looks for an ERROR before it compares who has sent.
fn tftp_tid_unchecked_fetched_error() -> io::Result<()> {
    client::transfers(Ways { heeds_any_error: true, ..Ways::default() })
}

/// Answers an ERROR as whatever else it cannot use.
fn tftp_error_answered_fetched() -> io::Result<()> {
    client::transfers(Ways { answers_errors: true, ..Ways::default() })
}

/// Expects blocks of the size that it has asked for.
fn tftp_options_blind_asked() -> io::Result<()> {
    client::ask(Client { believes_in_options: true, ..Client::default() })
}

/// Gives up when the server knows no options.
fn tftp_options_blind_wanted() -> io::Result<()> {
    client::ask(Client { expects_an_oack: true, ..Client::default() })
}

/// Reads the first four bytes of every datagram.
fn exit_crashed_fetched() -> io::Result<()> {
    client::transfers(Ways { takes_garbage: true, ..Ways::default() })
}

// fetches-large, fetches-many, brings-many

/// Counts blocks in one byte.
fn tftp_rollover_fetched_byte() -> io::Result<()> {
    client::transfers(Ways { last_taken: Some(255), ..Ways::default() })
}

/// Lets nothing follow block 65535.
fn tftp_rollover_fetched() -> io::Result<()> {
    client::transfers(Ways { last_taken: Some(65535), ..Ways::default() })
}

/// Sends no block behind 65535.
fn tftp_rollover_brought() -> io::Result<()> {
    client::transfers(Ways { last_sent: Some(65535), ..Ways::default() })
}
