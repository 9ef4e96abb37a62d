//! The folder of sessions: names, a quick list, finding one by what a person types, removing one.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::OptionalExtension;

use super::problem::StoreProblem;
use super::{ENDING, Store, header, read};
use crate::model::event::EventBody;
use crate::model::text::nearest;

/// Names that Windows keeps for devices.
const RESERVED: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// A line of the list of sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionSummary {
    pub path: PathBuf,
    /// The file's name without its ending; what a person types.
    pub slug: String,
    pub domain: String,
    pub playbook: String,
    pub created: Option<Timestamp>,
    /// Time of the latest event.
    pub touched: Option<Timestamp>,
    pub events: u64,
    pub handed_over: bool,
    /// Why the file cannot be used, or only be read.
    pub problem: Option<String>,
}

/// The sessions in `folder`, the one that was touched last first. A file in trouble is listed with its problem. Reads a few
/// rows of each file, never all of it; a folder that does not exist holds none.
pub fn catalog(folder: &Path) -> Result<Vec<SessionSummary>, StoreProblem> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StoreProblem::io(folder, "read", &error)),
    };
    let mut list: Vec<SessionSummary> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == ENDING))
        .map(|path| summary(&path))
        .collect();
    list.sort_by(|a, b| b.touched.cmp(&a.touched).then_with(|| a.slug.cmp(&b.slug)));
    Ok(list)
}

fn summary(path: &Path) -> SessionSummary {
    let mut line = SessionSummary {
        path: path.to_owned(),
        slug: stem(path),
        domain: String::new(),
        playbook: String::new(),
        created: None,
        touched: None,
        events: 0,
        handed_over: false,
        problem: None,
    };
    let filled = header::read(path)
        .and_then(|_| Store::open_read_only(path))
        .and_then(|store| {
            if let Some(why) = store.read_only().filter(|why| why.is_newer()) {
                line.problem = Some(why.to_string());
            }
            store.fill(&mut line)
        });
    if let Err(problem) = filled {
        line.problem = Some(problem.to_string());
    }
    line
}

impl Store {
    fn fill(&self, line: &mut SessionSummary) -> Result<(), StoreProblem> {
        let query = || -> rusqlite::Result<(Option<crate::model::event::Event>, u64, Option<String>, bool)> {
            let first = self
                .connection
                .query_row(
                    &format!("{} ORDER BY seq LIMIT 1", read::COLUMNS),
                    [],
                    |row| Ok(read::event(row).ok()),
                )
                .optional()?
                .flatten();
            let (events, last) = self.connection.query_row(
                "SELECT count(*), (SELECT at FROM event ORDER BY seq DESC LIMIT 1) FROM event",
                [],
                |row| Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get(1)?)),
            )?;
            let handed_over = self.connection.query_row(
                "SELECT EXISTS (SELECT 1 FROM event WHERE kind = 'handed-over')",
                [],
                |row| row.get(0),
            )?;
            Ok((first, events, last, handed_over))
        };
        let (first, events, last, handed_over) =
            query().map_err(|e| StoreProblem::of(&self.path, "read", &e))?;
        if let Some(event) = first
            && let EventBody::Created {
                domain, playbook, ..
            } = event.body
        {
            (line.domain, line.playbook, line.created) = (domain, playbook, Some(event.at));
        }
        line.events = events;
        line.touched = last.and_then(|at| at.parse().ok());
        line.handed_over = handed_over;
        Ok(())
    }
}

/// The safe file name of a domain: `acme.example` → `acme-example`. Lower-case letters, digits and hyphens, 60 at most.
pub fn slug(domain: &str) -> String {
    let plain: String = domain
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let words: Vec<&str> = plain.split('-').filter(|word| !word.is_empty()).collect();
    let name: String = words.join("-").chars().take(60).collect();
    let name = name.trim_end_matches('-');
    let device = name.trim_end_matches(|c: char| c.is_ascii_digit());
    if name.is_empty() || RESERVED.contains(&device) {
        format!("session-{name}").trim_end_matches('-').to_owned()
    } else {
        name.to_owned()
    }
}

/// The slug of a domain, with a number after it if a session of that name is there already.
pub fn free_slug(folder: &Path, domain: &str) -> String {
    let base = slug(domain);
    std::iter::once(base.clone())
        .chain((2..=u32::MAX).map(|number| format!("{base}-{number}")))
        .find(|name| !file_of(folder, name).exists())
        .unwrap_or(base)
}

/// The file of a slug.
pub fn file_of(folder: &Path, slug: &str) -> PathBuf {
    folder.join(format!("{slug}.{ENDING}"))
}

/// The file that a person means: a path, a slug, or a domain. The problem names the nearest slug.
pub fn locate(folder: &Path, name: &str) -> Result<PathBuf, StoreProblem> {
    let path = Path::new(name);
    let names_a_file =
        name.contains(['/', '\\']) || path.extension().is_some_and(|ending| ending == ENDING);
    if names_a_file {
        return match path.exists() {
            true => Ok(path.to_owned()),
            false => Err(StoreProblem::Missing(path.to_owned())),
        };
    }
    [name.to_owned(), slug(name)]
        .iter()
        .map(|slug| file_of(folder, slug))
        .find(|file| file.exists())
        .ok_or_else(|| {
            let known: Vec<String> = catalog(folder)
                .unwrap_or_default()
                .into_iter()
                .map(|line| line.slug)
                .collect();
            StoreProblem::Unknown {
                name: name.to_owned(),
                meant: nearest(name, known.iter().map(String::as_str)).map(str::to_owned),
            }
        })
}

/// Removes a session file and what SQLite keeps beside it. Whoever calls has asked the operator.
pub fn remove(path: &Path) -> Result<(), StoreProblem> {
    header::read(path)?;
    fs::remove_file(path).map_err(|e| StoreProblem::io(path, "removed", &e))?;
    for ending in ["-wal", "-shm"] {
        let mut beside = path.as_os_str().to_owned();
        beside.push(ending);
        if let Err(error) = fs::remove_file(&beside)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            return Err(StoreProblem::io(Path::new(&beside), "removed", &error));
        }
    }
    Ok(())
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_a_safe_file_name() {
        for (domain, want) in [
            ("acme.example", "acme-example"),
            ("ACME.Example", "acme-example"),
            ("xn--bcher-kva.example", "xn-bcher-kva-example"),
            ("../../etc/passwd", "etc-passwd"),
            ("", "session"),
            ("con", "session-con"),
            ("lpt1", "session-lpt1"),
            ("consulting.example", "consulting-example"),
        ] {
            assert_eq!(slug(domain), want, "{domain}");
        }
        assert_eq!(slug(&"a".repeat(300)).len(), 60);
    }
}
