//! The record and the policy to publish instead, each with what stands there now.

use crate::checks::mail::change::{add_txt, delete_txt, remedy, replace_txt};
use crate::checks::rule::{Case, Rule};
use crate::model::finding::{RecordChange, Remedy, Setting};
use crate::model::text::{escape, excerpt};

use super::policy::{self, Mode, Policy, covers};
use super::{MtaSts, MtaStsSeen, owner, place, record};

/// Characters of a policy that are shown.
pub const SHOWN: usize = 800;
/// A week: long enough to protect, short enough to take back.
const WEEK: u64 = 604_800;

/// What was seen, and of whom.
pub struct Mend<'a> {
    seen: &'a MtaStsSeen,
    case: Case<'a>,
}

impl<'a> Mend<'a> {
    pub const fn of(seen: &'a MtaStsSeen, case: Case<'a>) -> Self {
        Self { seen, case }
    }

    /// A right record in the place of `old`, with another id than `id`.
    pub fn record(&self, old: Option<&str>, id: Option<&str>) -> Remedy {
        self.made(
            vec!["Publish exactly one record.".to_owned()],
            vec![self.change(old, id)],
        )
    }

    /// All but one record go: the first that is right.
    pub fn fewer(&self, list: &[String]) -> Remedy {
        let keep = list
            .iter()
            .position(|text| record::read(text).problems.is_empty())
            .unwrap_or(0);
        let kept = list.get(keep).map(|text| escape(text)).unwrap_or_default();
        let name = owner(&self.case.intent.domain);
        let changes = list
            .iter()
            .enumerate()
            .filter(|(index, _)| *index != keep)
            .map(|(_, text)| delete_txt(&name, text))
            .collect();
        self.made(
            vec![format!(
                "Keep `{kept}` (or the one that you mean) and delete the others."
            )],
            changes,
        )
    }

    /// A policy that keeps what is right in `policy` and covers every mail server, then the record that announces it.
    pub fn both(&self, policy: &Policy, old: Option<&str>, id: Option<&str>) -> Remedy {
        let place = place(&self.case.intent.domain);
        let host = format!("mta-sts.{}", self.case.intent.domain);
        let mut steps = Vec::new();
        match self.now() {
            Some(now) => steps.push(format!("Replace the policy at {place}. It says now:\n{now}")),
            None => steps.push(format!(
                "Point {host} at a web server with a certificate for that name, and serve the policy below at {place}: status 200, text/plain, no redirect."
            )),
        }
        steps.push(format!(
            "Compare its `mx:` lines with your MX records, then try it: curl -si {place}"
        ));
        steps.push(
            "Publish the record last. Its id must change whenever the policy does, or senders keep the old policy.".to_owned(),
        );
        let mut made = self.made(steps, vec![self.change(old, id)]);
        made.settings = vec![Setting {
            place: format!("file served at {place}"),
            name: "mta-sts.txt".to_owned(),
            value: self.policy(policy),
        }];
        made
    }

    fn made(&self, steps: Vec<String>, changes: Vec<RecordChange>) -> Remedy {
        let mut made = remedy(self.case.intent, MtaSts::META.id, steps, changes);
        made.undo = format!(
            "{} To end MTA-STS, first serve the policy with `mode: none` under a new id, and take both away once the old max_age is over.",
            made.undo
        );
        made
    }

    fn change(&self, old: Option<&str>, id: Option<&str>) -> RecordChange {
        let name = owner(&self.case.intent.domain);
        let value = record::next(self.seen.txt.at, id);
        match old {
            Some(old) => replace_txt(&name, old, value),
            None => add_txt(&name, value),
        }
    }

    /// The policy that is served now.
    fn now(&self) -> Option<String> {
        let response = self.seen.policy.as_ref()?.response()?;
        policy::is_one(&response.body).then(|| excerpt(response.body.trim_end(), SHOWN))
    }

    fn policy(&self, policy: &Policy) -> String {
        let mut mx: Vec<String> = policy.mx.iter().map(|pattern| escape(pattern)).collect();
        for server in self.seen.servers() {
            if !mx.iter().any(|pattern| covers(pattern, &server)) {
                mx.push(escape(&server));
            }
        }
        if mx.is_empty() {
            mx.push("<each mail server of your MX records>".to_owned());
        }
        let mode = match policy.mode {
            Some(Mode::Enforce) => Mode::Enforce,
            _ => Mode::Testing,
        };
        let max_age = policy.max_age.filter(|seconds| *seconds >= WEEK);
        policy::write(mode, max_age.unwrap_or(WEEK), &mx)
    }
}
