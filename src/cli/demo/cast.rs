//! Who plays: the course's solutions, or the learner's own programs.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use crate::course::{Lab, Part as LabPart, State, state};
use crate::demo::{Mistake, Transcript};
use crate::labs;
use crate::program::build::{BuildError, build};

/// How a transcript's commands begin. The name of a lab's package follows.
const RUN: &str = "cargo run -q -p ";

/// What stands between the package and the name of its program, where that is not the package's.
const NAMED: &str = " --bin ";

/// What stands before the words that the program itself is given.
const WORDS: &str = " -- ";

/// Who plays each program that a transcript starts.
#[derive(Debug)]
pub(super) struct Cast {
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    /// What a transcript says to start it.
    command: String,
    started: Started,
    player: Player,
}

/// What a command starts.
#[derive(Debug)]
struct Started {
    lab: &'static Lab,
    program: Program,
    /// The words that the program is given.
    words: Vec<String>,
}

/// A program of a lab's package.
#[derive(Debug)]
enum Program {
    /// One that the lab asks for.
    Asked(&'static LabPart),
    /// One that is there for the scene: `lab8-client`.
    Extra(String),
}

/// Who plays a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Player {
    /// The course's solution, because that was asked for.
    Solution,
    /// The learner's program.
    Mine,
    /// The course's solution, because the learner has not begun, or not finished.
    StandIn(State),
}

impl Cast {
    /// Decides who plays; `mine` says that the learner's programs play where they can. The program
    /// of the lab that is shown plays however far it is: where it stops is what there is to see. A
    /// program that is there for the scene is always the course's.
    ///
    /// # Errors
    ///
    /// The commands that a demo cannot start.
    pub(super) fn choose(
        lab: &Lab,
        file: &str,
        transcript: &Transcript,
        mine: bool,
    ) -> Result<Cast, Vec<Mistake>> {
        let mut parts: Vec<Part> = Vec::new();
        let mut mistakes = Vec::new();
        for (line, command) in transcript.commands() {
            match started_by(command) {
                Ok(_) if parts.iter().any(|part| part.command == command) => {}
                Ok(started) => {
                    let player = match &started.program {
                        Program::Asked(part) if mine => player(part, &started, lab),
                        _ => Player::Solution,
                    };
                    parts.push(Part { command: command.to_owned(), started, player });
                }
                Err(message) => mistakes.push(Mistake::in_command(file, line, command, message)),
            }
        }
        if mistakes.is_empty() { Ok(Cast { parts }) } else { Err(mistakes) }
    }

    /// Builds all the programs: for each command, the executable.
    pub(super) fn build(&self, color: bool) -> Result<HashMap<String, PathBuf>, BuildError> {
        let mut wanted: Vec<(String, String)> = Vec::new();
        for part in &self.parts {
            let executable = (part.started.lab.package(), part.executable());
            if !wanted.contains(&executable) {
                wanted.push(executable);
            }
        }
        let built = build(&labs::checkout(), &wanted, color)?;
        let found = |part: &Part| {
            let path = built.get(&part.executable())?;
            Some((part.command.clone(), path.clone()))
        };
        Ok(self.parts.iter().filter_map(found).collect())
    }

    /// The words that a command gives to its program.
    pub(super) fn words(&self, command: &str) -> &[String] {
        let part = self.parts.iter().find(|part| part.command == command);
        part.map_or(&[], |part| &part.started.words)
    }

    /// Says who plays, in a sentence or two.
    pub(super) fn describe(&self) -> String {
        let named = |wanted: &dyn Fn(Player) -> bool| -> Vec<String> {
            let mut names: Vec<String> = Vec::new();
            for part in self.parts.iter().filter(|part| wanted(part.player)) {
                let name = part.started.name();
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            names
        };
        let mine = named(&|player| player == Player::Mine);
        if mine.is_empty() {
            return "The course's solutions play.".to_owned();
        }
        let mut text = match mine.as_slice() {
            [one] => format!("Your {one} plays."),
            several => format!("Your {} play.", several.join(" and ")),
        };
        for part in &self.parts {
            let why = match part.player {
                Player::StandIn(State::NotStarted) => "yours is not started",
                Player::StandIn(_) => "yours still has a todo!",
                _ => continue,
            };
            let sentence = format!(" {} is the course's: {why}.", part.started.name());
            if !text.contains(&sentence) {
                text.push_str(&sentence);
            }
        }
        text
    }
}

impl Part {
    fn executable(&self) -> String {
        match (&self.started.program, self.player) {
            (Program::Extra(name), _) => name.clone(),
            (Program::Asked(part), Player::Mine) => part.executable.clone(),
            (Program::Asked(part), _) => part.solution_executable(),
        }
    }
}

impl Started {
    /// What people call the program.
    fn name(&self) -> String {
        match &self.program {
            Program::Asked(part) => part.executable.clone(),
            Program::Extra(name) => name.clone(),
        }
    }
}

fn player(part: &LabPart, started: &Started, shown: &Lab) -> Player {
    if started.lab.number == shown.number {
        return Player::Mine;
    }
    let file = fs::read_to_string(labs::checkout().join(&part.file)).unwrap_or_default();
    match state(&file, &part.starter()) {
        State::Written => Player::Mine,
        unfinished => Player::StandIn(unfinished),
    }
}

/// What a command starts.
fn started_by(command: &str) -> Result<Started, String> {
    let Some(rest) = command.strip_prefix(RUN) else {
        return Err(format!("a demo can only start programs of labs: {RUN}lab6"));
    };
    let (rest, words) = rest.split_once(WORDS).unwrap_or((rest, ""));
    let words = shell_words::split(words).map_err(|error| error.to_string())?;
    let (package, name) = rest.split_once(NAMED).unwrap_or((rest, rest));
    let lab = labs::all().iter().find(|lab| lab.package() == package);
    let lab = lab.ok_or_else(|| format!("there is no {package}"))?;
    let program = match lab.parts.iter().find(|part| part.executable == name) {
        Some(part) => Program::Asked(part),
        None if name == package => {
            let all: Vec<&str> = lab.parts.iter().map(|part| part.executable.as_str()).collect();
            return Err(format!("{package} has two programs: --bin {}", all.join(", --bin ")));
        }
        None if is_named(lab, name) => Program::Extra(name.to_owned()),
        None => return Err(format!("the Cargo.toml of {package} names no program {name}")),
    };
    Ok(Started { lab, program, words })
}

/// True when the package of a lab has this program.
fn is_named(lab: &Lab, program: &str) -> bool {
    let file = labs::checkout().join("labs").join(lab.folder).join("Cargo.toml");
    let text = fs::read_to_string(file).unwrap_or_default();
    text.lines().any(|line| line == format!("name = \"{program}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transcript(commands: &[&str]) -> Transcript {
        let blocks = commands.iter().map(|command| format!("```console a\n$ {command}\n```\n"));
        let handout = format!("## Watch it\n{}", blocks.collect::<String>());
        Transcript::parse("README.md", &handout).unwrap()
    }

    #[test]
    fn only_labs_can_be_started() {
        let transcript = transcript(&[
            "cargo run -q -p lab6",
            "ls",
            "cargo run -q -p lab99",
            "cargo run -q -p lab8 --bin lab8-nobody",
        ]);
        let mistakes = Cast::choose(&labs::all()[0], "README.md", &transcript, false).unwrap_err();
        let shown: Vec<String> = mistakes.iter().map(Mistake::to_string).collect();
        assert!(shown[0].starts_with("README.md:6:3: a demo can only start"), "{shown:?}");
        assert!(shown[0].ends_with("6 | $ ls\n  |   ^^"), "{shown:?}");
        assert!(shown[1].starts_with("README.md:9:3: there is no lab99"), "{shown:?}");
        let nobody = "README.md:12:3: the Cargo.toml of lab8 names no program lab8-nobody";
        assert!(shown[2].starts_with(nobody), "{shown:?}");
        assert_eq!(shown.len(), 3);
    }

    #[test]
    fn what_is_there_for_the_scene_is_always_the_courses() {
        let commands = ["cargo run -q -p lab8 --bin lab8-client", "cargo run -q -p lab8"];
        let transcript = transcript(&[commands[0], commands[1], commands[0]]);
        let lab = labs::find("lan-server").unwrap();
        let cast = Cast::choose(lab, "README.md", &transcript, true).unwrap();
        let parts: Vec<(String, String)> =
            cast.parts.iter().map(|part| (part.command.clone(), part.executable())).collect();
        let part = |command: &str, executable: &str| (command.to_owned(), executable.to_owned());
        assert_eq!(parts, [part(commands[0], "lab8-client"), part(commands[1], "lab8")]);
        assert_eq!(cast.describe(), "Your lab8 plays.");
    }

    #[test]
    fn a_program_may_be_given_words() {
        let command = "cargo run -q -p lab6 -- add 'five apples'";
        let transcript = transcript(&["cargo run -q -p lab6", command]);
        let lab = labs::find("ack-server").unwrap();
        let cast = Cast::choose(lab, "README.md", &transcript, false).unwrap();
        assert_eq!(cast.words(command), ["add", "five apples"]);
        assert!(cast.words("cargo run -q -p lab6").is_empty());
    }

    #[test]
    fn who_plays_is_told() {
        let cast = |players: &[(usize, Player)]| {
            let part = |&(number, player): &(usize, Player)| {
                let command = format!("{RUN}lab{number}");
                Part { started: started_by(&command).unwrap(), command, player }
            };
            Cast { parts: players.iter().map(part).collect() }.describe()
        };
        let stand_in = Player::StandIn;
        for (players, told) in [
            (&[(6, Player::Solution), (7, Player::Solution)][..], "The course's solutions play."),
            (&[(6, Player::Mine)], "Your lab6 plays."),
            (&[(6, Player::Mine), (7, Player::Mine)], "Your lab6 and lab7 play."),
            (
                &[(6, Player::Mine), (7, stand_in(State::InProgress))],
                "Your lab6 plays. lab7 is the course's: yours still has a todo!.",
            ),
            (
                &[(6, Player::Mine), (7, stand_in(State::NotStarted))],
                "Your lab6 plays. lab7 is the course's: yours is not started.",
            ),
        ] {
            assert_eq!(cast(players), told);
        }
    }
}
