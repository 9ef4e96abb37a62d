//! A disk that is full: said, and nothing lost that was acknowledged.

use std::path::Path;
use std::process::{Command, Output};

use super::stage::{Stage, bare};

/// Runs `script` with a file system of 192 KiB at `$1`, in mounts of its own. `None` where that is not permitted.
fn on_a_small_disk(at: &Path, script: &str, program: &Command) -> Option<Output> {
    let allowed = Command::new("unshare")
        .args([
            "-m",
            "sh",
            "-c",
            "mount -t tmpfs -o size=64k tmpfs \"$1\"",
            "sh",
        ])
        .arg(at)
        .output()
        .is_ok_and(|output| output.status.success());
    if !allowed {
        return None;
    }
    let mut command = Command::new("unshare");
    command
        .args(["-m", "sh", "-c", script, "sh"])
        .arg(at)
        .arg(program.get_program())
        .args(program.get_args());
    Some(command.output().unwrap())
}

#[test]
fn a_full_disk_is_said_and_what_was_kept_stays() {
    let stage = Stage::new("");
    let place = tempfile::tempdir().unwrap();
    let session = place.path().join("small.launch");
    let intent = stage.intent();
    let file = session.display().to_string();
    let mut program = bare(stage.data());
    program.args(["--intent", &intent]);
    let flags = stage.flags();
    let script = format!(
        "mount -t tmpfs -o size=192k tmpfs \"$1\" || exit 99; shift; program=\"$1\"; shift; \
         \"$program\" --data-dir {data} new acme.example --session {file} --intent {intent} {flags} >/dev/null || exit 98; \
         \"$program\" --data-dir {data} verify {file} || exit 97; \
         \"$program\" --data-dir {data} check {file} {flags} >/dev/null; code=$?; echo \"check ended $code\"; \
         \"$program\" --data-dir {data} verify {file}; echo \"verify ended $?\"",
        data = stage.data().display(),
        flags = flags.join(" "),
    );
    let bare_program = bare(stage.data());
    let Some(output) = on_a_small_disk(place.path(), &script, &bare_program) else {
        // Mounts need rights that not every machine gives.
        std::io::Write::write_all(
            &mut std::io::stderr(),
            b"skipped: mounting a small file system is not permitted here\n",
        )
        .unwrap();
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("check ended 4"), "{said}\n{told}");
    assert!(said.contains("verify ended 0"), "{said}\n{told}");
    assert!(told.contains("full"), "{told}");
    assert!(told.contains("try "), "{told}");
}
