//! Files that show an answer: read once for their hash, in pieces, never kept; looked at again when somebody asks.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::model::attachment::{Attachment, FileState, bytes};
use crate::model::text::escape;

/// The largest file that is read, in bytes.
const MOST: u64 = 2_000_000_000;

/// The file of that path with its size and its hash, or what is wrong with it and what to do. Blocks.
pub(super) fn hash(typed: &str) -> Result<Attachment, String> {
    let path =
        std::path::absolute(home(typed)).map_err(|why| format!("{}: {why}", escape(typed)))?;
    let shown = escape(&path.display().to_string());
    let (size, sha256) = read(&path).map_err(|why| format!("{shown} {why}"))?;
    let name = path.file_name().unwrap_or_default();
    Ok(Attachment::File {
        name: escape(&name.to_string_lossy()),
        path: path.to_string_lossy().into_owned(),
        size,
        sha256,
    })
}

/// How each file stands to what was attached. Links are not followed. Blocks.
pub(super) fn look(list: Vec<Attachment>) -> Vec<(Attachment, FileState)> {
    list.into_iter()
        .filter_map(|attachment| {
            let Attachment::File { path, sha256, .. } = &attachment else {
                return None;
            };
            let state = match read(Path::new(path)) {
                Ok((_, now)) if now == *sha256 => FileState::Same,
                Ok(_) => FileState::Changed,
                Err(why) => FileState::Gone(format!("the file {why}")),
            };
            Some((attachment, state))
        })
        .collect()
}

/// `~/` is the operator's own folder.
fn home(typed: &str) -> PathBuf {
    match (typed.strip_prefix("~/"), directories::BaseDirs::new()) {
        (Some(rest), Some(dirs)) => dirs.home_dir().join(rest),
        _ => PathBuf::from(typed),
    }
}

/// Size and hash of an ordinary file; why not, as the end of a sentence.
fn read(path: &Path) -> Result<(u64, String), String> {
    // Asked before it is opened: opening a pipe waits for whoever writes to it.
    let kind = std::fs::metadata(path).map_err(|why| trouble(&why))?;
    if kind.is_dir() {
        return Err("is a folder: name one file in it".to_owned());
    }
    if !kind.is_file() {
        return Err("is a pipe or a device, not a file".to_owned());
    }
    if kind.len() > MOST {
        return Err(too_large(kind.len()));
    }
    let file = File::open(path).map_err(|why| trouble(&why))?;
    let mut from = file.take(MOST + 1);
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    let mut size = 0_u64;
    loop {
        let count = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(why) if why.kind() == ErrorKind::Interrupted => continue,
            Err(why) => return Err(trouble(&why)),
        };
        size += count as u64;
        hash.update(buffer.get(..count).unwrap_or_default());
    }
    if size > MOST {
        return Err(too_large(size));
    }
    let hex = hash
        .finalize()
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    Ok((size, hex))
}

fn too_large(size: u64) -> String {
    format!(
        "has {}, and up to {} are read: attach a listing of it, or a link",
        bytes(size),
        bytes(MOST)
    )
}

fn trouble(why: &std::io::Error) -> String {
    match why.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => {
            "is not there: correct the path, or begin with a word if it is none".to_owned()
        }
        ErrorKind::PermissionDenied => "may not be read by you".to_owned(),
        _ => format!("could not be read: {why}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_hash_and_told_when_it_changed_or_went() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("zone.txt");
        std::fs::write(&path, "abc").unwrap();
        let attached = hash(path.to_str().unwrap()).unwrap();
        // SHA-256 of "abc": FIPS 180-2, appendix B.1.
        let Attachment::File {
            size, sha256, name, ..
        } = &attached
        else {
            panic!("{attached:?}")
        };
        assert_eq!((*size, name.as_str()), (3, "zone.txt"));
        assert_eq!(
            sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        let state = |attached: &Attachment| look(vec![attached.clone()]).remove(0).1;
        assert_eq!(state(&attached), FileState::Same);
        std::fs::write(&path, "abd").unwrap();
        assert_eq!(state(&attached), FileState::Changed);
        std::fs::remove_file(&path).unwrap();
        assert!(matches!(state(&attached), FileState::Gone(why) if why.contains("is not there")));
        let link = Attachment::Link {
            url: "https://a.example".into(),
        };
        assert!(look(vec![link]).is_empty());
    }

    #[test]
    fn what_is_no_file_to_read_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let large = folder.path().join("large");
        File::create(&large)
            .unwrap()
            .set_len(10_000_000_000)
            .unwrap();
        let fifo = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&fifo).status();
        for (path, want) in [
            (folder.path().to_owned(), "is a folder: name one file in it"),
            (folder.path().join("none"), "is not there"),
            (large.join("below"), "is not there"),
            (large, "has 10.0 GB, and up to 2.0 GB are read"),
            (PathBuf::from("/dev/null"), "is a pipe or a device"),
        ] {
            let why = hash(path.to_str().unwrap()).unwrap_err();
            assert!(why.contains(want), "{why}");
        }
        if made.is_ok_and(|status| status.success()) {
            let why = hash(fifo.to_str().unwrap()).unwrap_err();
            assert!(why.contains("is a pipe or a device"), "{why}");
        }
        let hostile = hash("/tmp/\u{1b}[2J").unwrap_err();
        assert!(!hostile.contains('\u{1b}'), "{hostile}");
    }
}
