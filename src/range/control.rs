//! Changing a range that another process serves: one line in, one line out, on a loopback port that only those who know a
//! random token may use.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::{Range, token};

/// The longest line that is read.
const LINE: u64 = 1024;

/// How long a client waits for the range.
const PATIENCE: Duration = Duration::from_secs(5);

/// What can be asked of a served range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Sets a fault.
    Break(String),
    /// Mends a fault.
    Mend(String),
    /// Only tells which faults are on.
    Faults,
}

/// Why a served range could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum ControlProblem {
    #[error(
        "`{0}` is not the control address of a range; `range serve --json` prints it as `control`"
    )]
    Address(String),
    #[error("no range is being served: {0}; start one with `launch-ready range serve`")]
    NotServed(String),
    #[error("talking to the range at {address}: {source}")]
    Io { address: String, source: io::Error },
    /// The range's own words.
    #[error("{0}")]
    Refused(String),
}

/// The control port of a range. It closes when this is dropped.
pub struct Control {
    address: String,
    note: Option<PathBuf>,
    _tasks: JoinSet<()>,
}

impl Control {
    /// Opens the control port of `range` and leaves a note where [`noted`] finds it.
    pub async fn serve(range: Arc<Range>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let token = token::random::<16>().ok_or_else(|| io::Error::other("no randomness"))?;
        let address = format!("{}/{token}", listener.local_addr()?);
        let mut tasks = JoinSet::new();
        tasks.spawn(listen(listener, range, token));
        Ok(Self {
            note: leave_note(&address).ok(),
            address,
            _tasks: tasks,
        })
    }

    /// `IP:PORT/TOKEN`, for [`send`].
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        if let Some(note) = &self.note {
            let mine = std::fs::read_to_string(note).is_ok_and(|text| text.trim() == self.address);
            if mine {
                // A note that stays behind leads to a closed port, which is said clearly.
                let _ = std::fs::remove_file(note);
            }
        }
    }
}

/// The control address of the range that was served last on this machine by this user.
pub fn noted() -> Result<String, ControlProblem> {
    let path = note_path();
    std::fs::read_to_string(&path)
        .map(|text| text.trim().to_owned())
        .map_err(|e| ControlProblem::NotServed(format!("reading {}: {e}", path.display())))
}

/// Asks the range at `address` for a change. Gives the faults that are on afterwards.
pub async fn send(address: &str, command: &Command) -> Result<Vec<String>, ControlProblem> {
    let (socket, token) = address
        .split_once('/')
        .and_then(|(socket, token)| Some((socket.parse::<SocketAddr>().ok()?, token)))
        .filter(|(socket, _)| socket.ip().is_loopback())
        .ok_or_else(|| ControlProblem::Address(address.to_owned()))?;
    let words = match command {
        Command::Break(id) => format!("break {id}"),
        Command::Mend(id) => format!("mend {id}"),
        Command::Faults => "faults".to_owned(),
    };
    let talk = async {
        let mut stream = TcpStream::connect(socket).await?;
        stream
            .write_all(format!("{token} {words}\n").as_bytes())
            .await?;
        let mut reply = String::new();
        stream.take(64 * LINE).read_to_string(&mut reply).await?;
        Ok(reply)
    };
    let reply = tokio::time::timeout(PATIENCE, talk)
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        .map_err(|source: io::Error| match source.kind() {
            io::ErrorKind::ConnectionRefused => {
                ControlProblem::NotServed(format!("nobody listens at {socket}"))
            }
            _ => ControlProblem::Io {
                address: socket.to_string(),
                source,
            },
        })?;
    match reply.trim_end().split_once(' ') {
        Some(("ok", faults)) => Ok(faults.split_whitespace().map(str::to_owned).collect()),
        Some(("error", words)) => Err(ControlProblem::Refused(words.to_owned())),
        _ if reply.trim_end() == "ok" => Ok(Vec::new()),
        _ => Err(ControlProblem::Refused(
            "the range did not understand: the token is not its own".to_owned(),
        )),
    }
}

async fn listen(listener: TcpListener, range: Arc<Range>, token: String) {
    let token: Arc<str> = token.into();
    let mut talks = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        while talks.try_join_next().is_some() {}
        let (range, token) = (Arc::clone(&range), Arc::clone(&token));
        talks.spawn(async move {
            // A client that is slow or gone is no concern of the range.
            let _ = tokio::time::timeout(PATIENCE, answer(stream, &range, &token)).await;
        });
    }
}

async fn answer(mut stream: TcpStream, range: &Range, token: &str) -> io::Result<()> {
    let mut line = String::new();
    BufReader::new((&mut stream).take(LINE))
        .read_line(&mut line)
        .await?;
    let mut words = line.split_whitespace();
    if words.next() != Some(token) {
        return Ok(());
    }
    let done = match (words.next(), words.next()) {
        (Some("break"), Some(id)) => range.break_fault(id).await,
        (Some("mend"), Some(id)) => range.mend(id).await,
        (Some("faults"), None) => Ok(()),
        _ => {
            return stream
                .write_all(b"error say break ID, mend ID or faults\n")
                .await;
        }
    };
    let reply = match done {
        Ok(()) => format!("ok {}\n", range.faults().await.join(" ")),
        Err(problem) => format!("error {problem}\n"),
    };
    stream.write_all(reply.as_bytes()).await
}

/// In the folder for what lives as long as a login, else in the cache folder: both are the user's own.
fn note_path() -> PathBuf {
    const NOTE: &str = "range.control";
    directories::ProjectDirs::from("", "", "launch-ready").map_or_else(
        || std::env::temp_dir().join(format!("launch-ready-{NOTE}")),
        |dirs| {
            dirs.runtime_dir()
                .unwrap_or_else(|| dirs.cache_dir())
                .join(NOTE)
        },
    )
}

fn leave_note(address: &str) -> io::Result<PathBuf> {
    let path = note_path();
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = tempfile::Builder::new().tempfile_in(path.parent().unwrap_or(&path))?;
    io::Write::write_all(&mut file, address.as_bytes())?;
    // Made by tempfile, so readable by this user only.
    file.persist(&path).map_err(|e| e.error)?;
    Ok(path)
}
