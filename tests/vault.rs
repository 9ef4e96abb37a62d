//! The vault: an encrypted file against a wrong passphrase, and a real keyring where there is one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test"
)]

use std::path::Path;

use launch_ready::vault::{Options, Place, Vault, VaultProblem, file_in};
use secrecy::{ExposeSecret, SecretString};

const SECRET: &str = "correct-horse-battery-staple-🔑";

fn options(folder: &Path, place: Place, passphrase: Option<&str>) -> Options {
    Options {
        folder: folder.to_owned(),
        scope: "acme-example".to_owned(),
        passphrase: passphrase.map(SecretString::from),
        only: Some(place),
        work_factor: Some(4),
    }
}

#[test]
fn an_encrypted_file_keeps_a_secret_and_opens_for_its_passphrase_only() {
    let folder = tempfile::tempdir().unwrap();
    let mut vault = Vault::open(options(folder.path(), Place::File, Some("open sesame"))).unwrap();
    assert_eq!(vault.set("account-a", &SECRET.into()).unwrap(), Place::File);
    assert_eq!(vault.names().unwrap(), ["account-a"]);
    drop(vault);

    let wrong = Vault::open(options(folder.path(), Place::File, Some("open says me"))).unwrap_err();
    assert!(matches!(wrong, VaultProblem::WrongPassphrase(_)), "{wrong}");
    let vault = Vault::open(options(folder.path(), Place::File, Some("open sesame"))).unwrap();
    assert_eq!(vault.get("account-a").unwrap().expose_secret(), SECRET);
    assert!(matches!(
        vault.get("account-b"),
        Err(VaultProblem::Missing(_))
    ));

    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(
            !bytes.windows(SECRET.len()).any(|w| w == SECRET.as_bytes()),
            "the value lies in the open"
        );
    }
    assert!(!format!("{vault:?}").contains(SECRET));
}

#[cfg(unix)]
#[test]
fn the_encrypted_file_is_its_owners_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let mut vault = Vault::open(options(folder.path(), Place::File, Some("p"))).unwrap();
    vault.set("token", &SECRET.into()).unwrap();
    let mode = std::fs::metadata(file_in(folder.path()))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}

#[test]
fn a_damaged_file_is_said_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    Vault::open(options(folder.path(), Place::File, Some("p")))
        .unwrap()
        .set("token", &SECRET.into())
        .unwrap();
    let path = file_in(folder.path());
    let whole = std::fs::read(&path).unwrap();
    for cut in [0, 1, 20, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&path, whole.get(..cut).unwrap()).unwrap();
        let before = std::fs::read(&path).unwrap();
        assert!(
            Vault::open(options(folder.path(), Place::File, Some("p"))).is_err(),
            "cut at {cut}"
        );
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
}

#[test]
fn removing_and_naming() {
    let folder = tempfile::tempdir().unwrap();
    let mut vault = Vault::open(options(folder.path(), Place::File, Some("p"))).unwrap();
    vault.set("token", &SECRET.into()).unwrap();
    vault.remove("token").unwrap();
    assert!(matches!(
        vault.remove("token"),
        Err(VaultProblem::Missing(_))
    ));
    assert!(vault.names().unwrap().is_empty());
    assert!(matches!(
        vault.set("../../etc", &SECRET.into()),
        Err(VaultProblem::BadName(_))
    ));
}

#[test]
fn without_a_place_nothing_is_stored_and_the_way_out_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut vault = Vault::open(options(folder.path(), Place::Environment, None)).unwrap();
    let refused = vault.set("token", &SECRET.into()).unwrap_err();
    assert!(refused.to_string().contains("passphrase"), "{refused}");
}

#[test]
fn the_keyring_of_the_operating_system_keeps_a_secret() {
    if std::env::var_os("LAUNCH_READY_TEST_KEYRING").is_none() {
        eprintln!(
            "skipped: set LAUNCH_READY_TEST_KEYRING=1 where a keyring is unlocked (dbus-run-session, gnome-keyring)"
        );
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut vault = Vault::open(options(folder.path(), Place::Keyring, None)).unwrap();
    vault.set("account-a", &SECRET.into()).unwrap();
    let again = Vault::open(options(folder.path(), Place::Keyring, None)).unwrap();
    assert_eq!(again.get("account-a").unwrap().expose_secret(), SECRET);
    assert_eq!(again.test("account-a").unwrap(), Place::Keyring);
    vault.remove("account-a").unwrap();
    assert!(matches!(
        again.get("account-a"),
        Err(VaultProblem::Missing(_))
    ));
}
