//! `check_host()`: may this address send mail of this domain? (RFC 7208 §4)
//!
//! Pure: it works on the answers that are known, and hands back the first question that is still open. Whoever calls it asks
//! and calls again. Two evaluations of the same answers are equal, so that what was seen can be judged later.

mod matching;
mod values;

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::model::observation::dns::{RecordData, RecordType};

use super::expand::as_name;
use super::macros::{DomainSpec, Place, macro_string};
use super::parse::{Parsed, Problem, parse};
use super::select::{Selection, select};
use super::tally::{MOST_LOOKUPS, MOST_VOID};
use super::term::{Qualifier, Term, TermKind};
use super::zone::{Question, Reply, Zone, is_askable};

/// What is known of a message before its content (RFC 7208 §4.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The client; an IPv4 address mapped into IPv6 counts as IPv4.
    pub ip: IpAddr,
    /// The domain whose record is evaluated.
    pub domain: String,
    /// `local@domain` of MAIL FROM; `postmaster@` the HELO name when that was empty.
    pub sender: String,
    pub helo: String,
    /// Who checks, for `%{r}`.
    pub receiver: Option<String>,
    /// Seconds since 1970, for `%{t}`.
    pub at: i64,
}

/// The results of RFC 7208 §2.6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SpfResult {
    None,
    Neutral,
    Pass,
    Fail,
    SoftFail,
    TempError,
    PermError,
}

impl SpfResult {
    /// The word of RFC 7208.
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Neutral => "neutral",
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::SoftFail => "softfail",
            Self::TempError => "temperror",
            Self::PermError => "permerror",
        }
    }

    const fn of(qualifier: Qualifier) -> Self {
        match qualifier {
            Qualifier::Pass => Self::Pass,
            Qualifier::Fail => Self::Fail,
            Qualifier::SoftFail => Self::SoftFail,
            Qualifier::Neutral => Self::Neutral,
        }
    }
}

/// The result, and how it came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    pub result: SpfResult,
    /// The text behind `exp=` of a `fail`: foreign, not escaped.
    pub explanation: Option<String>,
    /// What ended the evaluation, when an error did.
    pub why: Option<String>,
    /// Every term that was evaluated, in that order.
    pub steps: Vec<Step>,
    pub lookups: usize,
    pub void: usize,
}

/// One term that was evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The domain in whose record it stands.
    pub domain: String,
    /// As published.
    pub term: String,
    /// How many includes and redirects lead to it.
    pub depth: usize,
    /// Lookups that it cost, those of the record behind it with it.
    pub lookups: usize,
    pub matched: bool,
}

/// Evaluates; `Err` holds the question whose answer is needed next.
pub fn check_host(zone: &dyn Zone, request: &Request) -> Result<Evaluation, Question> {
    let mut check = Check::new(zone, request);
    let (result, explanation, why) = match check.host(&request.domain, 0) {
        Ok(said) => (said.result, check.explained(&said)?, None),
        Err(Stop::End(result, why)) => (result, None, Some(why)),
        Err(Stop::Ask(question)) => return Err(question),
    };
    Ok(Evaluation {
        result,
        explanation,
        why,
        steps: check.steps,
        lookups: check.lookups,
        void: check.void,
    })
}

/// Why an evaluation goes no further.
enum Stop {
    /// An answer is missing.
    Ask(Question),
    /// An error, with the reason.
    End(SpfResult, String),
}

impl Stop {
    fn permanent(why: impl Into<String>) -> Self {
        Self::End(SpfResult::PermError, why.into())
    }

    fn temporary(question: &str, why: &str) -> Self {
        Self::End(SpfResult::TempError, format!("{question}: {why}"))
    }
}

/// What a record says to the message.
struct Said {
    result: SpfResult,
    /// The `exp=` of the record that decided, and its domain.
    explain: Option<(String, DomainSpec)>,
}

impl Said {
    const fn bare(result: SpfResult) -> Self {
        Self {
            result,
            explain: None,
        }
    }
}

struct Check<'a> {
    zone: &'a dyn Zone,
    request: &'a Request,
    ip: IpAddr,
    local: &'a str,
    /// The domain of the sender, which stays the same in every included record.
    origin: &'a str,
    lookups: usize,
    void: usize,
    steps: Vec<Step>,
}

impl<'a> Check<'a> {
    fn new(zone: &'a dyn Zone, request: &'a Request) -> Self {
        let sender = request.sender.as_str();
        let (local, origin) = sender.rsplit_once('@').unwrap_or(("", sender));
        Self {
            zone,
            request,
            ip: request.ip.to_canonical(),
            local: if local.is_empty() {
                "postmaster"
            } else {
                local
            },
            origin,
            lookups: 0,
            void: 0,
            steps: Vec::new(),
        }
    }

    /// Evaluates the record of `domain`. Errors end the whole evaluation, also from inside an include (RFC 7208 §5.2).
    fn host(&mut self, domain: &str, depth: usize) -> Result<Said, Stop> {
        let name = as_name(domain);
        if !name.contains('.') || !is_askable(&name) {
            return Ok(Said::bare(SpfResult::None));
        }
        let texts: Vec<String> = match self.ask(&name, RecordType::Txt)? {
            Reply::Failed(why) => return Err(Stop::temporary(&name, &why)),
            Reply::Found(records) => records.iter().filter_map(RecordData::text).collect(),
        };
        let record = match select(&texts) {
            Selection::None(_) => return Ok(Said::bare(SpfResult::None)),
            Selection::Many(records) => {
                let count = records.len();
                return Err(Stop::permanent(format!("{name} has {count} SPF records")));
            }
            Selection::One(record) => record,
        };
        let parsed = parse(&record);
        if let Some(line) = parsed.problems.first().map(Problem::line) {
            return Err(Stop::permanent(format!("the record of {name}: {line}")));
        }
        self.terms(&parsed, &name, depth)
    }

    fn terms(&mut self, parsed: &Parsed, domain: &str, depth: usize) -> Result<Said, Stop> {
        for term in parsed.evaluated() {
            let Some((qualifier, mechanism)) = term.directive() else {
                continue;
            };
            let matched = self.step(term, domain, depth, |check| {
                check.matches(mechanism, domain, depth)
            })?;
            if matched {
                let explain = parsed.terms.iter().find_map(|term| match &term.kind {
                    TermKind::Explanation(spec) => Some((domain.to_owned(), spec.clone())),
                    _ => None,
                });
                return Ok(Said {
                    result: SpfResult::of(qualifier),
                    explain,
                });
            }
        }
        let Some((term, target)) = parsed.redirect() else {
            return Ok(Said::bare(SpfResult::Neutral));
        };
        let mut said = Said::bare(SpfResult::Neutral);
        self.step(term, domain, depth, |check| {
            check.charge()?;
            let next = check.target(Some(target), domain)?;
            said = check.host(&next, depth + 1)?;
            Ok(true)
        })?;
        if said.result == SpfResult::None {
            return Err(Stop::permanent(format!(
                "`{}` leads to no SPF record",
                term.text
            )));
        }
        Ok(said)
    }

    /// Evaluates a term and notes what it cost, also when it ends everything.
    fn step(
        &mut self,
        term: &Term,
        domain: &str,
        depth: usize,
        evaluate: impl FnOnce(&mut Self) -> Result<bool, Stop>,
    ) -> Result<bool, Stop> {
        let (place, before) = (self.steps.len(), self.lookups);
        self.steps.push(Step {
            domain: domain.to_owned(),
            term: term.text.clone(),
            depth,
            lookups: 0,
            matched: false,
        });
        let matched = evaluate(self);
        let cost = self.lookups - before;
        if let Some(step) = self.steps.get_mut(place) {
            step.lookups = cost;
            step.matched = matches!(matched, Ok(true));
        }
        matched
    }

    /// Counts a term that needs the DNS (RFC 7208 §4.6.4).
    fn charge(&mut self) -> Result<(), Stop> {
        self.lookups += 1;
        if self.lookups > MOST_LOOKUPS {
            return Err(Stop::permanent(format!("more than {MOST_LOOKUPS} lookups")));
        }
        Ok(())
    }

    /// Counts a term whose lookup came back empty.
    fn count_void(&mut self) -> Result<(), Stop> {
        self.void += 1;
        if self.void > MOST_VOID {
            return Err(Stop::permanent(format!(
                "more than {MOST_VOID} lookups came back empty"
            )));
        }
        Ok(())
    }

    fn ask(&self, name: &str, rtype: RecordType) -> Result<Reply, Stop> {
        let question = Question {
            name: name.to_ascii_lowercase(),
            rtype,
        };
        match self.zone.reply(&question) {
            Some(reply) => Ok(reply),
            None => Err(Stop::Ask(question)),
        }
    }

    /// The explanation of a `fail`, asked for last and at no cost; whatever is wrong with it, there is none (§6.2).
    fn explained(&self, said: &Said) -> Result<Option<String>, Question> {
        let Some((domain, spec)) = &said.explain else {
            return Ok(None);
        };
        if said.result != SpfResult::Fail {
            return Ok(None);
        }
        match self.explanation(spec, domain) {
            Ok(text) => Ok(text),
            Err(Stop::Ask(question)) => Err(question),
            Err(Stop::End(..)) => Ok(None),
        }
    }

    fn explanation(&self, spec: &DomainSpec, domain: &str) -> Result<Option<String>, Stop> {
        let name = as_name(&self.written(&spec.pieces, domain)?);
        if !is_askable(&name) {
            return Ok(None);
        }
        let Reply::Found(records) = self.ask(&name, RecordType::Txt)? else {
            return Ok(None);
        };
        let [record] = records.as_slice() else {
            return Ok(None);
        };
        let Some(text) = record.text().filter(|text| text.is_ascii()) else {
            return Ok(None);
        };
        let Ok(pieces) = macro_string(&text, Place::Modifier) else {
            return Ok(None);
        };
        self.written(&pieces, domain).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::checks::mail::spf::tally::tally;
    use crate::checks::mail::spf::tree::{Branch, Looked, SpfNode};
    use crate::checks::mail::worlds::{address, mx, nothing, txt};
    use crate::model::observation::dns::DnsAnswer;

    fn request(ip: &str) -> Request {
        Request {
            ip: ip.parse().unwrap(),
            domain: "acme.example".into(),
            sender: "ada@acme.example".into(),
            helo: "mail.acme.example".into(),
            receiver: None,
            at: 0,
        }
    }

    fn known(answers: &[DnsAnswer]) -> BTreeMap<Question, Reply> {
        let asked = |answer: &DnsAnswer| Question {
            name: answer.name.to_string(),
            rtype: answer.rtype,
        };
        answers
            .iter()
            .map(|answer| (asked(answer), Reply::from(answer)))
            .collect()
    }

    #[test]
    fn the_first_open_question_is_handed_back() {
        let mut zone = known(&[]);
        let question = check_host(&zone, &request("192.0.2.1")).unwrap_err();
        assert_eq!(
            (question.name.as_str(), question.rtype),
            ("acme.example", RecordType::Txt)
        );
        zone.extend(known(&[txt(
            "acme.example",
            &["v=spf1 a:www.acme.example -all"],
        )]));
        let question = check_host(&zone, &request("192.0.2.1")).unwrap_err();
        assert_eq!(
            (question.name.as_str(), question.rtype),
            ("www.acme.example", RecordType::A)
        );
        let six = check_host(&zone, &request("2001:db8::1")).unwrap_err();
        assert_eq!(six.rtype, RecordType::Aaaa);
        zone.extend(known(&[address("www.acme.example", "192.0.2.1")]));
        let done = check_host(&zone, &request("192.0.2.1")).unwrap();
        assert_eq!(
            (done.result, done.lookups, done.void),
            (SpfResult::Pass, 1, 0)
        );
        let mapped = check_host(&zone, &request("::ffff:192.0.2.1")).unwrap();
        assert_eq!(mapped, done);
    }

    /// A stranger, whom no term matches, costs what the tree of `mail.spf-lookups` counts, term by term.
    #[test]
    fn a_stranger_costs_what_the_tree_counts() {
        let answers = [
            txt(
                "acme.example",
                &["v=spf1 include:i.example mx exists:gone.example redirect=r.example"],
            ),
            txt("i.example", &["v=spf1 a ip4:192.0.2.1 -all"]),
            address("i.example", "192.0.2.2"),
            mx("acme.example", &[(10, "mx.acme.example")]),
            address("mx.acme.example", "192.0.2.3"),
            nothing("gone.example", RecordType::A),
            txt("r.example", &["v=spf1 a:i.example ~all"]),
        ];
        let found = |at: usize| Looked::Answers(vec![answers[at].clone()]);
        let node = |at: usize, branches: Vec<(&str, Looked)>| SpfNode {
            domain: answers[at].name.to_string(),
            answer: Some(answers[at].clone()),
            branches: branches
                .into_iter()
                .map(|(term, looked)| Branch {
                    term: term.into(),
                    looked,
                })
                .collect(),
        };
        let tree = node(
            0,
            vec![
                (
                    "include:i.example",
                    Looked::Record(Box::new(node(1, vec![("a", found(2))]))),
                ),
                ("mx", found(3)),
                ("exists:gone.example", found(5)),
                (
                    "redirect=r.example",
                    Looked::Record(Box::new(node(6, vec![("a:i.example", found(2))]))),
                ),
            ],
        );
        let done = check_host(&known(&answers), &request("203.0.113.9")).unwrap();
        let counted = tally(&tree);
        assert_eq!(done.result, SpfResult::SoftFail);
        assert_eq!(
            (done.lookups, done.void),
            (counted.lookups, counted.void.len())
        );
        let steps: Vec<String> = done
            .steps
            .iter()
            .filter(|step| step.lookups > 0)
            .map(|step| {
                format!(
                    "{}{} [{}]",
                    "  ".repeat(step.depth),
                    step.term,
                    step.lookups
                )
            })
            .collect();
        let lines = counted
            .lines
            .iter()
            .map(|line| line.replace(" void: nothing there", ""));
        assert_eq!(steps, lines.collect::<Vec<_>>());
    }
}
