//! `completions` and `man`: the argument table seen by a shell and by `man`.

use anyhow::Result;
use clap::CommandFactory;
use clap_complete::Shell;

use super::args::Arguments;
use super::exit::Exit;
use super::out;

/// Prints the completion script of `shell`.
pub fn completions(shell: Shell) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(
        shell,
        &mut Arguments::command(),
        "launch-ready",
        &mut script,
    );
    out::write(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Go)
}

/// Prints the manual page in roff.
pub fn man() -> Result<Exit> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Arguments::command()).render(&mut page)?;
    out::write(&String::from_utf8_lossy(&page))?;
    Ok(Exit::Go)
}
