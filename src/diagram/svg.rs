//! Exchanges as a picture.

use unicode_width::UnicodeWidthStr;

use super::label::cut;
use super::mermaid::time;
use super::{Arrow, End, Exchange, Fate, ends};

/// More arrows than this are no picture any more.
const MOST: usize = 200;

/// How many columns a label or a line of a note may have.
const LABEL: usize = 64;

/// The width of a column of text, and the heights of things, in pixels.
const COLUMN: f64 = 7.9;
const LINE: f64 = 17.0;
const MARGIN: f64 = 24.0;
/// Where times stand, left of the lanes.
const TIMES: f64 = 84.0;

const STYLE: &str = "\
  .sheet { fill: #ffffff }
  text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #1f2328 }
  .title { font-weight: bold }
  .faint { fill: #59636e }
  .payload { unicode-bidi: isolate }
  .lane { stroke: #d1d9e0; stroke-width: 1.5 }
  .arrow { stroke: #0969da; stroke-width: 1.5; fill: none }
  .failed { stroke: #cf222e }
  .error { stroke-dasharray: 5 4 }
  .head { fill: #0969da }
  @media (prefers-color-scheme: dark) {
    .sheet { fill: #0d1117 }
    text { fill: #f0f6fc }
    .faint { fill: #9198a1 }
    .lane { stroke: #3d444d }
    .arrow { stroke: #4493f8 }
    .failed { stroke: #f85149 }
    .head { fill: #4493f8 }
  }
";

const DEFINITIONS: &str = r#"<defs>
  <marker id="head" viewBox="0 0 10 10" refX="10" refY="5" markerWidth="8" markerHeight="8" orient="auto-start-reverse">
    <path class="head" d="M0 0 L10 5 L0 10 z"/>
  </marker>
</defs>
"#;

/// An exchange and what it is of.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The line above it.
    pub title: String,
    /// What was sent.
    pub exchange: Exchange,
}

/// Scenes below one another, as one SVG file. It needs nothing from elsewhere, runs nothing, and
/// is light or dark as its reader likes.
pub fn svg(scenes: &[Scene]) -> String {
    let (mut body, mut width, mut height) = (String::new(), 320.0_f64, MARGIN);
    for scene in scenes {
        let (drawing, wide, high) = Drawing::of(scene).finish(height);
        body += &drawing;
        width = width.max(wide);
        height += high + MARGIN;
    }
    let titles: Vec<&str> = scenes.iter().map(|scene| scene.title.as_str()).collect();
    let title = escaped(&titles.join("; "));
    let size = format!(r#"width="{width:.0}" height="{height:.0}""#);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" {size} viewBox=\"0 0 {width:.0} {height:.0}\" \
         role=\"img\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n{DEFINITIONS}\
         <rect class=\"sheet\" width=\"100%\" height=\"100%\" rx=\"6\"/>\n{body}</svg>\n"
    )
}

/// One scene, as it is drawn from top to bottom.
struct Drawing<'s> {
    scene: &'s Scene,
    /// Where each lane's line is, and behind the last one where the open is.
    lanes: Vec<f64>,
    body: String,
    y: f64,
}

impl<'s> Drawing<'s> {
    fn of(scene: &'s Scene) -> Drawing<'s> {
        let exchange = &scene.exchange;
        let columns = |arrow: &Arrow| {
            let notes = arrow.notes.iter().map(|note| note.width());
            notes.chain([arrow.label.fit(LABEL).width()]).max().unwrap_or(0).min(LABEL)
        };
        let widest = exchange.arrows.iter().map(columns).max().unwrap_or(0);
        let headings = exchange.lanes.iter().map(|lane| lane.title.width().max(22));
        let widest = widest.max(headings.max().unwrap_or(0)) as f64;
        let apart = (widest * COLUMN + 48.0).max(240.0);
        let count = exchange.lanes.len().max(2);
        let lanes = (0..count).map(|lane| TIMES + 90.0 + apart * lane as f64).collect();
        let mut drawing = Drawing { scene, lanes, body: String::new(), y: 0.0 };
        drawing.text("title", "start", MARGIN, 13.0, &scene.title);
        drawing.y = 40.0;
        if exchange.is_empty() {
            drawing.text("faint", "start", MARGIN, drawing.y, "nothing was sent");
            drawing.y += LINE;
        } else {
            drawing.exchange();
        }
        drawing
    }

    /// The scene at this height, and how wide and how high it is.
    fn finish(self, at: f64) -> (String, f64, f64) {
        let title = self.scene.title.width() as f64 * COLUMN + 2.0 * MARGIN;
        let lanes = self.lanes.last().copied().unwrap_or(0.0) + 90.0 + MARGIN;
        let width = if self.scene.exchange.is_empty() { title } else { title.max(lanes) };
        let body = format!("<g transform=\"translate(0 {at:.0})\">\n{}</g>\n", self.body);
        (body, width, self.y)
    }

    fn exchange(&mut self) {
        let exchange = &self.scene.exchange;
        for (lane, x) in exchange.lanes.iter().zip(self.lanes.clone()) {
            self.text("title", "middle", x, self.y, &lane.title);
            if let Some(address) = lane.address {
                self.text("faint", "middle", x, self.y + LINE, &address.to_string());
            }
        }
        self.y += LINE + 10.0;
        let (top, place) = (self.y, self.body.len());
        let (first, more, last) = ends(&exchange.arrows, MOST);
        first.iter().for_each(|arrow| self.arrow(arrow));
        if more > 0 {
            self.y += 26.0;
            let middle = (self.lanes[0] + self.lanes[1]) / 2.0;
            self.text("faint", "middle", middle, self.y, &format!("… {more} more"));
        }
        last.iter().for_each(|arrow| self.arrow(arrow));
        self.y += 16.0;
        // The lanes stand behind the arrows, and are as long as these need them.
        let line = |x: &f64| {
            format!(
                "<line class=\"lane\" x1=\"{x:.1}\" y1=\"{top:.1}\" x2=\"{x:.1}\" y2=\"{:.1}\"/>\n",
                self.y
            )
        };
        let lines: String = self.lanes[..exchange.lanes.len()].iter().map(line).collect();
        self.body.insert_str(place, &lines);
    }

    fn arrow(&mut self, arrow: &Arrow) {
        self.y += 30.0;
        let y = self.y;
        self.text("faint", "end", TIMES, y + 4.0, &time(arrow.at_us));
        let (from, to) = self.ends(arrow);
        let middle = if from == to { from + 120.0 } else { (from + to) / 2.0 };
        let (begin, end) = drawn(arrow, from, to);
        let kind = match (arrow.fate, arrow.is_error) {
            (Fate::Arrived, false) => "arrow",
            (Fate::Arrived, true) => "arrow error",
            (Fate::Failed, false) => "arrow failed",
            (Fate::Failed, true) => "arrow failed error",
        };
        let wide = arrow.label.fit(LABEL).width() as f64 * COLUMN;
        // A label stands over what is drawn, if it is not longer than that.
        let over =
            if from != to && wide < (begin - end).abs() { (begin + end) / 2.0 } else { middle };
        self.label(arrow, over, y - 6.0);
        if from == to {
            self.body += &format!(
                "<path class=\"{kind}\" marker-end=\"url(#head)\" \
                 d=\"M{from:.1} {y:.1} h28 v10 h-28\"/>\n"
            );
            self.y += 10.0;
        } else if arrow.fate == Fate::Failed {
            self.line(kind, begin, end, "");
            let (left, top) = (end - 5.0, y - 5.0);
            self.body += &format!(
                "<path class=\"arrow failed\" d=\"M{left:.1} {top:.1} l10 10 m-10 0 l10 -10\"/>\n"
            );
        } else {
            self.line(kind, begin, end, " marker-end=\"url(#head)\"");
        }
        for note in &arrow.notes {
            self.y += LINE;
            self.text("faint", "middle", middle, self.y, note);
        }
    }

    fn line(&mut self, kind: &str, from: f64, to: f64, head: &str) {
        let y = self.y;
        self.body += &format!(
            "<line class=\"{kind}\" x1=\"{from:.1}\" y1=\"{y:.1}\" x2=\"{to:.1}\" y2=\"{y:.1}\"{head}/>\n"
        );
    }

    /// Between which lanes an arrow goes; the open is where a neighbour would be.
    fn ends(&self, arrow: &Arrow) -> (f64, f64) {
        let at = |lane: usize| self.lanes[lane];
        let beside = |lane: usize| at(if lane == 0 { 1 } else { lane - 1 });
        match (arrow.from, arrow.to) {
            (End::Lane(from), End::Lane(to)) => (at(from), at(to)),
            (End::Lane(from), End::Open) => (at(from), beside(from)),
            (End::Open, End::Lane(to)) => (beside(to), at(to)),
            (End::Open, End::Open) => (at(0), at(1)),
        }
    }

    /// A label; its payload does not change the direction of what stands beside it.
    fn label(&mut self, arrow: &Arrow, x: f64, y: f64) {
        let [before, payload, after] = arrow.label.parts(LABEL);
        let payload = match payload.as_str() {
            "" => String::new(),
            payload => format!("<tspan class=\"payload\">{}</tspan>", escaped(payload)),
        };
        let words = [escaped(&before), payload, escaped(&after)];
        let words: Vec<&str> =
            words.iter().map(String::as_str).filter(|it| !it.is_empty()).collect();
        self.raw("", "middle", x, y, &words.join(" "));
    }

    fn text(&mut self, class: &str, anchor: &str, x: f64, y: f64, text: &str) {
        let text = escaped(&cut(text, 2 * LABEL));
        self.raw(class, anchor, x, y, &text);
    }

    fn raw(&mut self, class: &str, anchor: &str, x: f64, y: f64, text: &str) {
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        self.body += &format!(
            "<text{class} x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" xml:space=\"preserve\">{text}</text>\n"
        );
    }
}

/// From where to where an arrow is drawn: what fails ends on its way, and what comes from the open
/// begins there.
fn drawn(arrow: &Arrow, from: f64, to: f64) -> (f64, f64) {
    const PART: f64 = 0.62;
    match (arrow.fate, arrow.from) {
        (Fate::Failed, _) => (from, from + (to - from) * PART),
        (_, End::Open) => (to + (from - to) * PART, to),
        _ => (from, to),
    }
}

/// A text within XML; characters that XML forbids become the one that stands for such.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\t' | '\n' | '\r' => out.push(' '),
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
