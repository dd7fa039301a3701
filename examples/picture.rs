//! Makes the pictures in README.md from real runs: `make picture` writes docs/demo.svg and
//! docs/report.svg.
//!
//! Ports and times differ from run to run, and so do the pictures; the words do not.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;

use anstyle::{Color, RgbColor};
use anstyle_svg::{Palette, Term};

/// The wrong program whose report is shown. Its output looks right: only the wire shows what is
/// wrong with it.
const MISTAKE: &str = "target/debug/lab6-mistakes udp-reply-new-socket";

/// Wide enough for the longest line of the demo, 86 columns of 8.4 pixels, so that both pictures
/// are equally wide.
const WIDTH_PX: usize = 723;

/// The text stands lower than in the middle; so much room below it makes up for that.
const BELOW_PX: usize = 8;

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    cargo(root, &["build", "-q", "-p", "lab6", "--bin", "lab6-mistakes"], 0)?;

    let demo = cargo(root, &socklab("demo 6 --no-pause"), 0)?;
    let demo = first_exchange(&demo).ok_or("the demo of lab 6 has changed: where to cut it?")?;
    draw(root, "demo", &format!("\x1b[1m$ make lab6\x1b[0m\n{demo}"))?;

    let check = format!("check 6 --seed 7 -- {MISTAKE}");
    let report = cargo(root, &socklab(&check), 1)?;
    draw(root, "report", &format!("\x1b[1m$ cargo run -q -- {check}\x1b[0m\n{report}"))
}

/// The arguments with which cargo runs socklab in color.
fn socklab(arguments: &str) -> Vec<&str> {
    ["run", "-q", "--", "--color", "always"].into_iter().chain(arguments.split(' ')).collect()
}

/// Runs cargo and returns what it printed; it must end with this status.
fn cargo(root: &Path, arguments: &[&str], status: i32) -> Result<String, Box<dyn Error>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo).current_dir(root).args(arguments).output()?;
    if output.status.code() != Some(status) {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("cargo {arguments:?}: {}\n{said}", output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// The demo up to the point at which the server has shown its first message: a picture of all of
/// it would be taller than a screen.
fn first_exchange(demo: &str) -> Option<String> {
    let at = demo.find("Message from")?;
    let end = at + demo[at..].find('\n')?;
    Some(format!("{}\n\n\x1b[2m…\x1b[0m", &demo[..end]))
}

/// Writes a terminal's text as a picture.
fn draw(root: &Path, name: &str, text: &str) -> Result<(), Box<dyn Error>> {
    // A path of this machine says nothing to others.
    let text = text.replace(&format!("{}/", root.display()), "");
    let svg = Term::new()
        .palette(PALETTE)
        .fg_color(Color::Rgb(RgbColor(0xe6, 0xed, 0xf3)))
        .bg_color(Color::Rgb(RgbColor(0x16, 0x1b, 0x22)))
        .min_width_px(WIDTH_PX)
        .render_svg(text.trim_end());
    let path = root.join("docs").join(format!("{name}.svg"));
    fs::write(&path, fitted(&svg).ok_or("anstyle-svg writes another form now")?)?;
    println!("{} written", path.strip_prefix(root)?.display());
    Ok(())
}

/// The picture with room below the text, in a size that follows the page's, and with faint text
/// that is faint in every viewer (`opacity` does nothing to a `tspan`) and can still be read.
fn fitted(svg: &str) -> Option<String> {
    let (head, rest) = svg.split_once('>')?;
    let size = |name: &str| -> Option<usize> {
        let (_, after) = head.split_once(&format!("{name}=\""))?;
        after.split_once("px\"")?.0.parse().ok()
    };
    let (width, height) = (size("width")?, size("height")? + BELOW_PX);
    let rest = rest.replace(" opacity: 0.4;", " fill-opacity: 0.6;");
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\">{rest}"
    ))
}

/// Colors that can be told apart on a dark ground, the usual eight and the same eight as bright.
const PALETTE: Palette = Palette([
    RgbColor(0x48, 0x4f, 0x58),
    RgbColor(0xff, 0x7b, 0x72),
    RgbColor(0x56, 0xd3, 0x64),
    RgbColor(0xe3, 0xb3, 0x41),
    RgbColor(0x79, 0xc0, 0xff),
    RgbColor(0xd2, 0xa8, 0xff),
    RgbColor(0x56, 0xd4, 0xdd),
    RgbColor(0xe6, 0xed, 0xf3),
    RgbColor(0x6e, 0x76, 0x81),
    RgbColor(0xff, 0x7b, 0x72),
    RgbColor(0x56, 0xd3, 0x64),
    RgbColor(0xe3, 0xb3, 0x41),
    RgbColor(0x79, 0xc0, 0xff),
    RgbColor(0xd2, 0xa8, 0xff),
    RgbColor(0x56, 0xd4, 0xdd),
    RgbColor(0xe6, 0xed, 0xf3),
]);
