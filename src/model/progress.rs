//! What the engine tells while it works. Plain data, so that the cockpit can be drawn and tested without an engine.

use serde::{Deserialize, Serialize};

use super::finding::{Finding, FindingKey};
use super::observation::self_check::SelfCheck;
use super::run::QueryCounts;

/// One step in the life of a run. Steps of one check come in order; those of different checks interleave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// The run begins; every check and subject that will be looked at.
    Planned {
        run: String,
        rules: u32,
        keys: Vec<FindingKey>,
    },
    /// The tool looked at its own footing.
    SelfChecked(SelfCheck),
    Started(FindingKey),
    /// Takes longer than a third of its deadline.
    Slow {
        key: FindingKey,
        waits_for: String,
        since_ms: u64,
    },
    /// Could not look and looks again.
    Retrying {
        key: FindingKey,
        why: String,
    },
    Finished(Box<Finding>),
    /// Nothing more will come.
    Ended {
        run: String,
        took_ms: u64,
        queries: QueryCounts,
        cancelled: bool,
    },
}
