//! Prints the verdict on every vector of a directory, one a line, and the golden hashes: what `compare.mjs` expects of wasm32.

use std::error::Error;
use std::path::PathBuf;

use safeconduct_wasm_check::{golden, verdict};

fn main() -> Result<(), Box<dyn Error>> {
    let directory = std::env::args().nth(1).ok_or("usage: safeconduct-wasm-check DIRECTORY")?;
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    for path in files {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        println!("{name} {}", verdict(&std::fs::read_to_string(&path)?));
    }
    println!("{}", golden());
    Ok(())
}
