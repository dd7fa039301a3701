//! Finds the labs and the causes, so that each is added by adding a folder or a page: every folder
//! `labs/NN-slug` is a lab, every page `docs/causes/ID.md` explains a cause.
//!
//! Writes a list of each, for `src/labs.rs` and `src/causes.rs` to include.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    let (root, out) = (Path::new(&root), Path::new(&out));
    fs::write(out.join("labs.rs"), labs(&root.join("labs"))?)?;
    fs::write(out.join("causes.rs"), causes(&root.join("docs/causes"))?)
}

fn labs(labs: &Path) -> io::Result<String> {
    let mut modules = String::new();
    let mut list = String::new();
    for folder in names(labs)? {
        if !folder.starts_with(|c: char| c.is_ascii_digit())
            || !labs.join(&folder).join("check.rs").exists()
        {
            continue;
        }
        let Some((number, slug)) = folder.split_once('-') else { continue };
        let Ok(number) = number.parse::<u8>() else { continue };
        let module = slug.replace('-', "_");
        let path = labs.join(&folder);
        let parts = parts(&path)?;
        let path = path.display();
        writeln!(modules, "#[path = {:?}]\nmod {module};", format!("{path}/check.rs"))
            .map_err(io::Error::other)?;
        writeln!(
            list,
            "    Lab::new({number}, {slug:?}, {folder:?}, {module}::plan(), include_str!({:?}), \
             &[{parts}]),",
            format!("{path}/README.md"),
        )
        .map_err(io::Error::other)?;
    }
    Ok(format!("{modules}\nfn registered() -> Vec<Lab> {{\n    vec![\n{list}    ]\n}}\n"))
}

/// The solutions of a lab: `solution.rs`, or one for each of its programs, `solution/server.rs`.
fn parts(lab: &Path) -> io::Result<String> {
    let folder = lab.join("solution");
    if !folder.is_dir() {
        let file = lab.join("solution.rs");
        return Ok(format!("(\"\", include_str!({:?}))", file.display().to_string()));
    }
    let mut list = String::new();
    // The server stands before the client: it is begun with.
    for name in names(&folder)?.iter().rev() {
        let Some(role) = name.strip_suffix(".rs") else { continue };
        let file = folder.join(name).display().to_string();
        write!(list, "({role:?}, include_str!({file:?})), ").map_err(io::Error::other)?;
    }
    Ok(list)
}

fn causes(pages: &Path) -> io::Result<String> {
    let mut list = String::new();
    for name in names(pages)? {
        let Some(id) = name.strip_suffix(".md") else { continue };
        let path = pages.join(&name).display().to_string();
        writeln!(list, "    Cause {{ id: {id:?}, page: include_str!({path:?}) }},")
            .map_err(io::Error::other)?;
    }
    Ok(format!("static CAUSES: &[Cause] = &[\n{list}];\n"))
}

/// The names of what lies in a folder, sorted. The build begins anew when it changes.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let entries = fs::read_dir(folder)?.flatten();
    let mut names: Vec<String> =
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    Ok(names)
}
