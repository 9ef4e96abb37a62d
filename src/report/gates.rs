//! The gates in a session's report, the red flags that hold, and the access that the sprint began with.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::document::Block;
use super::session::{Account, Edition, minute};
use crate::model::board::{Board, board_of, flags_up};
use crate::model::criterion::Facts;
use crate::model::standing::WITHOUT_ACCESS;

/// A gate as it stands.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct GateLine {
    id: String,
    title: String,
    /// Hours since the start.
    hour: u32,
    /// Whether nothing keeps it shut.
    open: bool,
    /// How many people sign it.
    signatures: usize,
    /// Each name once, with its first signature.
    signed: Vec<Signature>,
    /// Its killer rows, in the order of the playbook.
    rows: Vec<KillerRow>,
    /// What keeps it shut beside its rows.
    missing: Vec<String>,
    /// Findings that are other ones than at the latest signature up to this gate.
    changed: Vec<Changed>,
    #[serde(skip)]
    text: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Signature {
    by: String,
    role: String,
    at: Timestamp,
}

#[derive(Debug, Serialize, JsonSchema)]
struct KillerRow {
    id: String,
    state: String,
    /// Why it keeps the gate shut; absent: it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    blocks: Option<String>,
    #[serde(skip)]
    title: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Changed {
    check: String,
    subject: String,
}

/// A red flag, and whether it holds.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct FlagLine {
    id: String,
    text: String,
    /// What the engineer is needed for.
    stop: String,
    /// Absent: nobody was asked.
    holds: Option<bool>,
}

/// A kind of access that must be in hand before hour 0.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct AccessLine {
    id: String,
    text: String,
    confirmed: bool,
    /// Who said so, either way.
    by: Option<String>,
}

/// Every gate of the playbook, in the order of its hours, as scripts read it.
pub(super) fn gates(of: &Account<'_>) -> Vec<GateLine> {
    lines(of, of.session.facts(of.playbook, of.now))
}

fn lines(of: &Account<'_>, facts: Facts<'_>) -> Vec<GateLine> {
    let gates = of.playbook.gates.iter();
    gates
        .map(|gate| GateLine::of(&board_of(of.playbook, of.session, gate, facts)))
        .collect()
}

/// Every red flag of the playbook.
pub(super) fn flags(of: &Account<'_>) -> Vec<FlagLine> {
    let line = |flag: &crate::model::playbook::RedFlag| FlagLine {
        id: flag.id.clone(),
        text: flag.text.clone(),
        stop: flag.stop.clone(),
        holds: of.session.answers.get(&flag.id).map(|answer| answer.yes),
    };
    of.playbook.red_flags.iter().map(line).collect()
}

/// Every kind of access that the playbook asks for.
pub(super) fn before_hour_0(of: &Account<'_>) -> Vec<AccessLine> {
    let line = |question: &crate::model::playbook::Question| {
        let answer = of.session.answers.get(&question.id);
        AccessLine {
            id: question.id.clone(),
            text: question.text.clone(),
            confirmed: answer.is_some_and(|answer| answer.yes),
            by: answer.map(|answer| answer.by.clone()),
        }
    };
    of.playbook.access.iter().map(line).collect()
}

/// The three sections.
pub(super) fn blocks(of: &Account<'_>) -> Vec<Block> {
    let mut blocks = vec![Block::section("Gates")];
    let gates = lines(of, of.facts());
    if gates.is_empty() {
        blocks.push(Block::paragraph("This playbook has none."));
    }
    blocks.extend(gates.iter().flat_map(|gate| gate.blocks(of.edition)));
    blocks.extend(red_flags(of));
    blocks.extend(access(of));
    blocks
}

impl GateLine {
    fn of(board: &Board<'_>) -> Self {
        let gate = board.gate;
        let signature = |sign: &&crate::model::record::SignOff| Signature {
            by: sign.by.clone(),
            role: sign.role.clone(),
            at: sign.at,
        };
        let row = |row: &crate::model::board::BoardRow<'_>| KillerRow {
            id: row.criterion.id.clone(),
            title: row.criterion.title.clone(),
            state: row.report.state.word().to_owned(),
            blocks: row.blocks.clone(),
        };
        let changed = |key: &crate::model::finding::FindingKey| Changed {
            check: key.check.0.clone(),
            subject: key.subject.clone(),
        };
        Self {
            id: gate.id.clone(),
            title: gate.title.clone(),
            hour: gate.hour,
            open: board.is_open(),
            signatures: gate.signatures,
            signed: board.signed.iter().map(signature).collect(),
            rows: board.rows.iter().map(row).collect(),
            missing: board.missing.clone(),
            changed: board.changed.iter().map(changed).collect(),
            text: gate.text.clone(),
        }
    }

    fn blocks(&self, edition: Edition) -> Vec<Block> {
        let mut facts = vec![
            ("Stands".to_owned(), self.stands()),
            ("Signed by".to_owned(), self.signers()),
        ];
        if !self.signed.is_empty() && !self.changed.is_empty() {
            let keys = self.changed.iter();
            let keys: Vec<String> = keys.map(|k| format!("{} {}", k.check, k.subject)).collect();
            let text = match (edition, keys.len()) {
                (Edition::Internal, _) => keys.join("; "),
                (Edition::Client, 1) => "1 finding is another one now".to_owned(),
                (Edition::Client, count) => format!("{count} findings are other ones now"),
            };
            facts.push(("Since the last signature".to_owned(), text));
        }
        let cells = self.rows.iter().map(|row| {
            vec![
                row.title.clone(),
                row.state.clone(),
                row.blocks.clone().unwrap_or_default(),
            ]
        });
        let mut blocks = vec![
            Block::Subsection(format!("{} · hour {}", self.title, self.hour)),
            Block::paragraph(&self.text),
            Block::Facts(facts),
        ];
        if !self.missing.is_empty() {
            blocks.push(Block::List(self.missing.clone()));
        }
        if !self.rows.is_empty() {
            let head = ["Killer row", "State", "Keeps it shut"];
            blocks.push(Block::table(&head, cells.collect()));
        }
        blocks
    }

    fn stands(&self) -> String {
        let rows = self.rows.iter().filter(|row| row.blocks.is_some()).count();
        let rows = match rows {
            0 => None,
            1 => Some("1 row keeps it shut".to_owned()),
            count => Some(format!("{count} rows keep it shut")),
        };
        let others = (!self.missing.is_empty()).then(|| "what is listed here".to_owned());
        match (rows, others) {
            (None, None) => "nothing keeps it shut".to_owned(),
            (Some(rows), None) => rows,
            (Some(rows), Some(others)) => format!("{rows}, and {others}"),
            (None, Some(others)) => format!("{others} keeps it shut"),
        }
    }

    fn signers(&self) -> String {
        let names: Vec<String> = self
            .signed
            .iter()
            .map(|sign| format!("{} ({}), {}", sign.by, sign.role, minute(sign.at)))
            .collect();
        let missing = self.signatures.saturating_sub(self.signed.len());
        match (names.is_empty(), missing) {
            (true, 1) => "nobody yet; it takes one".to_owned(),
            (true, count) => format!("nobody yet; it takes {count}"),
            (false, 0) => names.join("; "),
            (false, count) => format!("{}; {count} more to come", names.join("; ")),
        }
    }
}

fn red_flags(of: &Account<'_>) -> Vec<Block> {
    let mut blocks = vec![Block::section("Red flags")];
    let up: Vec<Vec<String>> = flags_up(of.playbook, of.session)
        .into_iter()
        .map(|flag| {
            let answer = of.session.answers.get(&flag.id);
            let mut waivers = of.session.waivers.iter();
            let accepted = waivers.find(|waiver| waiver.covers_row(&flag.id, of.now));
            vec![
                flag.text.clone(),
                answer.map(|a| a.by.clone()).unwrap_or_default(),
                accepted.map_or_else(
                    || flag.stop.clone(),
                    |waiver| {
                        let until = minute(waiver.until);
                        format!("{} (accepted by {} until {until})", flag.stop, waiver.by)
                    },
                ),
            ]
        })
        .collect();
    let unasked = flags(of).iter().filter(|flag| flag.holds.is_none()).count();
    if up.is_empty() {
        let text = match (of.playbook.red_flags.len(), unasked) {
            (0, _) => "This playbook has none.",
            (_, 0) => "None holds.",
            (_, _) => "None was said to hold.",
        };
        blocks.push(Block::paragraph(text));
    } else {
        let head = ["It holds", "Said by", "What an engineer is needed for"];
        blocks.push(Block::table(&head, up));
    }
    if unasked > 0 {
        let all = of.playbook.red_flags.len();
        blocks.push(Block::paragraph(format!(
            "{unasked} of {all} were not asked about yet."
        )));
    }
    blocks
}

fn access(of: &Account<'_>) -> Vec<Block> {
    let mut blocks = vec![Block::section("Access before hour 0")];
    let lines = before_hour_0(of);
    let complete = lines.iter().all(|line| line.confirmed);
    if lines.is_empty() {
        blocks.push(Block::paragraph("This playbook asks for none."));
    } else {
        let task = |line: &AccessLine| match &line.by {
            Some(by) => (line.confirmed, format!("{} ({by})", line.text)),
            None => (line.confirmed, line.text.clone()),
        };
        blocks.push(Block::Tasks(lines.iter().map(task).collect()));
    }
    if !complete && of.session.started_without_access() {
        let mut notes = of.session.notes.iter();
        let why = notes.rfind(|note| note.item == WITHOUT_ACCESS);
        blocks.push(Block::paragraph(match (of.edition, why) {
            (Edition::Internal, Some(note)) => {
                format!(
                    "The clock was started without it: {} ({})",
                    note.text, note.by
                )
            }
            _ => "The clock was started without it, and somebody wrote down why.".to_owned(),
        }));
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::{Answer, Note};
    use crate::report::{fixture, session_json, session_markdown};

    #[test]
    fn each_gate_names_its_rows_who_signed_and_what_keeps_it_shut() {
        let state = fixture::session();
        for edition in [Edition::Client, Edition::Internal] {
            let text = session_markdown(&fixture::account(&state, edition));
            for want in [
                "### Audit closed · hour 8",
                "- **Signed by**: nobody yet; it takes one",
                "- 1 of 2 kinds of access are not confirmed",
                "- 1 of 2 red flags were not asked about",
                "### Go-live · hour 44",
                "- **Signed by**: Ada (consultant), 2026-11-21 19:55 UTC; 1 more to come",
                "| Row email-valid | failing | ",
                "## Red flags",
                "| A secret was public. | Bob | An engineer rotates it. |",
                "1 of 2 were not asked about yet.",
                "## Access before hour 0",
                "- [ ] Who knows access-dns?",
                "- [x] Who knows access-host? (Ada)",
            ] {
                assert!(text.contains(want), "{want}\n{text}");
            }
        }
    }

    #[test]
    fn why_the_clock_runs_without_access_is_told_to_the_team_alone() {
        let mut state = fixture::session();
        let silent = session_markdown(&fixture::account(&state, Edition::Internal));
        assert!(!silent.contains("started without it"));
        state.notes.push(Note {
            item: WITHOUT_ACCESS.into(),
            text: "the registrar's letter is late".into(),
            by: "Ada".into(),
            at: fixture::now(),
        });
        let client = session_markdown(&fixture::account(&state, Edition::Client));
        let internal = session_markdown(&fixture::account(&state, Edition::Internal));
        assert!(client.contains("started without it, and somebody wrote down why"));
        assert!(!client.contains("letter is late"));
        assert!(internal.contains("started without it: the registrar's letter is late (Ada)"));
    }

    #[test]
    fn a_flag_that_nobody_was_asked_about_is_not_said_to_be_down() {
        let mut state = fixture::session();
        state.answers.remove("secret-was-public");
        let text = session_markdown(&fixture::account(&state, Edition::Client));
        assert!(text.contains("None was said to hold."), "{text}");
        for flag in ["secret-was-public", "sender-unclear"] {
            let no = Answer {
                yes: false,
                by: "Bob".into(),
                evidence: String::new(),
                at: fixture::now(),
                attachments: Vec::new(),
            };
            state.answers.insert(flag.into(), no);
        }
        let text = session_markdown(&fixture::account(&state, Edition::Client));
        assert!(text.contains("None holds."), "{text}");
    }

    #[test]
    fn scripts_read_the_same() {
        let state = fixture::session();
        let text = session_json(&fixture::account(&state, Edition::Internal)).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["gates"][0]["id"], "audit-closed");
        assert_eq!(value["gates"][1]["open"], false);
        assert_eq!(value["gates"][1]["signed"][0]["by"], "Ada");
        assert_eq!(value["gates"][1]["rows"][0]["state"], "failing");
        assert_eq!(value["red_flags"][0]["holds"], true);
        assert_eq!(value["red_flags"][1]["holds"], serde_json::Value::Null);
        assert_eq!(value["before_hour_0"][0]["confirmed"], false);
        assert_eq!(value["before_hour_0"][1]["by"], "Ada");
    }

    #[test]
    fn the_client_reads_why_a_row_stands_where_it_stands_in_plain_words() {
        let mut state = fixture::session();
        for finding in state.findings.values_mut() {
            finding.summary = "ENGINEER'S".into();
            finding.plain = "in plain words".into();
        }
        let client = session_markdown(&fixture::account(&state, Edition::Client));
        let internal = session_markdown(&fixture::account(&state, Edition::Internal));
        for (row, text) in [
            ("| Row email-valid | failing | in plain words", &client),
            ("| Row email-valid | failing | ENGINEER'S", &internal),
        ] {
            assert_eq!(text.matches(row).count(), 2, "{row}\n{text}");
        }
        assert!(!client.contains("ENGINEER'S"), "{client}");
    }
}
