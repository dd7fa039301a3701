//! Wrong programs for lab 10, each as short as its mistake allows.
//!
//! What they do right is in mistakes/right.rs, so that a program shows only what is wrong.

#[path = "mistakes/answers.rs"]
mod answers;
#[path = "mistakes/figures.rs"]
mod figures;
#[path = "../mistakes.rs"]
mod mistakes;
#[path = "mistakes/pings.rs"]
mod pings;
#[path = "mistakes/right.rs"]
mod right;

use answers::*;
use figures::*;
use mistakes::Mistake;
use pings::*;

fn main() -> std::process::ExitCode {
    mistakes::run(&[
        Mistake::new("udp-stream-socket", "ten-pings", udp_stream_socket),
        Mistake::new("udp-wrong-port", "ten-pings", udp_wrong_port),
        Mistake::new("udp-port-byte-order", "ten-pings", udp_port_byte_order),
        Mistake::new("addr-localhost-v6-first", "ten-pings", addr_localhost_v6_first),
        Mistake::new("udp-send-unconnected", "ten-pings", udp_send_unconnected),
        Mistake::new("udp-sends-ahead", "ten-pings", udp_sends_ahead),
        Mistake::new("to-any-error-is-timeout", "ten-pings", to_any_error_is_timeout),
        Mistake::new("count-off-by-one", "ten-pings", count_off_by_one),
        Mistake::new("count-off-by-one.twenty", "ten-pings", count_off_by_one_twenty),
        Mistake::new("match-no-number", "ten-pings", match_no_number),
        Mistake::new("exit-code-inverted", "ends", exit_code_inverted),
        Mistake::new("exit-never", "ends", exit_never),
        Mistake::new("to-wrong-value.short", "prints-each-time", to_wrong_value_short),
        Mistake::new("rtt-cpu-clock", "prints-each-time", rtt_cpu_clock),
        Mistake::new("stats-invented.since-the-start", "prints-each-time", since_the_start),
        Mistake::new("out-silent", "prints-each-time", out_silent),
        Mistake::new("to-none", "times-out", to_none),
        Mistake::new("to-wrong-value", "times-out", to_wrong_value),
        Mistake::new("to-uncaught", "times-out", to_uncaught),
        Mistake::new("to-gives-up", "times-out", to_gives_up),
        Mistake::new("out-silent.of-a-loss", "times-out", out_silent_of_a_loss),
        Mistake::new("stats-whole-numbers", "loss", stats_whole_numbers),
        Mistake::new("stats-invented.answered", "loss", stats_invented_answered),
        Mistake::new("out-silent.at-the-end", "loss", out_silent_at_the_end),
        Mistake::new("stats-lost-in-average", "statistics", stats_lost_in_average),
        Mistake::new("stats-lost-in-average.second", "statistics", stats_lost_in_average_second),
        Mistake::new("stats-invented.least", "statistics", stats_invented_least),
        Mistake::new("match-too-strict", "capitals", match_too_strict),
        Mistake::new("match-late-reply", "late", match_late_reply),
        Mistake::new("match-late-reply.remembers", "late", match_late_reply_remembers),
        Mistake::new("stats-counts-datagrams.late", "late", stats_counts_datagrams_late),
        Mistake::new("stats-counts-datagrams", "twice", stats_counts_datagrams),
        Mistake::new("match-source-unchecked", "stranger", match_source_unchecked),
        Mistake::new("match-source-unchecked.port", "stranger", match_source_unchecked_port),
        Mistake::new("enc-strict-decode-crash", "not-text", enc_strict_decode_crash),
        Mistake::new("udp-empty-not-served", "empty", udp_empty_not_served),
        Mistake::new("exit-crashed", "empty", exit_crashed),
        Mistake::new("exit-crashed.beyond-the-buffer", "huge", exit_crashed_beyond_the_buffer),
        Mistake::new("to-restarted-by-noise", "noise", to_restarted_by_noise),
        Mistake::new("to-stats-divide-by-zero", "silence", to_stats_divide_by_zero),
        Mistake::new("to-gives-up.after-three", "silence", to_gives_up_after_three),
        Mistake::new("udp-refused-is-fatal", "closed-port", udp_refused_is_fatal),
    ])
}
