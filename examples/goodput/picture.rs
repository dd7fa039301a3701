//! The plot: share of the link over rate of loss. It is legible on a light page and on a dark one.

use std::fmt::Write;

use super::{LOSSES, Row};

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 360.0;

/// The edges of the plot itself.
const LEFT: f64 = 60.0;
const RIGHT: f64 = 470.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 300.0;

/// How near two labels may be.
const LINE: f64 = 17.0;

const STYLE: &str = "text { font: 13px sans-serif; fill: #24292f } .grid { stroke: #d0d7de } \
    .curve { fill: none; stroke-width: 2.5 } \
    .a { stroke: #0969da } .b { stroke: #cf222e } .c { stroke: #8250df } .d { stroke: #9a6700 } .e { stroke: #6e7781 } \
    .ground { fill: #ffffff } \
    @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .grid { stroke: #3d444d } \
    .a { stroke: #58a6ff } .b { stroke: #ff7b72 } .c { stroke: #d2a8ff } .d { stroke: #d29922 } .e { stroke: #9198a1 } \
    .ground { fill: #0d1117 } }";

pub fn draw(rows: &[Row]) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         aria-label=\"Share of the link over packets lost\">\n<style>{STYLE}</style>\n\
         <rect class=\"ground\" width=\"{WIDTH}\" height=\"{HEIGHT}\"/>\n"
    );
    axes(&mut svg);
    for ((way, shares), class) in rows.iter().zip(["a", "b", "c", "d", "e"]) {
        curve(&mut svg, class, way.name(), shares);
    }
    labels(&mut svg, rows);
    svg.push_str("</svg>\n");
    svg
}

fn x(loss: f64) -> f64 {
    LEFT + (RIGHT - LEFT) * loss / f64::from(LOSSES[LOSSES.len() - 1])
}

fn y(share: f64) -> f64 {
    BOTTOM - (BOTTOM - TOP) * share
}

fn axes(svg: &mut String) {
    for percent in [0, 20, 40, 60, 80, 100] {
        let at = y(f64::from(percent) / 100.0);
        line(svg, "grid", [(LEFT, at), (RIGHT, at)]);
        text(svg, (LEFT - 8.0, at + 4.0), "end", &format!("{percent} %"));
    }
    for loss in LOSSES {
        let at = x(f64::from(loss));
        line(svg, "grid", [(at, BOTTOM), (at, BOTTOM + 5.0)]);
        text(svg, (at, BOTTOM + 20.0), "middle", &format!("{loss} %"));
    }
    text(svg, (f64::midpoint(LEFT, RIGHT), BOTTOM + 44.0), "middle", "packets lost");
    text(svg, (LEFT - 50.0, TOP - 12.0), "start", "share of the link of 10 Mbit/s, 20 ms each way");
}

fn curve(svg: &mut String, class: &str, name: &str, shares: &[f64]) {
    let points: Vec<String> = LOSSES
        .iter()
        .zip(shares)
        .map(|(loss, share)| format!("{:.1},{:.1}", x(f64::from(*loss)), y(*share)))
        .collect();
    let points = points.join(" ");
    let _ = writeln!(
        svg,
        "<polyline class=\"curve {class}\" points=\"{points}\"><title>{name}</title></polyline>"
    );
}

/// Writes each name at the end of its curve, and none over another.
fn labels(svg: &mut String, rows: &[Row]) {
    let end = |(_, shares): &&Row| shares.last().copied().unwrap_or_default();
    let mut sorted: Vec<&Row> = rows.iter().collect();
    sorted.sort_by(|one, other| end(one).total_cmp(&end(other)));
    let mut lowest = BOTTOM + LINE;
    for row in sorted {
        let at = (y(end(&row)) + 4.0).min(lowest - LINE);
        lowest = at;
        text(svg, (RIGHT + 10.0, at), "start", row.0.name());
    }
}

fn line(svg: &mut String, class: &str, [(x1, y1), (x2, y2)]: [(f64, f64); 2]) {
    let _ = writeln!(
        svg,
        "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>"
    );
}

fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, words: &str) {
    let _ =
        writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{words}</text>");
}
