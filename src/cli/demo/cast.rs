//! Who plays: the course's solutions, or the learner's own programs.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use crate::course::{Lab, State, state};
use crate::demo::{Mistake, Transcript};
use crate::labs;
use crate::program::build::{BuildError, build};

/// How a transcript's commands begin. The name of a lab's package follows.
const RUN: &str = "cargo run -q -p ";

/// Who plays each lab that a transcript starts.
#[derive(Debug)]
pub(super) struct Cast {
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    lab: &'static Lab,
    player: Player,
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
    /// of the lab that is shown plays however far it is: where it stops is what there is to see.
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
            match lab_of(command) {
                Ok(started) if parts.iter().all(|part| part.lab.number != started.number) => {
                    let player = if mine { player(started, lab) } else { Player::Solution };
                    parts.push(Part { lab: started, player });
                }
                Ok(_) => {}
                Err(message) => mistakes.push(Mistake::in_command(file, line, command, message)),
            }
        }
        if mistakes.is_empty() { Ok(Cast { parts }) } else { Err(mistakes) }
    }

    /// Builds all the programs: for each command, the executable.
    pub(super) fn build(&self, color: bool) -> Result<HashMap<String, PathBuf>, BuildError> {
        let executables: Vec<(String, String)> =
            self.parts.iter().map(|part| (part.lab.package(), part.executable())).collect();
        let mut built = build(&labs::checkout(), &executables, color)?;
        let command = |part: &Part| format!("{RUN}{}", part.lab.package());
        let found = |part: &Part| Some((command(part), built.remove(&part.executable())?));
        Ok(self.parts.iter().filter_map(found).collect())
    }

    /// Says who plays, in a sentence or two.
    pub(super) fn describe(&self) -> String {
        let named = |wanted: &dyn Fn(Player) -> bool| -> Vec<String> {
            let parts = self.parts.iter().filter(|part| wanted(part.player));
            parts.map(|part| part.lab.package()).collect()
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
            text.push_str(&format!(" {} is the course's: {why}.", part.lab.package()));
        }
        text
    }
}

impl Part {
    fn executable(&self) -> String {
        match self.player {
            Player::Mine => self.lab.package(),
            Player::Solution | Player::StandIn(_) => format!("{}-solution", self.lab.package()),
        }
    }
}

fn player(started: &Lab, shown: &Lab) -> Player {
    if started.number == shown.number {
        return Player::Mine;
    }
    let file = fs::read_to_string(labs::checkout().join(started.file())).unwrap_or_default();
    match state(&file, &started.starter()) {
        State::Written => Player::Mine,
        unfinished => Player::StandIn(unfinished),
    }
}

/// The lab whose program a command starts.
fn lab_of(command: &str) -> Result<&'static Lab, String> {
    let Some(package) = command.strip_prefix(RUN) else {
        return Err(format!("a demo can only start programs of labs: {RUN}lab6"));
    };
    let lab = labs::all().iter().find(|lab| lab.package() == package);
    lab.ok_or_else(|| format!("there is no {package}"))
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
        let transcript = transcript(&["cargo run -q -p lab6", "ls", "cargo run -q -p lab99"]);
        let mistakes = Cast::choose(&labs::all()[0], "README.md", &transcript, false).unwrap_err();
        let shown: Vec<String> = mistakes.iter().map(Mistake::to_string).collect();
        assert!(shown[0].starts_with("README.md:6:3: a demo can only start"), "{shown:?}");
        assert!(shown[0].ends_with("6 | $ ls\n  |   ^^"), "{shown:?}");
        assert!(shown[1].starts_with("README.md:9:3: there is no lab99"), "{shown:?}");
    }

    #[test]
    fn who_plays_is_told() {
        let lab = |number: usize| &labs::all()[number - 1];
        let cast = |players: &[(usize, Player)]| {
            let part = |&(number, player)| Part { lab: lab(number), player };
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
