//! An exchange as text for a terminal. Readable without color: every mark is a character too.

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use super::label::cut;
use super::{Arrow, End, Exchange, Fate, Lane, ends};

const STRONG: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Cyan.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// The least columns between two lanes in which an arrow says anything.
const NARROWEST: usize = 24;

/// More columns between two lanes than this are hard to follow.
const WIDEST: usize = 60;

/// The columns of an arrow beside its label: two dashes, a space, a space, two dashes and a head.
const SHAFT: usize = 7;

/// In a list, a label that would have fewer columns than this stands on a line of its own.
const LEGIBLE: usize = 16;

/// How many columns of an arrow that fails are left empty before its end, at least.
const GAP: usize = 3;

/// Draws an exchange in at most `width` columns and with at most `most` arrows, the first ones and
/// the last ones. Below some forty columns, and where there are too many lanes for the width, it
/// is a list.
///
/// The lines end with a line end each; an exchange without arrows has none.
pub fn text(exchange: &Exchange, width: usize, most: usize) -> String {
    if exchange.is_empty() {
        return String::new();
    }
    let (first, more, last) = ends(&exchange.arrows, most.max(2));
    let shown: Vec<&Arrow> = first.iter().chain(last).collect();
    let layout = Layout::of(&exchange.lanes, &shown, width);
    let mut out = layout.as_ref().map(|layout| layout.heading(&exchange.lanes)).unwrap_or_default();
    for (at, arrow) in shown.into_iter().enumerate() {
        if more > 0 && at == first.len() {
            out += &left_out(layout.as_ref(), more);
        }
        out += &match &layout {
            Some(layout) => layout.arrow(arrow),
            None => listed(&exchange.lanes, arrow, width),
        };
    }
    out
}

fn left_out(layout: Option<&Layout>, more: usize) -> String {
    let words = format!("… {more} more");
    match layout {
        Some(layout) => {
            let room = layout.columns[1] - layout.columns[0];
            let at = layout.columns[0] + (room.saturating_sub(words.width()) / 2).max(1);
            layout.lanes().and(at, &words, FAINT).line()
        }
        None => format!("{FAINT}{words}{FAINT:#}\n"),
    }
}

/// An arrow where there is no room to draw it.
fn listed(lanes: &[Lane], arrow: &Arrow, width: usize) -> String {
    let name = |end: End| end.lane().map_or("nobody", |lane| lanes[lane].title.as_str());
    let head = if arrow.fate == Fate::Failed { "✗" } else { "→" };
    let way = format!("{} {head} {}", name(arrow.from), name(arrow.to));
    let beside = width.saturating_sub(way.width() + 1);
    let (gap, room) = match arrow.label.fit(WIDEST).width() > beside && beside < LEGIBLE {
        true => ("\n  ", width.saturating_sub(2)),
        false => (" ", beside),
    };
    let label = arrow.label.fit(room.max(LEGIBLE));
    let mut out = format!("{STRONG}{way}{STRONG:#}{gap}{label}\n");
    for note in &arrow.notes {
        out += &lines(note, width.saturating_sub(2), |line| format!("  {FAINT}{line}{FAINT:#}\n"));
    }
    out
}

fn lines(text: &str, width: usize, line: impl Fn(&str) -> String) -> String {
    wrap(text, width).iter().map(|text| line(text)).collect()
}

/// Breaks a text at spaces; a word that is longer than a line is cut.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(last) if last.width() + 1 + word.width() <= width => {
                last.push(' ');
                last.push_str(word);
            }
            _ => lines.push(cut(word, width.max(1))),
        }
    }
    lines
}

/// Where everything stands.
#[derive(Debug)]
struct Layout {
    width: usize,
    /// The column of each lane's line. A lane that is alone has the open beside it.
    columns: Vec<usize>,
    lanes: usize,
}

impl Layout {
    /// `None` when there is no room.
    fn of(lanes: &[Lane], arrows: &[&Arrow], width: usize) -> Option<Layout> {
        let wide = |lane: &Lane| heading(lane).iter().map(|it| it.width()).max().unwrap_or(0);
        let halves: Vec<usize> = lanes.iter().map(|lane| wide(lane).div_ceil(2)).collect();
        let (left, right) = (halves.first()?, halves.last()?);
        let gaps = lanes.len().max(2) - 1;
        let room = width.checked_sub(left + right + 1)? / gaps;
        let beside = halves.windows(2).map(|pair| pair[0] + pair[1] + 2).max().unwrap_or(0);
        if room < beside.max(NARROWEST) || width < 40 {
            return None;
        }
        let needed = arrows.iter().map(|arrow| needs(arrow)).max().unwrap_or(0);
        let notes = arrows.iter().map(|arrow| arrow.notes.join("; ").width()).max().unwrap_or(0);
        let apart = needed.clamp(beside.max(NARROWEST), WIDEST).min(room);
        // Notes stand beside the arrows where these leave them the room, and else below, for which
        // the lanes may be further apart: whichever takes fewer lines.
        let candidates = [apart, apart.max(notes + 5).min(room)].map(|apart| {
            let columns = (0..lanes.len().max(2)).map(|lane| left + lane * apart).collect();
            Layout { width, columns, lanes: lanes.len() }
        });
        let lines = |layout: &Layout| -> usize {
            arrows.iter().map(|arrow| layout.arrow(arrow).lines().count()).sum()
        };
        candidates.into_iter().min_by_key(lines)
    }

    /// The titles, and below them the addresses.
    fn heading(&self, lanes: &[Lane]) -> String {
        let mut rows = [Row::default(), Row::default()];
        for (lane, &column) in lanes.iter().zip(&self.columns) {
            let [title, address] = heading(lane);
            let begin = |text: &str| column.saturating_sub(text.width() / 2);
            rows[0].put(begin(&title), &title, STRONG);
            match address.as_str() {
                "" => rows[1].put(column, "│", FAINT),
                address => rows[1].put(begin(address), address, FAINT),
            }
        }
        let [titles, addresses] = rows;
        let has_addresses = lanes.iter().any(|lane| lane.address.is_some());
        titles.line() + &if has_addresses { addresses.line() } else { String::new() }
    }

    /// A row with the lanes' lines alone.
    fn lanes(&self) -> Row {
        let mut row = Row::default();
        self.columns[..self.lanes].iter().for_each(|&column| row.put(column, "│", FAINT));
        row
    }

    /// An arrow, and its notes beside it or below.
    fn arrow(&self, arrow: &Arrow) -> String {
        let (from, to) = self.ends(arrow);
        let mut row = self.lanes();
        let span = if from == to {
            self.to_itself(&mut row, from, arrow)
        } else {
            shaft(&mut row, from, to, arrow);
            (from.min(to), from.max(to))
        };
        let beside = self.columns[self.lanes - 1] + 3;
        let notes = arrow.notes.join("; ");
        if beside.max(row.end() + 2) + notes.width() <= self.width {
            row.put(beside.max(row.end() + 2), &notes, FAINT);
            return row.line();
        }
        let (left, right) = span;
        let room = right.saturating_sub(left + 4).max(8);
        let below = |line: &str| self.lanes().and(left + 3, line, FAINT).line();
        row.line() + &lines(&notes, room, below)
    }

    /// Between which columns an arrow is drawn. One that begins or ends in the open does so
    /// where its neighbour would be.
    fn ends(&self, arrow: &Arrow) -> (usize, usize) {
        let column = |lane: usize| self.columns[lane];
        let beside = |lane: usize| column(if lane == 0 { 1 } else { lane - 1 });
        match (arrow.from, arrow.to) {
            (End::Lane(from), End::Lane(to)) => (column(from), column(to)),
            (End::Lane(from), End::Open) => (column(from), beside(from)),
            (End::Open, End::Lane(to)) => (beside(to), column(to)),
            (End::Open, End::Open) => (column(0), column(1)),
        }
    }

    /// What somebody sends to itself; returns the columns between which it stands.
    fn to_itself(&self, row: &mut Row, at: usize, arrow: &Arrow) -> (usize, usize) {
        let next = self.columns.iter().copied().find(|&column| column > at);
        let left = self.columns.iter().copied().rfind(|&column| column < at).unwrap_or(0);
        let (begin, end) = next.map_or((left, at), |next| (at, next));
        let room = (end - begin).saturating_sub(6);
        let label = arrow.label.fit(room);
        match next {
            Some(_) => row.put(at + 1, &format!("─┐ {label}"), GOOD),
            None => row.put(at.saturating_sub(label.width() + 3), &format!("{label} ┌─"), GOOD),
        }
        (begin, end)
    }
}

/// The lines above a lane.
fn heading(lane: &Lane) -> [String; 2] {
    let address = lane.address.map(|at| at.to_string()).unwrap_or_default();
    [cut(&lane.title, 30), address]
}

/// The columns that an arrow would like to have.
fn needs(arrow: &Arrow) -> usize {
    let label = arrow.label.fit(WIDEST).width() + SHAFT + 1;
    let is_open = arrow.fate == Fate::Failed || arrow.from == End::Open;
    label + if is_open { 2 * GAP } else { 2 }
}

/// Draws an arrow with its label between two columns.
fn shaft(row: &mut Row, from: usize, to: usize, arrow: &Arrow) {
    let (left, right) = (from.min(to), from.max(to));
    let room = right - left - 1;
    let goes_right = from < to;
    let fails = arrow.fate == Fate::Failed;
    let gap = if fails || arrow.from == End::Open { GAP } else { 0 };
    let label = arrow.label.fit(room.saturating_sub(SHAFT + gap));
    let least = label.width() + SHAFT;
    // An arrow that fails ends half-way, if its label is short enough.
    let length = if gap > 0 { least.max(room / 2 + 1).min(room.saturating_sub(gap)) } else { room };
    // The head counts as a dash.
    let dashes = length.saturating_sub(label.width() + 2);
    let (one, other) = (dashes / 2, dashes.div_ceil(2).saturating_sub(1));
    let style = if fails { BAD } else { GOOD };
    // What begins in the open leaves the gap there, what fails leaves it at its end.
    let starts_apart = arrow.from == End::Open && !fails;
    let start = match (goes_right, starts_apart) {
        (true, false) => left + 1,
        (true, true) => right - length,
        (false, true) => left + 1,
        (false, false) => right - length,
    };
    let head = match (fails, goes_right) {
        (true, _) => "✗",
        (false, true) => "►",
        (false, false) => "◄",
    };
    let (one, other) = ("─".repeat(one), "─".repeat(other));
    if goes_right {
        row.put(start, &format!("{one} "), style);
        row.put(start + one.width() + 1, &label, Style::new());
        row.put(start + one.width() + 1 + label.width(), &format!(" {other}{head}"), style);
    } else {
        row.put(start, &format!("{head}{other} "), style);
        let at = start + 1 + other.width() + 1;
        row.put(at, &label, Style::new());
        row.put(at + label.width(), &format!(" {one}"), style);
    }
}

/// A line of the drawing. What is put later stands over what was put before.
#[derive(Debug, Default)]
struct Row {
    pieces: Vec<(usize, String, Style)>,
}

impl Row {
    fn put(&mut self, column: usize, text: &str, style: Style) {
        let end = column + text.width();
        self.pieces.retain(|(at, old, _)| at + old.width() <= column || *at >= end);
        if !text.is_empty() {
            self.pieces.push((column, text.to_owned(), style));
        }
    }

    fn and(mut self, column: usize, text: &str, style: Style) -> Row {
        self.put(column, text, style);
        self
    }

    /// The first column behind all that stands there.
    fn end(&self) -> usize {
        self.pieces.iter().map(|(at, text, _)| at + text.width()).max().unwrap_or(0)
    }

    fn line(mut self) -> String {
        self.pieces.sort_by_key(|piece| piece.0);
        let (mut out, mut column) = (String::new(), 0);
        for (at, text, style) in self.pieces {
            let gap = " ".repeat(at.saturating_sub(column));
            out += &format!("{gap}{style}{text}{style:#}");
            column = at + text.width();
        }
        out.push('\n');
        out
    }
}
