//! The five playbooks, held against what they must contain, and the linter held against broken ones.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use launch_ready::app::guides::Guide;
use launch_ready::checks::registry::CHECKS as REGISTERED;
use launch_ready::model::glossary::unexplained;
use launch_ready::model::playbook::{Playbook, ProofKind, Question, glob_matches};
use launch_ready::model::receiver;
use launch_ready::playbook::{builtin, find, lint, load_file, resolve};

const TEXTS: [(&str, &str); 5] = [
    (
        "b2b-support",
        include_str!("../assets/playbooks/b2b-support.toml"),
    ),
    (
        "internal-ops",
        include_str!("../assets/playbooks/internal-ops.toml"),
    ),
    (
        "b2b-production",
        include_str!("../assets/playbooks/b2b-production.toml"),
    ),
    (
        "ecommerce-handover",
        include_str!("../assets/playbooks/ecommerce-handover.toml"),
    ),
    (
        "coaching-security-review",
        include_str!("../assets/playbooks/coaching-security-review.toml"),
    ),
];

/// Ids of the registered checks.
static CHECKS: LazyLock<Vec<&str>> =
    LazyLock::new(|| REGISTERED.iter().map(|check| check.meta().id).collect());

/// Rows of each playbook, as the requirement lists them.
const ROWS: [(&str, &str); 5] = [
    (
        "b2b-support",
        "auth-enforced authorization secrets-removed email-valid tls-active edge-configured redirects-correct \
         monitoring-live api-latency handover-complete",
    ),
    (
        "internal-ops",
        "authentication authorization secrets-handling input-validation rate-limiting cors-policy \
         email-deliverability deployment-safety monitoring performance-baseline",
    ),
    (
        "b2b-production",
        "https-enforced auth-protection secrets-handling email-auth cloudflare-setup redirects-and-domain-map \
         monitoring-active deployment-hygiene performance-baseline handover-complete",
    ),
    (
        "ecommerce-handover",
        "auth-boundaries session-handling secrets-handling cors-policy rate-limiting input-validation email-auth \
         monitoring deployment-safety logging-hygiene",
    ),
    (
        "coaching-security-review",
        "auth-boundaries session-handling secrets-management tls-and-ssl email-authentication cors-policy \
         rate-limiting logging-hygiene monitoring-alerts deployment-safety",
    ),
];

#[test]
fn every_builtin_playbook_is_free_of_problems() {
    for (id, text) in TEXTS {
        let problems: Vec<String> = lint(text, &CHECKS)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert!(problems.is_empty(), "{id}: {problems:#?}");
        assert_eq!(find(id).unwrap().id, id);
    }
    assert_eq!(builtin().len(), TEXTS.len());
}

#[test]
fn every_row_of_the_requirement_is_there() {
    for (id, rows) in ROWS {
        let found: Vec<&str> = find(id)
            .unwrap()
            .criteria
            .iter()
            .map(|row| row.id.as_str())
            .collect();
        assert_eq!(found.join(" "), rows, "{id}");
    }
}

/// They ask a third party, which a run does only where that was opted in: as part of a row they would leave it undetermined
/// for everybody else.
const ON_REQUEST: [&str; 2] = ["domain.expiry", "domain.status"];

#[test]
fn every_check_serves_a_row_of_every_playbook() {
    for playbook in builtin() {
        let missing: Vec<&&str> = CHECKS
            .iter()
            .filter(|check| !ON_REQUEST.contains(check) && playbook.row_of(check).is_none())
            .collect();
        assert!(missing.is_empty(), "{}: {missing:?}", playbook.id);
    }
}

#[test]
fn the_sprint_completes_each_playbook() {
    for playbook in builtin() {
        let phases: Vec<(&str, u32, u32)> = playbook
            .phases
            .iter()
            .map(|phase| (phase.id.as_str(), phase.from, phase.to))
            .collect();
        assert_eq!(
            phases,
            [
                ("audit", 0, 8),
                ("fix", 8, 24),
                ("verify", 24, 36),
                ("launch", 36, 48)
            ]
        );
        let works: Vec<(&str, u32, u32)> = playbook
            .workstreams
            .iter()
            .map(|work| (work.id.as_str(), work.from, work.to))
            .collect();
        assert_eq!(
            works,
            [
                ("domain", 1, 8),
                ("edge", 1, 12),
                ("email", 8, 16),
                ("secrets", 12, 24),
                ("deploy", 16, 36),
                ("monitoring", 24, 48)
            ]
        );
        assert_eq!(playbook.deliverables.len(), 8);
        assert_eq!(playbook.first_checks.len(), 6);
        assert_eq!(playbook.red_flags.len(), 5);
        assert!(playbook.diy.len() >= 5);
        assert!(!playbook.stop.is_empty());
        let expected = if playbook.id == "internal-ops" { 6 } else { 4 };
        assert_eq!(
            playbook.founder_questions.len(),
            expected,
            "{}",
            playbook.id
        );
        every_row_is_small_and_said(playbook);
    }
}

/// What is true of killer rows, steps and red flags in every playbook that comes with the program.
#[test]
fn gates_steps_and_flags_are_whole() {
    for playbook in builtin() {
        let hours: Vec<(&str, u32)> = playbook
            .gates
            .iter()
            .map(|gate| (gate.id.as_str(), gate.hour))
            .collect();
        assert_eq!(
            hours,
            [
                ("audit-closed", 8),
                ("fix-closed", 24),
                ("go-live", 36),
                ("handover", 48)
            ]
        );
        for gate in &playbook.gates {
            let rows = playbook.killer_rows(&gate.id).count();
            assert!(
                (1..=9).contains(&rows),
                "{} {}: {rows}",
                playbook.id,
                gate.id
            );
        }
        for row in &playbook.criteria {
            assert!(!row.gates.is_empty(), "{} {}", playbook.id, row.id);
        }
        for flag in &playbook.red_flags {
            assert!(flag.stop.starts_with("An engineer "), "{}", flag.stop);
        }
        assert_eq!(playbook.access.len(), 9, "{}", playbook.id);
        assert!(playbook.access.iter().all(|q| !q.plain.is_empty()));
        assert_eq!(playbook.quiz.len(), 7, "{}", playbook.id);
        assert_eq!(playbook.quiz[0].id, "quiz-registrar");
        assert!(playbook.quiz.iter().all(|q| !q.evidence.is_empty()));
        let phases: BTreeSet<&str> = playbook
            .first_checks
            .iter()
            .map(|step| step.phase.as_str())
            .chain(playbook.diy.iter().map(|step| step.phase.as_str()))
            .collect();
        assert!(phases.len() >= 3, "{}: {phases:?}", playbook.id);
    }
}

fn every_row_is_small_and_said(playbook: &Playbook) {
    let mut titles = BTreeSet::new();
    for row in &playbook.criteria {
        // What a drill answers is asked of nobody.
        let drilled = |id: &String| {
            let drills = [ProofKind::Rollback, ProofKind::Redeploy];
            drills.iter().any(|d| playbook.proven_by(*d).contains(id))
        };
        let asked = row.questions.iter().filter(|q| !drilled(&q.id)).count();
        assert!(asked <= 2, "{} {}", playbook.id, row.id);
        assert!(titles.insert(&row.title), "{} {}", playbook.id, row.title);
        assert!(!row.passes.is_empty() && !row.breaks.is_empty());
    }
}

/// A small right playbook, with one thing replaced.
fn playbook_with(from: &str, to: &str) -> String {
    let text = r#"id = "mine"
title = "Mine"
audience = "us"
target = "launch"
ready = "It works."

[[criterion]]
id = "mail"
title = "Mail"
passes = "It arrives."
breaks = "It does not."
workstream = "email"
checks = ["mail.spf", "mail.d*"]

[[criterion]]
id = "people"
title = "People"
passes = "They know."
breaks = "They do not."
workstream = "monitoring"

[[criterion.question]]
id = "dns-owner"
text = "Who owns DNS?"

[[criterion.question]]
id = "secrets-home"
text = "Where do secrets live?"

[[criterion.question]]
id = "login-failure"
text = "What happens when login fails?"

[[criterion.question]]
id = "production-down"
text = "How do we know?"
"#;
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

#[test]
fn a_broken_playbook_is_told_by_line_and_nearest_word() {
    for (from, to, line, what, meant) in [
        (
            "mail.spf",
            "mail.sfp",
            13,
            "unknown check `mail.sfp`",
            Some("mail.spf"),
        ),
        ("mail.d*", "nail.d*", 13, "matches no check", None),
        (
            "\"email\"",
            "\"emial\"",
            12,
            "unknown workstream `emial`",
            Some("email"),
        ),
        (
            "id = \"people\"",
            "id = \"mail\"",
            16,
            "used twice (first in line 8)",
            None,
        ),
        (
            "id = \"secrets-home\"",
            "id = \"dns-owner\"",
            27,
            "used twice (first in line 23)",
            None,
        ),
        (
            "breaks = \"It",
            "braeks = \"It",
            11,
            "unknown field",
            Some("breaks"),
        ),
        ("id = \"mine\"", "id = \"My playbook\"", 1, "is no id", None),
        (
            "checks = [\"mail.spf\", \"mail.d*\"]",
            "",
            8,
            "neither a check nor a question",
            None,
        ),
        ("\"mail.d*\"", "\"mail.spf\"", 13, "twice", None),
        (
            "title = \"Mine\"",
            "title = \" \"",
            2,
            "`title` is empty",
            None,
        ),
        ("title = \"Mine\"", "title = \"Mine", 2, "", None),
    ] {
        let problems = lint(&playbook_with(from, to), &CHECKS);
        let found = problems
            .iter()
            .find(|p| p.line == Some(line) && p.what.contains(what))
            .unwrap_or_else(|| panic!("{to}: {problems:#?}"));
        assert_eq!(found.meant.as_deref(), meant, "{to}");
    }
    assert_eq!(lint(&playbook_with("mine", "mine"), &CHECKS), []);
}

#[test]
fn what_is_proven_by_doing_it_names_what_each_playbook_asks() {
    for playbook in builtin() {
        let asked = |id: &String| {
            let mut rows = playbook.criteria.iter();
            rows.any(|row| row.questions.iter().any(|q| q.id == *id))
        };
        for kind in [
            ProofKind::Rollback,
            ProofKind::Redeploy,
            ProofKind::Rotation,
        ] {
            let questions = playbook.proven_by(kind);
            assert!(!questions.is_empty(), "{kind:?}");
            assert!(questions.iter().all(asked), "{}: {kind:?}", playbook.id);
        }
        for item in playbook.proofs.iter().flat_map(|proof| &proof.items) {
            assert!(playbook.checklist.iter().any(|i| i.id == *item), "{item}");
        }
        let steps: Vec<&str> = playbook.journey.iter().map(|s| s.id.as_str()).collect();
        assert_eq!(
            steps,
            [
                "sign-up",
                "sign-in",
                "profile",
                "upload",
                "mail",
                "sign-out",
                "old-links"
            ],
            "{}",
            playbook.id
        );
        for step in &playbook.journey {
            assert!(step.questions.iter().any(asked), "{}", step.id);
            for check in &step.checks {
                let known = CHECKS.iter().any(|id| glob_matches(check, id));
                assert!(known, "{}: {check}", step.id);
            }
        }
    }
    let order = find("ecommerce-handover").unwrap();
    assert_eq!(order.journey_step("upload").unwrap().title, "Order");
}

#[test]
fn own_proofs_and_steps_are_linted() {
    let step = |more: &str| {
        format!("[[journey]]\nid = \"s\"\ntitle = \"S\"\ntext = \"Do.\"\nsee = \"Seen.\"\n{more}\n")
    };
    for (more, what, meant) in [
        (
            "[[proof]]\nid = \"rolback\"\nquestions = [\"dns-owner\"]\n".to_owned(),
            "unknown variant",
            Some("rollback"),
        ),
        (
            "[[proof]]\nid = \"rollback\"\nquestions = [\"dns-owne\"]\n".to_owned(),
            "unknown question `dns-owne`",
            Some("dns-owner"),
        ),
        (
            "[[proof]]\nid = \"redeploy\"\nitems = [\"redeployed-by-teem\"]\n".to_owned(),
            "unknown checklist line",
            Some("redeployed-by-team"),
        ),
        (
            "[[proof]]\nid = \"rotation\"\n[[proof]]\nid = \"rotation\"\n".to_owned(),
            "stands here twice",
            None,
        ),
        (step(""), "names no question", None),
        (
            step("questions = [\"login-failur\"]"),
            "unknown question",
            Some("login-failure"),
        ),
        (
            step("questions = [\"dns-owner\"]\nchecks = [\"mail.sfp\"]"),
            "unknown check `mail.sfp`",
            Some("mail.spf"),
        ),
        (
            step("questions = [\"dns-owner\"]\nlook = false"),
            "nothing could pass it",
            None,
        ),
        (
            step("questions = [\"dns-owner\"]").repeat(2),
            "used twice",
            None,
        ),
    ] {
        let text = format!("{}\n{more}", playbook_with("mine", "mine"));
        let problems = lint(&text, &CHECKS);
        let found = problems.iter().find(|p| p.what.contains(what));
        let found = found.unwrap_or_else(|| panic!("{what}: {problems:#?}"));
        assert_eq!(found.meant.as_deref(), meant, "{what}");
        assert!(found.line.is_some(), "{what}");
    }
    let sound = step("questions = [\"dns-owner\"]\nchecks = [\"mail.*\"]\nlook = false");
    let text = format!("{}\n{sound}", playbook_with("mine", "mine"));
    assert_eq!(lint(&text, &CHECKS), []);
}

#[test]
fn windows_stay_inside_the_sprint() {
    for (more, what) in [
        (
            "[[phase]]\nid = \"late\"\ntitle = \"L\"\nfrom = 47\nto = 50\n",
            "the sprint ends at hour 48",
        ),
        (
            "[[workstream]]\nid = \"w\"\ntitle = \"W\"\nfrom = 9\nto = 9\n",
            "not after its start",
        ),
        (
            "[[phase]]\nid = \"fix\"\ntitle = \"F\"\nfrom = 6\nto = 24\n",
            "overlap",
        ),
    ] {
        let text = format!("{}\n{more}", playbook_with("mine", "mine"));
        let problems = lint(&text, &CHECKS);
        assert!(
            problems.iter().any(|p| p.what.contains(what)),
            "{problems:#?}"
        );
    }
}

#[test]
fn steps_and_gates_are_bound_to_what_exists() {
    let step = |more: &str| {
        format!(
            "{}\n[[diy]]\nid = \"list-them\"\ntext = \"List them.\"\n{more}\n",
            playbook_with("mine", "mine")
        )
    };
    for (text, what, meant) in [
        (
            step("phase = \"audti\"\nchecks = [\"mail.spf\"]"),
            "unknown phase `audti`",
            Some("audit"),
        ),
        (
            step("phase = \"audit\"\nchecks = [\"mail.sfp\"]"),
            "unknown check `mail.sfp`",
            Some("mail.spf"),
        ),
        (
            step("phase = \"audit\"\nquestions = [\"dns-onwer\"]"),
            "unknown question `dns-onwer`",
            Some("dns-owner"),
        ),
        (
            step("phase = \"audit\""),
            "nothing could show that it is done",
            None,
        ),
        (
            playbook_with(
                "workstream = \"email\"",
                "workstream = \"email\"\ngates = [\"go-life\"]",
            ),
            "unknown gate `go-life`",
            Some("go-live"),
        ),
    ] {
        let problems = lint(&text, &CHECKS);
        let found = problems
            .iter()
            .find(|p| p.what.contains(what))
            .unwrap_or_else(|| panic!("{what}: {problems:#?}"));
        assert_eq!(found.meant.as_deref(), meant, "{what}");
        assert_eq!(problems.len(), 1, "{problems:#?}");
    }
    let right = step("phase = \"audit\"\nchecks = [\"mail.spf\"]\nquestions = [\"dns-owner\"]");
    assert_eq!(lint(&right, &CHECKS), []);
}

#[test]
fn a_gate_shows_nine_rows_at_most() {
    let row = |n: usize| {
        format!(
            "\n[[criterion]]\nid = \"row-{n}\"\ntitle = \"R\"\npasses = \"p\"\nbreaks = \"b\"\nworkstream = \"email\"\n\
             gates = [\"go-live\"]\nchecks = [\"mail.spf\"]\n"
        )
    };
    let with = |rows: usize| {
        let more: String = (0..rows).map(row).collect();
        lint(&(playbook_with("mine", "mine") + &more), &CHECKS)
    };
    assert_eq!(with(9), []);
    let problems = with(10);
    assert!(
        problems
            .iter()
            .any(|p| p.what.contains("10 killer rows; 9 at most")),
        "{problems:#?}"
    );
}

#[test]
fn a_founders_question_without_a_row_is_a_problem() {
    let text = playbook_with("id = \"dns-owner\"", "id = \"dns-holder\"");
    let problems = lint(&text, &CHECKS);
    assert!(
        problems.iter().any(|p| p.what.contains("`dns-owner`")),
        "{problems:#?}"
    );
}

#[test]
fn an_own_playbook_comes_from_a_file_and_replaces_shared_items() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    let more = "\n[[workstream]]\nid = \"email\"\ntitle = \"Post\"\nfrom = 2\nto = 4\n";
    std::fs::write(&path, playbook_with("mine", "mine") + more).unwrap();
    let own = resolve(path.to_str().unwrap(), &CHECKS).unwrap();
    assert_eq!(own.workstreams.len(), 6);
    assert_eq!(own.workstream("email").unwrap().title, "Post");
    assert_eq!(own.phases.len(), 4);

    std::fs::write(&path, playbook_with("mail.spf", "mail.sfp")).unwrap();
    let problems = load_file(&path, &CHECKS).unwrap_err();
    let said = problems.first().unwrap().to_string();
    assert!(
        said.ends_with(
            "mine.toml:13: `mail` names the unknown check `mail.sfp`; did you mean `mail.spf`?"
        ),
        "{said}"
    );

    let gone = load_file(&folder.path().join("none.toml"), &[]).unwrap_err();
    assert!(gone.first().unwrap().what.starts_with("cannot be read"));
}

#[test]
fn an_unknown_id_names_the_nearest() {
    let said = find("b2b-suport").unwrap_err().to_string();
    assert!(said.ends_with("did you mean `b2b-support`?"), "{said}");
}

#[test]
fn the_rules_of_receivers_rest_on_checks_that_exist() {
    let known: Vec<&str> = REGISTERED.iter().map(|check| check.meta().id).collect();
    let named: Vec<&str> = receiver::rules()
        .iter()
        .flat_map(|rule| &rule.checks)
        .map(String::as_str)
        .collect();
    assert!(named.len() >= 6, "{named:?}");
    for check in named {
        assert!(known.contains(&check), "{check}");
    }
}

#[test]
fn every_guide_speaks_to_a_founder_in_words_that_are_explained() {
    let mut wrong = Vec::new();
    for check in REGISTERED {
        let meta = check.meta();
        let guide = Guide::parse(meta.guide);
        for (part, text) in [
            ("**Founder.**", &guide.why_founder),
            ("**Plainly.**", &guide.plain_title),
        ] {
            if text.is_empty() {
                wrong.push(format!("assets/guides/{}.md: {part} is missing", meta.id));
            }
        }
        for text in [&guide.why_founder, &guide.plain_title, &guide.stop] {
            for word in unexplained(text) {
                wrong.push(format!("assets/guides/{}.md: {word}: {text}", meta.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_row_question_and_red_flag_can_be_shown_to_a_founder() {
    let mut wrong = Vec::new();
    for playbook in builtin() {
        let mut texts: Vec<(&str, &str)> =
            vec![("ready", &playbook.ready), ("stop", &playbook.stop)];
        for row in &playbook.criteria {
            if row.plain.is_empty() {
                wrong.push(format!("{}: {} has no `plain`", playbook.id, row.id));
            }
            let questions = row.questions.iter();
            texts.extend(
                [&row.title, &row.plain, &row.breaks].map(|text| (row.id.as_str(), text.as_str())),
            );
            texts.extend(questions.map(|q| (q.id.as_str(), in_plain(q))));
        }
        let asked = playbook.founder_questions.iter().chain(&playbook.access);
        texts.extend(asked.map(|q| (q.id.as_str(), in_plain(q))));
        for flag in &playbook.red_flags {
            texts.extend([&flag.text, &flag.stop].map(|text| (flag.id.as_str(), text.as_str())));
        }
        for gate in &playbook.gates {
            texts.extend([&gate.title, &gate.text].map(|text| (gate.id.as_str(), text.as_str())));
        }
        for (id, text) in texts {
            for word in unexplained(text) {
                wrong.push(format!("{}: {id}: {word}: {text}", playbook.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn in_plain(question: &Question) -> &str {
    match question.plain.as_str() {
        "" => &question.text,
        plain => plain,
    }
}
