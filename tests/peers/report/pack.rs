//! A session of the practice range with hostile text in every place that a person or a file from elsewhere can fill.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use jiff::{SignedDuration, Timestamp};
use launch_ready::model::event::EventBody;
use launch_ready::range::{Range, scenario};
use launch_ready::store::Store;

/// Both editions.
pub const EDITIONS: [&str; 2] = ["client", "internal"];

/// What the default scenario serves to everybody in its `.env`: seen, and never kept.
pub const SECRETS: [&str; 2] = [
    "practice-range-not-a-real-password",
    "practice-range-not-a-real-key",
];

/// What is planted.
pub struct Hostile {
    name: &'static str,
    text: &'static str,
}

pub const HOSTILE: Hostile = Hostile {
    name: "<b>Eve</b><script>alert(1)</script>",
    text: "</td></table><img src=http://203.0.113.9/x onerror=alert(2)> \u{202e}gpj.exe\u{1b}[2J\u{7}\0 [x](javascript:alert(3)) ``` | # h",
};

impl Hostile {
    /// What must be read on the page, letter by letter.
    pub fn shown(&self, edition: &str) -> Vec<&'static str> {
        let mut list = vec![
            self.name,
            "<img src=http://203.0.113.9/x onerror=alert(2)> \\u{202e}gpj.exe\\x1b[2J\\x07\\x00 [x](javascript:alert(3))",
        ];
        if edition == "internal" {
            list.push("1 MB of <i>notes</i>");
        }
        list
    }
}

/// Reports in both editions and formats.
pub struct Pack {
    folder: PathBuf,
}

impl Pack {
    /// Plays the sprint and writes the reports.
    pub fn made() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/report-pictures");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let data = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        let world = scenario::find("default").unwrap().world();
        let range = runtime.block_on(Range::start(world)).unwrap();
        let intent = range.intent_file().display().to_string();
        let made = launch_ready(
            data.path(),
            &["new", "acme.example", "--intent", &intent],
            &range,
        );
        assert!(made.status.success(), "{made:?}");
        let checked = launch_ready(data.path(), &["check", "acme-example"], &range);
        assert_eq!(checked.status.code(), Some(1), "{checked:?}");
        let file = data.path().join("acme-example.launch");
        plant(&file);
        let pack = Self { folder };
        for edition in EDITIONS {
            for (format, ending) in [("html", "html"), ("markdown", "md"), ("json", "json")] {
                let path = pack.path(edition, ending).display().to_string();
                let arguments = [
                    "report",
                    "acme-example",
                    "--format",
                    format,
                    "--edition",
                    edition,
                    "-o",
                    &path,
                ];
                let written = launch_ready(data.path(), &arguments, &range);
                assert!(written.status.success(), "{written:?}");
            }
        }
        pack
    }

    pub fn path(&self, edition: &str, ending: &str) -> PathBuf {
        self.folder.join(format!("{edition}.{ending}"))
    }

    pub fn read(&self, edition: &str, ending: &str) -> String {
        fs::read_to_string(self.path(edition, ending)).unwrap()
    }
}

/// The program, with the flags that lead to the range where it asks somebody.
fn launch_ready(data: &Path, arguments: &[&str], range: &Range) -> Output {
    let checks = arguments[0] == "check";
    let asks = checks || arguments[0] == "new";
    let flags = range.flags();
    let flags = flags
        .chunks(2)
        .filter(|pair| asks && pair[0] != "--intent" && (checks || pair[0] != "--third-parties"))
        .flatten();
    Command::new(env!("CARGO_BIN_EXE_launch-ready"))
        .stdin(Stdio::null())
        .env("HOME", data)
        .args(arguments)
        .args(flags)
        .arg("--data-dir")
        .arg(data)
        .output()
        .unwrap()
}

/// What people did in the sprint, in the worst words.
fn plant(file: &Path) {
    let now = Timestamp::now();
    let (name, text) = (HOSTILE.name.to_owned(), HOSTILE.text.to_owned());
    let until = now + SignedDuration::from_hours(24 * 14);
    let answered = |question: &str, yes| EventBody::Answered {
        question: question.to_owned(),
        yes,
        by: name.clone(),
        evidence: text.clone(),
        attachments: Vec::new(),
    };
    let signed = |gate: &str, by: &str| EventBody::SignedOff {
        gate: gate.to_owned(),
        by: by.to_owned(),
        role: text.clone(),
    };
    let waived = |criterion: &str| EventBody::Waived {
        criterion: criterion.to_owned(),
        reason: text.clone(),
        by: name.clone(),
        until,
        compensating: text.clone(),
        fingerprints: Vec::new(),
    };
    let noted = |item: &str, text: String| EventBody::Noted {
        item: item.to_owned(),
        text,
    };
    let mut note = "1 MB of <i>notes</i> ".to_owned();
    note.extend(std::iter::repeat_n("https://a.example/?q=<b>", 45_000));
    let playbook = launch_ready::playbook::builtin()
        .iter()
        .find(|playbook| playbook.id == "b2b-support")
        .unwrap();
    let mut bodies = vec![
        EventBody::ClockStarted,
        waived("email-valid"),
        signed("audit-closed", &name),
    ];
    bodies.extend(["access", "email-valid", ""].map(|item| noted(item, text.clone())));
    bodies.push(noted("", note));
    bodies.extend(
        playbook
            .red_flags
            .iter()
            .take(2)
            .map(|flag| answered(&flag.id, true)),
    );
    bodies.extend(
        playbook
            .access
            .iter()
            .take(2)
            .map(|asked| answered(&asked.id, true)),
    );
    let questions = playbook.criteria.iter().flat_map(|row| &row.questions);
    bodies.extend(questions.take(4).map(|asked| answered(&asked.id, true)));
    bodies.push(EventBody::Assigned {
        item: "email-valid".to_owned(),
        owner: name.clone(),
        due: Some(until),
        blocked_by: String::new(),
    });
    bodies.push(EventBody::AccessRecorded {
        place: "DNS host".to_owned(),
        who: name.clone(),
        how: format!("{text}{}", "unbroken".repeat(40)),
        owner: String::new(),
        second_factor: String::new(),
        recovery: String::new(),
    });
    bodies.push(EventBody::AuthorityStated {
        statement: text.clone(),
        hosts: vec!["www.acme.example".to_owned(), name.clone()],
    });
    let mut store = Store::open(file).unwrap();
    store.append(bodies, now, &name, "desk").unwrap();
}
