//! `web.content-type-options`: browsers are told not to guess types (1F). The value must be exactly `nosniff`.

use super::walk::{self, own_answer, show};
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::{evidence, subject};
use crate::model::finding::Remedy;
use crate::model::intent::Intent;
use crate::model::observation::http::HttpChain;
use crate::model::text::escape;
use crate::model::verdict::Severity;
use crate::remedy;

/// See the module.
pub struct ContentTypeOptions;

impl Rule for ContentTypeOptions {
    type Seen = Option<HttpChain>;

    const META: Meta = Meta {
        id: "web.content-type-options",
        title: "Browsers are told not to guess content types",
        severity: Severity::Advice,
        intrusive: false,
        deadline_s: 30,
        version: 1,
        standards: &["Fetch §X-Content-Type-Options"],
        guide: include_str!("../../../assets/guides/web.content-type-options.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        subject::answering_hosts(intent)
    }

    async fn observe(&self, look: Look<'_>) -> Option<HttpChain> {
        walk::follow_root(look.network, "https", look.subject).await
    }

    fn judge(&self, seen: &Option<HttpChain>, case: Case<'_>) -> Judgement {
        let landed = match own_answer(seen.as_ref(), case.subject) {
            Ok(landed) => landed,
            Err(judgement) => return judgement.evidence(seen.as_ref().map(evidence::chain)),
        };
        let at = format!(
            "{} ({})",
            show(&landed.exchange.url),
            landed.response.status
        );
        let values: Vec<&str> = landed
            .response
            .headers_named("x-content-type-options")
            .collect();
        judge_values(&values, &at, case).evidence([evidence::http(landed.exchange)])
    }
}

/// Browsers join repeated headers with commas and look at the first value (Fetch, "determine nosniff").
fn judge_values(values: &[&str], at: &str, case: Case<'_>) -> Judgement {
    let exposed =
        "Browsers may mistake an uploaded file for a program and run it inside your site.";
    let split: Vec<&str> = values
        .iter()
        .flat_map(|v| v.split(','))
        .map(str::trim)
        .collect();
    match split.split_first() {
        None => Judgement::fail(format!("{at} sends no X-Content-Type-Options header"))
            .plainly(exposed)
            .fact("missing")
            .remedy(remedy(case)),
        Some((first, rest)) if first.eq_ignore_ascii_case("nosniff") => {
            if rest
                .iter()
                .all(|value| value.eq_ignore_ascii_case("nosniff"))
            {
                Judgement::pass(format!("{at}: X-Content-Type-Options nosniff"))
                    .plainly("Browsers take files for what the site says they are.")
            } else {
                Judgement::warn(format!(
                    "{at}: X-Content-Type-Options `{}`: only the first value counts",
                    escape(&split.join(", "))
                ))
                .plainly("The protection works, but two programs set it differently.")
                .remedy(remedy(case))
            }
        }
        Some(_) => Judgement::fail(format!(
            "{at}: X-Content-Type-Options `{}` is not `nosniff`",
            escape(&split.join(", "))
        ))
        .plainly(exposed)
        .fact("not nosniff")
        .remedy(remedy(case)),
    }
}

fn remedy(case: Case<'_>) -> Remedy {
    remedy::configure(
        "web.content-type-options",
        [
            format!("Send `X-Content-Type-Options: nosniff` with every answer of {}, once.", case.subject),
            "Look that scripts and styles are sent with their right content type first: browsers then refuse wrong ones.".to_owned(),
        ],
        remedy::http::header(case.intent, case.subject, "X-Content-Type-Options", "nosniff"),
        "Take the header out again.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::samples::*;
    use super::*;
    use crate::model::observation::FailureKind;
    use crate::model::verdict::Verdict;

    #[test]
    fn the_value_is_nosniff_and_nothing_else() {
        let intent = intent();
        let home = "https://www.acme.example/";
        let with = |values: &[&str]| {
            let mut headers = vec![HTML];
            headers.extend(values.iter().map(|v| ("x-content-type-options", *v)));
            page(home, 200, &headers, "x")
        };
        for (chain, want) in [
            (with(&["nosniff"]), Verdict::Pass),
            (with(&["NoSniff"]), Verdict::Pass),
            (with(&["nosniff", "nosniff"]), Verdict::Pass),
            (with(&["nosniff, foo"]), Verdict::Warn),
            (with(&["\"nosniff\""]), Verdict::Fail),
            (with(&["foo, nosniff"]), Verdict::Fail),
            (with(&["no-sniff"]), Verdict::Fail),
            (with(&[""]), Verdict::Fail),
            (with(&[]), Verdict::Fail),
            (failed(home, FailureKind::Timeout), Verdict::Unknown),
            (
                page(home, 429, &[("x-content-type-options", "nosniff")], ""),
                Verdict::Unknown,
            ),
        ] {
            let judged = ContentTypeOptions.judge(&Some(chain), case(&intent, "www.acme.example"));
            assert_eq!(judged.verdict, want, "{}", judged.summary);
            assert_eq!(
                judged.remedy.is_some(),
                matches!(want, Verdict::Fail | Verdict::Warn)
            );
        }
    }
}
