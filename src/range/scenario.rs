//! Scenarios: sets of faults that make a portal worth practising on.

use std::sync::LazyLock;

use serde::Deserialize;

use super::world::World;

/// A named set of faults.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    pub name: String,
    /// What is practised, in one line.
    pub title: String,
    /// Ids of the catalogue's faults.
    #[serde(default)]
    pub faults: Vec<String>,
}

impl Scenario {
    /// The world of this scenario.
    pub fn world(&self) -> World {
        World::with_faults(self.faults.iter().cloned())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(rename = "scenario")]
    scenarios: Vec<Scenario>,
}

fn read() -> Result<Vec<Scenario>, toml::de::Error> {
    toml::from_str::<List>(include_str!("../../assets/range/scenarios.toml"))
        .map(|list| list.scenarios)
}

static SCENARIOS: LazyLock<Vec<Scenario>> = LazyLock::new(|| read().unwrap_or_default());

/// Every scenario.
pub fn all() -> &'static [Scenario] {
    &SCENARIOS
}

/// The scenario of that name.
pub fn find(name: &str) -> Option<&'static Scenario> {
    SCENARIOS.iter().find(|scenario| scenario.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::range::fault;

    #[test]
    fn scenarios_name_faults_that_exist() {
        let scenarios = read().unwrap();
        assert!(find("healthy").is_some_and(|s| s.faults.is_empty()));
        assert!(find("default").is_some_and(|s| s.faults.len() >= 12));
        for scenario in scenarios {
            for id in &scenario.faults {
                assert!(fault::find(id).is_some(), "{}: {id}", scenario.name);
            }
        }
    }
}
