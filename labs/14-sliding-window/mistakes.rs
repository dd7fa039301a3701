#[path = "../mistakes.rs"]
mod mistakes;
fn main() -> std::process::ExitCode {
    mistakes::run(&[])
}
