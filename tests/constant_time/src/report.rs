//! Runs a case under valgrind and reads its report.

use std::process::Command;

/// A branch or an address that depends on a secret: where, innermost function first.
pub struct Leak {
    pub frames: Vec<Frame>,
}

/// A function on the stack, inlined or not.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    /// From the root of this project, or from the name of the crate on.
    pub file: String,
    /// Without its path and generics.
    pub function: String,
}

impl std::fmt::Display for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.file, self.function)
    }
}

impl std::fmt::Display for Leak {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let frames: Vec<_> = self.frames.iter().map(Frame::to_string).collect();
        write!(f, "{}", frames.join(" < "))
    }
}

/// Runs this program with a case, under valgrind.
pub fn watch(case: &str) -> Vec<Leak> {
    let program = std::env::current_exe().expect("this program");
    let xml = program.with_file_name(format!("{case}.xml"));
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--quiet", "--error-limit=no", "--num-callers=60", "--xml=yes"]);
    valgrind.arg(format!("--xml-file={}", xml.display())).arg(program).arg(case);
    let status = valgrind.status().expect("valgrind");
    assert!(status.success(), "the case {case} ends with {status}");
    let text = std::fs::read_to_string(&xml).expect("valgrind's report");
    assert!(text.contains("<state>FINISHED</state>"), "valgrind's report of {case} is whole");
    leaks(&text)
}

/// Valgrind writes one element a line.
fn leaks(xml: &str) -> Vec<Leak> {
    let mut leaks = Vec::new();
    for error in xml.split("<error>").skip(1) {
        let error = error.split("</error>").next().unwrap_or_default();
        let kind = content(error, "kind").unwrap_or_default();
        assert!(matches!(kind, "UninitCondition" | "UninitValue"), "valgrind reports {kind}");
        let stack = error.split("</stack>").next().unwrap_or_default();
        let frames =
            stack.split("<frame>").skip(1).map(frame).take_while(|frame| !frame.is_outside()).collect();
        leaks.push(Leak { frames });
    }
    leaks
}

fn content<'x>(xml: &'x str, element: &str) -> Option<&'x str> {
    let (_, rest) = xml.split_once(&format!("<{element}>"))?;
    Some(rest.split_once('<')?.0)
}

fn frame(xml: &str) -> Frame {
    let directory = content(xml, "dir").unwrap_or_default();
    let file = content(xml, "file").unwrap_or_default();
    let name = content(xml, "fn").unwrap_or_default().replace("&lt;", "<").replace("&gt;", ">");
    let file = if file.is_empty() { String::new() } else { shortened(&format!("{directory}/{file}")) };
    Frame { file, function: last_name(&name) }
}

impl Frame {
    /// Of the standard library. Not of the C library under it: its `memcmp` stops at the first difference, and is never allowed by the name of who calls it.
    pub fn is_standard(&self) -> bool {
        ["core/src/", "alloc/src/", "std/src/"].iter().any(|path| self.file.starts_with(path))
    }

    /// Whether this is what starts the case.
    fn is_outside(&self) -> bool {
        self.file.ends_with("constant_time/src/main.rs")
    }
}

/// `src/…` of this project, and `crate/src/…` of others.
fn shortened(path: &str) -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../");
    let root = std::fs::canonicalize(root).expect("the project");
    let path =
        std::fs::canonicalize(path).map_or_else(|_| path.to_owned(), |path| path.display().to_string());
    if let Ok(inside) = std::path::Path::new(&path).strip_prefix(root) {
        return inside.display().to_string();
    }
    if let Some((_, rest)) = path.split_once("/registry/src/") {
        let (krate, file) =
            rest.split_once('/').and_then(|(_, rest)| rest.split_once('/')).unwrap_or((rest, ""));
        let name = krate.rsplit_once('-').map_or(krate, |(name, _)| name);
        return format!("{name}/{file}");
    }
    path.split_once("/library/").map_or(path.clone(), |(_, rest)| rest.to_owned())
}

/// `encode` of `<base64::Engine<T> as Other>::encode::<U>`.
fn last_name(path: &str) -> String {
    let mut depth = 0;
    let mut plain = String::new();
    for character in path.replace("->", "").chars() {
        match character {
            '<' => depth += 1,
            '>' => depth -= 1,
            other if depth == 0 => plain.push(other),
            _ => {}
        }
    }
    plain.trim_end_matches(':').rsplit("::").next().unwrap_or_default().to_owned()
}
