//! A demo as text: prose, and terminals with their names in a gutter. Readable without color:
//! what a person types stands in «…», as in the handout.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::wire::Wire;
use super::wrap::{paragraphs, wrap};
use crate::demo::{Fact, Moment, Packets};
use crate::diagram::{self, Exchange};
use crate::evidence::Reading;

const TITLE: Style = Style::new().bold();
const TYPED: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();

/// The lane in which the kernel speaks.
const KERNEL: &str = "kernel";

/// The name beside what was sent.
const WIRE: &str = "wire";

/// The colors of lanes that have none of their own.
const COLORS: [AnsiColor; 3] = [AnsiColor::Yellow, AnsiColor::Blue, AnsiColor::Red];

/// Prose is not set wider than this, however wide the terminal is.
const PROSE_WIDTH: usize = 80;

/// Arrows are not drawn further to the right than this.
const ARROWS_WIDTH: usize = 100;

/// How many arrows are drawn of what was sent at a time: the first and the last.
const ARROWS: usize = 24;

/// Draws one moment after the other.
#[derive(Debug)]
pub(super) struct Picture {
    /// The terminal's columns; none where lines may have any length.
    columns: Option<usize>,
    lanes: Vec<String>,
    /// The width of the widest name.
    gutter: usize,
    wire: Wire,
    last: Last,
}

/// What was drawn last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    Gap,
    Prose,
    Terminal,
}

/// A line of a terminal, a part of which is set in another style.
struct Line<'a> {
    plain: &'a str,
    marked: &'a str,
    style: Style,
}

impl Picture {
    pub(super) fn new(columns: Option<usize>, lanes: &[&str], reading: Option<Reading>) -> Picture {
        let names = lanes.iter().copied().chain([KERNEL]);
        Picture {
            columns,
            gutter: names.map(|name| name.chars().count()).max().unwrap_or(0),
            lanes: lanes.iter().map(|name| (*name).to_owned()).collect(),
            wire: Wire::new(lanes, reading),
            last: Last::Gap,
        }
    }

    /// The title, and what else is to be known before it begins.
    pub(super) fn title(&mut self, title: &str, text: &str) -> String {
        self.last = Last::Prose;
        format!("{TITLE}{title}{TITLE:#}\n{}", paragraphs(text, self.prose_width()))
    }

    /// The last line: what to do next.
    pub(super) fn next(&mut self, label: &str, text: &str) -> String {
        let gap = self.gap_before(Last::Prose);
        let text = paragraphs(&format!("{label} {text}"), self.prose_width());
        format!("{gap}{}", text.replacen(label, &format!("{TITLE}{label}{TITLE:#}"), 1))
    }

    /// What is said in between.
    pub(super) fn prose(&mut self, text: &str) -> String {
        let gap = self.gap_before(Last::Prose);
        format!("{gap}{}", paragraphs(text, self.prose_width()))
    }

    /// Draws a moment.
    pub(super) fn draw(&mut self, moment: &Moment) -> String {
        match moment {
            Moment::Narration(text) => self.prose(text),
            Moment::Pause => self.gap_before(Last::Gap).to_owned(),
            Moment::Started { lane, command } => {
                self.line(lane, &Line { plain: "$ ", marked: command, style: TYPED })
            }
            Moment::Printed { lane, text } => {
                self.line(lane, &Line { plain: text, marked: "", style: TYPED })
            }
            Moment::Typed { lane, prompt, text } => {
                let typed = format!("«{text}»");
                self.line(lane, &Line { plain: prompt, marked: &typed, style: TYPED })
            }
            Moment::Interrupted { lane } => {
                self.line(lane, &Line { plain: "", marked: "^C", style: TYPED })
            }
            Moment::Packets(packets) => self.packets(packets),
            Moment::Kernel(facts) => self.kernel(facts),
        }
    }

    /// All that was sent so far.
    pub(super) fn exchange(&self) -> Exchange {
        self.wire.exchange()
    }

    /// What was sent, as arrows between the lanes; in a narrow terminal as a list.
    fn packets(&mut self, packets: &Packets) -> String {
        let exchange = self.wire.take(packets);
        let columns = self.columns.unwrap_or(PROSE_WIDTH).min(ARROWS_WIDTH);
        let mut rows = diagram::text(&exchange, columns.saturating_sub(self.gutter + 5), ARROWS);
        if packets.left_out > 0 {
            rows += &format!("{FAINT}… and {} packets after these{FAINT:#}\n", packets.left_out);
        }
        if rows.is_empty() {
            return rows;
        }
        let mut out = self.gap_before(Last::Terminal).to_owned();
        let gutter = self.gutter;
        for (at, row) in rows.lines().enumerate() {
            let name = if at == 0 { WIRE } else { "" };
            let _ = writeln!(out, "  {FAINT}{name:>gutter$} │{FAINT:#} {row}");
        }
        out
    }

    fn kernel(&mut self, facts: &[Fact]) -> String {
        let width = self.lanes.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        let mut out = String::new();
        for Fact { lane, what } in facts {
            let text = if self.lanes.len() > 1 {
                format!("{:width$} {what}", format!("{lane}:"), width = width + 1)
            } else {
                format!("{lane}: {what}")
            };
            out += &self.line(KERNEL, &Line { plain: "", marked: &text, style: FAINT });
        }
        out
    }

    fn line(&mut self, lane: &str, line: &Line<'_>) -> String {
        let mut out = self.gap_before(Last::Terminal).to_owned();
        let style = self.style_of(lane);
        let gutter = self.gutter;
        let text = format!("{}{}", line.plain, line.marked);
        let width = self.columns.map_or(usize::MAX, |columns| columns.saturating_sub(gutter + 5));
        let Line { plain, style: mark, .. } = line;
        for (at, piece) in wrap(&text, width).into_iter().enumerate() {
            let name = if at == 0 { lane } else { "" };
            let marked = &text[piece.start.max(plain.len()).min(piece.end)..piece.end];
            let plain = &text[piece.start..piece.end - marked.len()];
            let marked = if marked.is_empty() { "" } else { &format!("{mark}{marked}{mark:#}") };
            let space = if plain.is_empty() && marked.is_empty() { "" } else { " " };
            // Writing to a String cannot fail.
            let _ = writeln!(out, "  {style}{name:>gutter$} │{style:#}{space}{plain}{marked}");
        }
        out
    }

    /// An empty line where one belongs before what comes next.
    fn gap_before(&mut self, next: Last) -> &'static str {
        let gap = match (self.last, next) {
            (Last::Gap, _) | (Last::Terminal, Last::Terminal) => "",
            _ => "\n",
        };
        self.last = next;
        gap
    }

    fn style_of(&self, lane: &str) -> Style {
        let color = match lane {
            KERNEL => return FAINT,
            "server" => AnsiColor::Cyan,
            "client" => AnsiColor::Magenta,
            "program" => AnsiColor::Green,
            _ => {
                let at = self.lanes.iter().position(|known| known == lane).unwrap_or(0);
                COLORS[at % COLORS.len()]
            }
        };
        color.on_default()
    }

    fn prose_width(&self) -> usize {
        self.columns.unwrap_or(PROSE_WIDTH).min(PROSE_WIDTH)
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;
    use crate::demo::Seat;
    use crate::evidence::{Flight, Outcome};

    fn lane() -> String {
        "client".to_owned()
    }

    fn drawn(columns: Option<usize>, moments: &[Moment]) -> String {
        let mut picture = Picture::new(columns, &["server", "client"], None);
        let text: String = moments.iter().map(|moment| picture.draw(moment)).collect();
        anstream::adapter::strip_str(&text).to_string()
    }

    #[test]
    fn prose_and_terminals_stand_apart() {
        let moments = [
            Moment::Narration("One.".into()),
            Moment::Pause,
            Moment::Started { lane: lane(), command: "run".into() },
            Moment::Typed { lane: lane(), prompt: "Name: ".into(), text: "Ada".into() },
            Moment::Printed { lane: lane(), text: String::new() },
            Moment::Interrupted { lane: lane() },
            Moment::Narration("Two.".into()),
            Moment::Kernel(vec![Fact { lane: lane(), what: "no socket".into() }]),
            Moment::Pause,
            Moment::Printed { lane: lane(), text: "end".into() },
        ];
        let expected = "\
One.

  client │ $ run
  client │ Name: «Ada»
  client │
  client │ ^C

Two.

  kernel │ client: no socket

  client │ end
";
        assert_eq!(drawn(None, &moments), expected);
    }

    /// A datagram with this payload, from one port of 127.0.0.1 to another.
    fn flight(from: u16, to: u16, payload: &str) -> Flight {
        let length = payload.len() as u16;
        let mut bytes = vec![0x45, 0];
        bytes.extend((28 + length).to_be_bytes());
        bytes.extend([0, 0, 0, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1]);
        for field in [from, to, 8 + length, 0] {
            bytes.extend(field.to_be_bytes());
        }
        bytes.extend(payload.as_bytes());
        Flight::new(0, bytes.into(), 0, Outcome::Arrived).unwrap()
    }

    fn seat(lane: &str, port: u16) -> Seat {
        let ip = IpAddr::from([127, 0, 0, 1]);
        Seat { lane: lane.into(), host: 0, ip, holds: vec![(ip, port).into()] }
    }

    #[test]
    fn packets_are_arrows_beside_the_gutter_or_a_list() {
        let packets = Packets {
            flights: vec![flight(40000, 12345, "Hello"), flight(12345, 40000, "Hello, Client!")],
            left_out: 7,
            seats: vec![seat("server", 12345), seat("client", 40000)],
        };
        let fact = Fact { lane: lane(), what: "no socket".into() };
        let moments = [Moment::Packets(packets), Moment::Kernel(vec![fact])];
        let wide = "    wire │ client                             server
         │    │──────── \"Hello\" 5 bytes ────────►│
         │    │◄─── \"Hello, Client!\" 14 bytes ───│
         │ … and 7 packets after these
  kernel │ client: no socket
";
        let narrow = "    wire │ client → server
         │   \"Hello\" 5 bytes
         │ server → client
         │   \"Hello, Client!\" 14 bytes
         │ … and 7 packets after these
  kernel │ client: no socket
";
        assert_eq!(drawn(None, &moments), wide);
        assert_eq!(drawn(Some(120), &moments), wide);
        assert_eq!(drawn(Some(40), &moments), narrow);
    }

    #[test]
    fn a_long_line_goes_on_beside_the_gutter() {
        let text = "Response from server: 'Hello'".to_owned();
        let moments = [Moment::Printed { lane: lane(), text }];
        let expected = "  client │ Response from\n         │ server: 'Hello'\n";
        assert_eq!(drawn(Some(30), &moments), expected);
    }

    #[test]
    fn only_what_is_typed_is_marked() {
        let mut picture = Picture::new(Some(26), &["client"], None);
        let moment =
            Moment::Typed { lane: lane(), prompt: "Your name: ".into(), text: "Ada L".into() };
        let text = picture.draw(&moment);
        assert!(text.contains(&format!("Your name: {TYPED}«Ada{TYPED:#}\n")), "{text:?}");
        assert!(text.contains(&format!(" {TYPED}L»{TYPED:#}\n")), "{text:?}");
    }
}
