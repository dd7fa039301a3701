//! The starter, cut from the solution, and what has become of it.
//!
//! In a solution, `// YOUR TURN: text` up to `// END` encloses what the learner is to write. In
//! the starter `text` stands in its place. There is no second copy of a starter to go stale.

/// The mark that begins what the learner is to write; what follows it stands in the starter.
const TURN: &str = "// YOUR TURN:";

/// The mark that ends it.
const END: &str = "// END";

/// Cuts the starter from a solution.
pub fn starter(solution: &str) -> String {
    let mut out = String::with_capacity(solution.len());
    let mut cutting = false;
    for line in solution.lines() {
        let text = line.trim_start();
        let indent = &line[..line.len() - text.len()];
        if let Some(given) = text.strip_prefix(TURN) {
            cutting = true;
            let given = given.strip_prefix(' ').unwrap_or(given);
            out.push_str(format!("{indent}{given}").trim_end());
            out.push('\n');
        } else if text == END && cutting {
            cutting = false;
        } else if !cutting {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// A solution without the marks: what a learner would have written.
pub fn without_marks(solution: &str) -> String {
    let mut out = String::with_capacity(solution.len());
    let mut marked = false;
    for line in solution.lines() {
        let text = line.trim_start();
        if text.starts_with(TURN) {
            marked = true;
        } else if text == END && marked {
            marked = false;
        } else {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// How far a learner has come with a lab's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The file is the starter as it was given.
    NotStarted,
    /// It has been edited and holds a `todo!` still.
    InProgress,
    /// Nothing in it says that it is unfinished.
    Written,
}

/// Compares a learner's file with its starter.
pub fn state(file: &str, starter: &str) -> State {
    if file.replace("\r\n", "\n").trim_end() == starter.trim_end() {
        State::NotStarted
    } else if todos(file).is_empty() {
        State::Written
    } else {
        State::InProgress
    }
}

/// A `todo!` in a learner's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Todo {
    /// Its line, counted from 1.
    pub line: usize,
    /// What it says is to be done.
    pub text: String,
}

/// The `todo!`s of a file, in order; those in comments are no longer there.
pub fn todos(file: &str) -> Vec<Todo> {
    let mut out = Vec::new();
    for (at, line) in file.lines().enumerate() {
        let code = line.split("//").next().unwrap_or(line);
        if let Some((_, after)) = code.split_once("todo!(") {
            let text = after.split('"').nth(1).unwrap_or("").to_owned();
            out.push(Todo { line: at + 1, text });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOLUTION: &str = "\
// YOUR TURN: //! Starter.
//! Solution.
// END
fn main() {
    // 1. bind
    // YOUR TURN: todo!(\"bind it\");
    bind();
    // END
    // YOUR TURN: let (a, b) =
    // YOUR TURN:     todo!(\"receive\");
    let (a, b) = receive();
    // END
    print(a); // END of the line
}
";

    #[test]
    fn a_starter_has_the_marks_text_in_place_of_the_solution() {
        let expected = "\
//! Starter.
fn main() {
    // 1. bind
    todo!(\"bind it\");
    let (a, b) =
        todo!(\"receive\");
    print(a); // END of the line
}
";
        assert_eq!(starter(SOLUTION), expected);
    }

    #[test]
    fn without_its_marks_a_solution_is_a_plain_program() {
        let expected = "\
//! Solution.
fn main() {
    // 1. bind
    bind();
    let (a, b) = receive();
    print(a); // END of the line
}
";
        assert_eq!(without_marks(SOLUTION), expected);
    }

    #[test]
    fn a_file_is_not_started_in_progress_or_written() {
        let given = starter(SOLUTION);
        let crlf = given.replace('\n', "\r\n");
        let begun = given.replace("todo!(\"bind it\")", "bind()");
        let done = begun.replace("todo!(\"receive\")", "receive()");
        assert_eq!(state(&given, &given), State::NotStarted);
        assert_eq!(state(&crlf, &given), State::NotStarted);
        assert_eq!(state(&begun, &given), State::InProgress);
        assert_eq!(state(&done, &given), State::Written);
    }

    #[test]
    fn a_todo_is_told_by_its_line_and_its_text() {
        let todo = |line, text: &str| Todo { line, text: text.into() };
        assert_eq!(todos(&starter(SOLUTION)), [todo(4, "bind it"), todo(6, "receive")]);
        assert_eq!(todos("// todo!(\"done\")\n"), []);
        assert_eq!(todos("todo!()"), [todo(1, "")]);
    }
}
