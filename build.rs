//! Finds the labs: every folder `labs/NN-slug` is one, so that a lab is added by adding a folder.
//!
//! Writes a list of them for `src/labs.rs` to include.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let labs = Path::new(&root).join("labs");
    println!("cargo::rerun-if-changed={}", labs.display());

    let mut folders: Vec<String> = fs::read_dir(&labs)?
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.starts_with(|c: char| c.is_ascii_digit()))
        .filter(|name| labs.join(name).join("check.rs").exists())
        .collect();
    folders.sort();

    let mut modules = String::new();
    let mut list = String::new();
    for folder in &folders {
        let Some((number, slug)) = folder.split_once('-') else { continue };
        let Ok(number) = number.parse::<u8>() else { continue };
        let module = slug.replace('-', "_");
        let path = labs.join(folder);
        let path = path.display();
        writeln!(modules, "#[path = {:?}]\nmod {module};", format!("{path}/check.rs"))
            .map_err(io::Error::other)?;
        writeln!(
            list,
            "    Lab {{ number: {number}, slug: {slug:?}, folder: {folder:?}, plan: {module}::plan(), \
             handout: include_str!({:?}), solution: include_str!({:?}) }},",
            format!("{path}/README.md"),
            format!("{path}/solution.rs"),
        )
        .map_err(io::Error::other)?;
    }
    let registry =
        format!("{modules}\nfn registered() -> Vec<Lab> {{\n    vec![\n{list}    ]\n}}\n");
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("labs.rs"), registry)
}
