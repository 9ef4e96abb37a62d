//! Samples of watches: kept in one transaction a look, put together in place when they are old.
//!
//! They are measurements beside the chain of events: the seal does not cover them, and old ones give way to their sums.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};

use super::Store;
use super::problem::StoreProblem;
use crate::model::finding::{CheckId, FindingKey};
use crate::model::sample::{Sample, thinned};

/// Samples by row, oldest first.
pub type Samples = BTreeMap<FindingKey, Vec<Sample>>;

impl Store {
    /// Keeps the samples of one look, all of them or none. A look that says what the one before said, and was not timed, makes
    /// that one longer. Other programs may do the same to the same file: they take turns.
    pub fn keep_samples(&mut self, samples: &[Sample]) -> Result<(), StoreProblem> {
        self.write_samples(|transaction| {
            samples
                .iter()
                .try_for_each(|sample| keep(transaction, sample))
        })
    }

    /// Every sample that can be read.
    pub fn samples(&self) -> Result<Samples, StoreProblem> {
        let rows = read(&self.connection);
        let rows = rows.map_err(|e| StoreProblem::of(&self.path, "read", &e))?;
        let mut samples = Samples::new();
        for (_, sample) in rows {
            samples.entry(sample.key.clone()).or_default().push(sample);
        }
        Ok(samples)
    }

    /// Puts together what is old at `now`, all of it or nothing. Gives how many rows went.
    pub fn thin_samples(&mut self, now: Timestamp) -> Result<usize, StoreProblem> {
        self.write_samples(|transaction| {
            let mut by_key: BTreeMap<FindingKey, (Vec<i64>, Vec<Sample>)> = BTreeMap::new();
            for (seq, sample) in read(transaction)? {
                let (seqs, samples) = by_key.entry(sample.key.clone()).or_default();
                seqs.push(seq);
                samples.push(sample);
            }
            let mut gone = 0;
            for (seqs, samples) in by_key.into_values() {
                for step in thinned(&samples, now) {
                    for seq in seqs.get(step.gone).unwrap_or_default() {
                        gone += transaction
                            .prepare_cached("DELETE FROM sample WHERE seq = ?1")?
                            .execute([seq])?;
                    }
                    insert(transaction, &step.by)?;
                }
            }
            Ok(gone)
        })
    }

    fn write_samples<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreProblem> {
        if let Some(why) = &self.read_only {
            return Err(StoreProblem::ReadOnly {
                path: self.path.clone(),
                why: why.clone(),
            });
        }
        let write = || {
            let transaction = self
                .connection
                .transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        };
        write().map_err(|e| StoreProblem::of(&self.path, "written", &e))
    }
}

fn keep(connection: &Connection, sample: &Sample) -> rusqlite::Result<()> {
    let before = connection
        .prepare_cached(
            "SELECT seq, at, check_id, subject, body FROM sample \
             WHERE check_id = ?1 AND subject = ?2 ORDER BY at DESC, seq DESC LIMIT 1",
        )?
        .query_row(
            params![sample.key.check.as_str(), sample.key.subject],
            sample_of,
        )
        .optional()?
        .flatten();
    if let Some((seq, mut before)) = before
        && before.extend(sample)
    {
        connection
            .prepare_cached("UPDATE sample SET body = ?2 WHERE seq = ?1")?
            .execute(params![seq, body(&before)?])?;
        return Ok(());
    }
    insert(connection, sample)
}

fn insert(connection: &Connection, sample: &Sample) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO sample (at, check_id, subject, body) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![
            // Whole seconds sort as text.
            sample.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            sample.key.check.as_str(),
            sample.key.subject,
            body(sample)?
        ])?;
    Ok(())
}

fn body(sample: &Sample) -> rusqlite::Result<String> {
    serde_json::to_string(&sample.seen)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// Every sample that this program understands, by time. What a newer one kept in another form is passed over, and stays.
fn read(connection: &Connection) -> rusqlite::Result<Vec<(i64, Sample)>> {
    let rows: Vec<Option<(i64, Sample)>> = connection
        .prepare_cached("SELECT seq, at, check_id, subject, body FROM sample ORDER BY at, seq")?
        .query_map([], sample_of)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rows.into_iter().flatten().collect())
}

fn sample_of(row: &Row<'_>) -> rusqlite::Result<Option<(i64, Sample)>> {
    let (at, check, body): (String, String, String) = (row.get(1)?, row.get(2)?, row.get(4)?);
    let (Ok(at), Ok(seen)) = (at.parse(), serde_json::from_str(&body)) else {
        return Ok(None);
    };
    let key = FindingKey {
        check: CheckId(check),
        subject: row.get(3)?,
    };
    Ok(Some((row.get(0)?, Sample { at, key, seen })))
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::model::availability::figures;
    use crate::model::event::EventBody;
    use crate::model::sample::{Times, answers};
    use crate::model::verdict::Verdict;

    const DAY: i64 = 24 * 3_600;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn store(folder: &std::path::Path) -> Store {
        let path = folder.join("acme.launch");
        Store::create(&path, EventBody::ClockStarted, at(0), "ada", "desk").unwrap()
    }

    fn look(key: &FindingKey, second: i64, verdict: Verdict, total: Option<u32>) -> Sample {
        let every = SignedDuration::from_secs(60);
        let ms = total.map(|total| Times::from([12, 30, 80, total]));
        Sample::look(at(second), key.clone(), verdict, every, ms)
    }

    fn size(store: &Store) -> u64 {
        let pages: i64 = store
            .connection
            .pragma_query_value(None, "page_count", |row| row.get(0))
            .unwrap();
        u64::try_from(pages).unwrap() * 4_096
    }

    /// Forty rows that hold, one that changes its mind at each look, and a host that is timed: once a minute, for a month.
    #[test]
    fn a_month_of_looks_stays_small_and_true() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = store(folder.path());
        let steady: Vec<FindingKey> = (0..40)
            .map(|n| FindingKey {
                check: CheckId(format!("tls.check-{n}")),
                subject: "portal.acme.example".into(),
            })
            .collect();
        let restless = FindingKey {
            check: CheckId::from("dns.restless"),
            subject: "acme.example".into(),
        };
        let host = answers("portal.acme.example");
        let (mut week, mut asked) = (0, 0_u32);
        for day in 0..31 {
            // A day is one transaction here, so that the test is quick; each look is kept as a watch keeps it.
            let samples: Vec<Sample> = (0..1_440)
                .flat_map(|minute| {
                    let second = day * DAY + minute * 60;
                    let down = day == 3 && (600..630).contains(&minute);
                    let seen = if down { Verdict::Fail } else { Verdict::Pass };
                    let total = (!down).then(|| 120 + u32::try_from(minute % 40).unwrap());
                    let odd = [Verdict::Pass, Verdict::Fail][usize::try_from(minute % 2).unwrap()];
                    // Each steady row once in ten minutes is enough to show that it stays one stretch.
                    let steady = steady
                        .iter()
                        .filter(move |_| minute % 10 == 0 && day < 2)
                        .map(move |key| {
                            let every = SignedDuration::from_mins(10);
                            Sample::look(at(second), key.clone(), Verdict::Pass, every, None)
                        });
                    steady.chain([
                        look(&host, second, seen, total),
                        look(&restless, second, odd, None),
                    ])
                })
                .collect();
            asked += 1_440;
            store.keep_samples(&samples).unwrap();
            if day % 3 == 2 || day == 30 {
                store.thin_samples(at((day + 1) * DAY)).unwrap();
            }
            if day == 6 {
                week = size(&store);
            }
        }
        let now = at(31 * DAY);
        let kept = store.samples().unwrap();
        assert_eq!(kept[&steady[0]].len(), 1, "{:?}", kept[&steady[0]]);
        let figures = figures(&kept[&host], now, SignedDuration::from_hours(31 * 24));
        assert_eq!((figures.looks, figures.down), (asked, 30));
        assert!((figures.down_s - 1_800.0).abs() < 1.0, "{figures:?}");
        assert!(figures.unseen_s < 1.0, "{figures:?}");
        assert!(week < 10_000_000, "a week takes {week} bytes");
        let month = size(&store);
        assert!(month < week + week / 2 + 4_000_000, "{week}, then {month}");
        assert_eq!(store.thin_samples(now).unwrap(), 0);
        assert!(store.verify().unwrap().is_intact());
    }

    #[test]
    fn two_programs_keep_samples_and_thin_in_turns() {
        let folder = tempfile::tempdir().unwrap();
        let path = store(folder.path()).path;
        let keys = [answers("a.example"), answers("b.example")];
        std::thread::scope(|scope| {
            for key in &keys {
                scope.spawn(|| {
                    let mut store = Store::open(&path).unwrap();
                    for minute in 0..60 {
                        let sample = look(key, minute * 60, Verdict::Pass, Some(90));
                        store.keep_samples(&[sample]).unwrap();
                        store.thin_samples(at(3 * DAY)).unwrap();
                    }
                });
            }
        });
        let kept = Store::open(&path).unwrap().samples().unwrap();
        for key in &keys {
            let looks: u32 = kept[key].iter().map(|s| s.looks().0).sum();
            assert_eq!(looks, 60, "{:?}", kept[key]);
        }
    }

    #[test]
    fn what_a_newer_program_kept_is_passed_over_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = store(folder.path());
        store
            .connection
            .execute(
                "INSERT INTO sample (at, check_id, subject, body) VALUES ('2026-01-01T00:00:00Z', 'a', 'b', '{\"z\":1}')",
                [],
            )
            .unwrap();
        assert!(store.samples().unwrap().is_empty());
        store.thin_samples(at(400 * DAY)).unwrap();
        let count: i64 = store
            .connection
            .query_row("SELECT count(*) FROM sample", [], |row| row.get(0))
            .unwrap();
        assert_eq!(count, 1);
    }

    #[test]
    fn a_file_that_can_only_be_read_keeps_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = store(folder.path()).path;
        let mut reader = Store::open_read_only(&path).unwrap();
        let sample = look(&answers("a.example"), 0, Verdict::Pass, None);
        let problem = reader.keep_samples(&[sample]).unwrap_err();
        assert!(
            matches!(problem, StoreProblem::ReadOnly { .. }),
            "{problem}"
        );
        assert!(reader.samples().unwrap().is_empty());
    }
}
