//! Values as tables: what is written, what it means, and what is said of a wrong one.

use super::*;

/// What is displayed of a value that was read, or why it cannot be read.
fn read<T: FromStr<Err = WrongValue> + fmt::Display>(text: &str) -> String {
    match text.parse::<T>() {
        Ok(value) => value.to_string(),
        Err(why) => format!("! {why}"),
    }
}

#[test]
fn a_chance_is_a_percentage_or_a_fraction() {
    for (text, shown) in [
        ("5%", "5%"),
        ("0.05", "5%"),
        ("7 %", "7%"),
        ("0.1%", "0.1%"),
        ("0", "0%"),
        ("1", "100%"),
        ("100%", "100%"),
        (".5", "50%"),
        ("101%", "! more than 100%, which is always"),
        ("101", "! more than 100%, which is always"),
        ("5", "! more than 1; did you mean 5%?"),
        ("-1%", "! not a number of 0 or more, as in 5% or 0.05"),
        ("NaN", "! not a number of 0 or more, as in 5% or 0.05"),
        ("", "! not a number of 0 or more, as in 5% or 0.05"),
        ("1.2.3", "! not a number of 0 or more, as in 5% or 0.05"),
        ("5 percent", "! a chance is written 5% or 0.05"),
        ("1e-3", "! a chance is written 5% or 0.05"),
    ] {
        assert_eq!(read::<Chance>(text), shown, "{text}");
    }
}

#[test]
fn a_time_has_a_unit() {
    for (text, shown) in [
        ("20ms", "20ms"),
        ("1.2s", "1.2s"),
        ("1200ms", "1.2s"),
        ("0.5 ms", "500us"),
        ("1ns", "1ns"),
        ("1.000000001s", "1.000000001s"),
        ("0", "0s"),
        ("3600s", "3600s"),
        ("20", "! a time needs a unit, as in 20ms or 20s"),
        ("20msec", "! there is no unit msec: a time is in ns, us, ms or s"),
        ("1m", "! there is no unit m: a time is in ns, us, ms or s"),
        ("3601s", "! longer than an hour"),
        ("soon", "! not a number of 0 or more, as in 20ms"),
    ] {
        assert_eq!(read::<Span>(text), shown, "{text}");
    }
}

#[test]
fn a_time_in_a_sentence_is_short() {
    for (ns, shown) in [
        (0, "0 s"),
        (1_200_000_000, "1.2 s"),
        (13_482_913, "13.483 ms"),
        (1_000_400, "1 ms"),
        (1_234, "1.234 us"),
        (7, "7 ns"),
    ] {
        assert_eq!(format!("{:#}", Span::from_ns(ns)), shown);
    }
}

#[test]
fn a_rate_is_in_bits_a_second_and_never_0() {
    let units = "a rate is in bit, kbit, mbit or gbit";
    for (text, shown) in [
        ("10mbit", "10mbit"),
        ("1.5Mbit", "1500kbit"),
        ("9600bit", "9600bit"),
        ("2000 kbit", "2mbit"),
        ("0mbit", "! a rate of 0 carries nothing; the least is 1bit, a bit a second"),
        ("10", "! a rate needs a unit, as in 10kbit or 10mbit"),
        ("10mbps", &format!("! there is no unit mbps: {units}")),
        ("10MB", &format!("! there is no unit MB: {units}")),
        ("fast", "! not a number of 0 or more, as in 10mbit"),
    ] {
        assert_eq!(read::<Rate>(text), shown, "{text}");
    }
    let rate: Rate = "8kbit".parse().unwrap();
    assert_eq!(rate.time_ns(1), 1_000_000);
    let rate: Rate = "3bit".parse().unwrap();
    assert_eq!(rate.time_ns(1), 2_666_666_667);
}

#[test]
fn a_queue_and_a_pace_are_numbers_of_packets() {
    for (text, shown) in [
        ("50", "50"),
        ("1", "1"),
        ("0", "! a queue of 0 carries nothing; the least is 1"),
        ("-1", "! a queue is a number of packets, from 1 to 1000000, as in 50"),
        ("1000001", "! a queue is a number of packets, from 1 to 1000000, as in 50"),
        ("50ms", "! a queue is a number of packets, from 1 to 1000000, as in 50"),
    ] {
        assert_eq!(read::<QueueLength>(text), shown, "{text}");
        assert_eq!(read::<Pace>(text), shown.replace("a queue", "a pace"), "{text}");
    }
}
