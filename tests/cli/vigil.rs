//! `watch SESSION` for good: what breaks while it watches is seen twice and told once, on a healthy footing only, and a file
//! is whole whenever it ends.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use launch_ready::model::sample::answers;
use launch_ready::store::{Store, file_of};
use serde_json::Value;

use super::{Stage, code, program, stderr, stdout};

const HOST: &str = "api.acme.example";
const ENOUGH: Duration = Duration::from_mins(2);

/// A web hook on loopback: its address, and what it was told. It fails the first time, as a busy one does.
fn hook() -> (String, Receiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/hook/T0K3N", listener.local_addr().unwrap());
    let (sender, told) = channel();
    std::thread::spawn(move || {
        for (count, stream) in listener.incoming().enumerate() {
            let mut reader = BufReader::new(stream.unwrap());
            let mut length = 0;
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
                    break;
                }
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let status = if count == 0 { "503 Busy" } else { "200 OK" };
            let answer =
                format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            reader.get_mut().write_all(answer.as_bytes()).unwrap();
            if count > 0 && sender.send(serde_json::from_slice(&body).unwrap()).is_err() {
                return;
            }
        }
    });
    (address, told)
}

impl Stage {
    fn session(&self) {
        let intent = self.range.intent_file().display().to_string();
        let made = self.run(&["new", "acme.example", "--intent", &intent]);
        assert_eq!(code(&made), 0, "{}", stderr(&made));
    }

    fn watching(&self, more: &[&str], resolver: Option<&str>) -> Child {
        let flags = self.range.flags();
        let flags = flags
            .chunks(2)
            .filter(|pair| pair[0] != "--intent" && (pair[0] != "--resolver" || resolver.is_none()))
            .flatten();
        let only = "tls.reachable,tls.hostname";
        program(self.data())
            .args([
                "watch",
                "acme-example",
                "--until",
                "stopped",
                "--only",
                only,
            ])
            .args(["--format", "json"])
            .args(more)
            .args(flags)
            .args(resolver.iter().flat_map(|address| ["--resolver", *address]))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn store(&self) -> Store {
        Store::open(&file_of(self.data(), "acme-example")).unwrap()
    }
}

/// The flags that lead to the range.
fn network(stage: &Stage) -> Vec<String> {
    let flags = stage.range.flags();
    let pairs = flags.chunks(2).filter(|pair| pair[0] != "--intent");
    pairs.flatten().cloned().collect()
}

/// The next look for which `wanted` holds.
fn look(looks: &mut BufReader<ChildStdout>, wanted: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let mut line = String::new();
        assert!(looks.read_line(&mut line).unwrap() > 0, "it ended");
        let look: Value = serde_json::from_str(&line).unwrap();
        if wanted(&look) {
            return look;
        }
        assert!(begun.elapsed() < ENOUGH, "{look:#}");
    }
}

fn interrupt(child: &Child) {
    let id = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn what_breaks_while_it_watches_is_confirmed_and_told_once() {
    let stage = Stage::healthy();
    stage.session();
    let (address, told) = hook();
    let mut child = stage.watching(&["--every", "2s", "--notify", &address], None);
    let mut looks = BufReader::new(child.stdout.take().unwrap());
    let up = |look: &Value| look["hosts"][HOST]["verdict"] == "pass";
    let first = look(&mut looks, |_| true);
    assert!(up(&first), "{first:#}");
    assert_eq!(first["turned"], Value::Array(Vec::new()), "{first:#}");
    let ms = &first["hosts"][HOST]["ms"];
    assert!(ms["total"].as_u64() >= ms["first_byte"].as_u64(), "{ms}");

    stage
        .runtime
        .block_on(stage.range.break_fault("tls.closed-port"))
        .unwrap();
    let down = look(&mut looks, |look| !up(look));
    assert_eq!(down["hosts"][HOST]["verdict"], "fail", "{down:#}");
    let turned = down["turned"].as_array().unwrap();
    let door = turned.iter().find(|t| t["check"] == "watch.answers");
    assert_eq!(door.unwrap()["told"], true, "{down:#}");
    // It goes on being down, and nobody hears of it again.
    for _ in 0..2 {
        let still = look(&mut looks, |_| true);
        assert!(!up(&still));
        assert_eq!(still["turned"], Value::Array(Vec::new()), "{still:#}");
    }
    stage
        .runtime
        .block_on(stage.range.mend("tls.closed-port"))
        .unwrap();
    look(&mut looks, up);
    look(&mut looks, |_| true);
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(130));

    let notices: Vec<Value> = told.try_iter().collect();
    let doors: Vec<&Value> = notices
        .iter()
        .filter(|n| n["check"] == "watch.answers" && n["subject"] == HOST)
        .collect();
    let words: Vec<&str> = doors.iter().map(|n| n["now"].as_str().unwrap()).collect();
    assert_eq!(words, ["fail", "pass"], "{notices:#?}");
    let text = doors[0]["text"].as_str().unwrap();
    assert!(text.starts_with("DOWN: api.acme.example: "), "{text}");
    assert_eq!(doors[0]["session"], "acme-example");

    let mut errors = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut errors)
        .unwrap();
    assert!(!errors.contains("T0K3N"), "{errors}");
    let file = std::fs::read(file_of(stage.data(), "acme-example")).unwrap();
    assert!(!file.windows(5).any(|bytes| bytes == b"T0K3N"));
    let store = stage.store();
    assert!(store.verify().unwrap().is_intact());
    let samples = &store.samples().unwrap()[&answers(HOST)];
    let (looks, down) = samples.iter().fold((0, 0), |(n, d), sample| {
        let (looks, down) = sample.looks();
        (n + looks, d + down)
    });
    assert!(looks >= 5 && (3..looks).contains(&down), "{samples:?}");
    // The session grew by what turned, not by every look.
    let events = store.events().unwrap().len();
    assert!(events < 30, "{events}");
}

#[test]
fn on_a_footing_that_does_not_carry_nothing_is_blamed_or_counted() {
    let stage = Stage::with_faults(&["tls.closed-port"]);
    stage.session();
    let before = stage.store().events().unwrap().len();
    let (address, told) = hook();
    let more = ["--every", "1s", "--timeout", "3s", "--notify", &address];
    // Nobody listens on the port of discard.
    let child = stage.watching(&more, Some("127.0.0.1:9"));
    let output = child.wait_with_output().unwrap();
    assert_eq!(code(&output), 3, "{}", stderr(&output));
    let looks = stdout(&output);
    assert!(!looks.is_empty());
    for line in looks.lines() {
        let look: Value = serde_json::from_str(line).unwrap();
        assert!(
            look["footing"].as_str().unwrap().contains("resolver"),
            "{look}"
        );
        assert_eq!(look["hosts"], serde_json::json!({}), "{look}");
    }
    assert_eq!(told.try_iter().count(), 0);
    let store = stage.store();
    assert!(store.samples().unwrap().is_empty());
    assert_eq!(store.events().unwrap().len(), before);
}

#[test]
fn what_is_watched_until_it_passes_is_told_and_kept_too() {
    let stage = Stage::healthy();
    stage.session();
    let (address, told) = hook();
    // An address of a hook is best kept as a credential, here in the environment.
    let output = program(stage.data())
        .args([
            "watch",
            "acme-example",
            "--only",
            "mail.spf",
            "--notify",
            "ops-hook",
        ])
        .args(network(&stage))
        .env("LAUNCH_READY_SECRET_OPS_HOOK", &address)
        .output()
        .unwrap();
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(!stderr(&output).contains("T0K3N") && !stdout(&output).contains("T0K3N"));
    let notices: Vec<Value> = told.try_iter().collect();
    assert_eq!(notices.len(), 1, "{notices:#?}");
    assert_eq!(notices[0]["text"], "passes: acme.example");
    let samples = stage.store().samples().unwrap();
    let kept: Vec<&str> = samples.keys().map(|key| key.check.as_str()).collect();
    assert_eq!(kept, ["mail.spf"]);
}

#[test]
fn what_cannot_be_watched_for_good_says_so() {
    let stage = Stage::healthy();
    stage.session();
    for (arguments, why) in [
        (
            vec!["watch", "other.example", "--until", "stopped"],
            "kept in a session",
        ),
        (
            vec![
                "watch",
                "acme-example",
                "--notify",
                "http://hooks.example/T0K3N",
            ],
            "not https",
        ),
        (
            vec!["watch", "acme-example", "--notify", "ops-hook"],
            "no credential `ops-hook`",
        ),
    ] {
        let output = stage.run(&arguments);
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(stderr(&output).contains(why), "{}", stderr(&output));
        assert!(!stderr(&output).contains("T0K3N"));
    }
    // Servers that others pay for are not looked at every second.
    let output = program(stage.data())
        .args([
            "watch",
            "acme-example",
            "--every",
            "1s",
            "--resolver",
            "127.0.0.1:9",
        ])
        .output()
        .unwrap();
    assert_eq!(code(&output), 2, "{}", stdout(&output));
    assert!(stderr(&output).contains("every minute is the shortest"));
}
