//! Observations: what was seen, kept beside the events.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Store;
use super::problem::StoreProblem;
use super::read::hex;
use crate::model::finding::FindingKey;

/// Evidence as it was seen; what a later rule can judge again.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// Name of the evidence: SHA-256 over check, subject and content, in hex.
    pub hash: String,
    /// When it was first seen like this.
    pub at: Timestamp,
    pub key: FindingKey,
    pub seen: Value,
}

impl Store {
    /// Keeps what a check saw, once however often it is seen alike. Gives its name.
    pub fn put_observation(
        &mut self,
        key: &FindingKey,
        seen: &Value,
        at: Timestamp,
    ) -> Result<String, StoreProblem> {
        let body = seen.to_string();
        let hash = name(key, &body);
        self.put(
            "INSERT INTO observation (hash, at, check_id, subject, body) VALUES (?1, ?2, ?3, ?4, ?5) \
             ON CONFLICT (hash) DO NOTHING",
            params![hash, at.to_string(), key.check.as_str(), key.subject, body],
        )?;
        Ok(hash)
    }

    /// What a check saw of a subject, newest first.
    pub fn observations(&self, key: &FindingKey) -> Result<Vec<Observation>, StoreProblem> {
        self.list(
            "SELECT at, body, hash FROM observation WHERE check_id = ?1 AND subject = ?2 ORDER BY at DESC, hash",
            key,
            |at, value, row| {
                Ok(Observation {
                    hash: row.get(2)?,
                    at,
                    key: key.clone(),
                    seen: value,
                })
            },
        )
    }

    fn put(&self, sql: &str, values: &[&dyn rusqlite::ToSql]) -> Result<(), StoreProblem> {
        if let Some(why) = &self.read_only {
            return Err(StoreProblem::ReadOnly {
                path: self.path.clone(),
                why: why.clone(),
            });
        }
        let write = |connection: &Connection| connection.prepare_cached(sql)?.execute(values);
        write(&self.connection)
            .map(|_| ())
            .map_err(|e| StoreProblem::of(&self.path, "written", &e))
    }

    fn list<T>(
        &self,
        sql: &str,
        key: &FindingKey,
        make: impl Fn(Timestamp, Value, &Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreProblem> {
        let read = |connection: &Connection| -> rusqlite::Result<Vec<Option<T>>> {
            connection
                .prepare_cached(sql)?
                .query_map(params![key.check.as_str(), key.subject], |row| {
                    let (at, body): (String, String) = (row.get(0)?, row.get(1)?);
                    match (at.parse(), serde_json::from_str(&body)) {
                        (Ok(at), Ok(value)) => make(at, value, row).map(Some),
                        _ => Ok(None),
                    }
                })?
                .collect()
        };
        let rows = read(&self.connection).map_err(|e| StoreProblem::of(&self.path, "read", &e))?;
        let count = rows.len();
        let list: Vec<T> = rows.into_iter().flatten().collect();
        if list.len() < count {
            return Err(StoreProblem::Damaged {
                path: self.path.clone(),
                why: format!(
                    "evidence of {} on {} cannot be read",
                    key.check, key.subject
                ),
            });
        }
        Ok(list)
    }
}

fn name(key: &FindingKey, body: &str) -> String {
    let mut hash = Sha256::new();
    for part in [key.check.as_str(), &key.subject, body] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex(&hash.finalize())
}
